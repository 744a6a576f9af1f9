import type { Standard } from '../standard';

export const standard: Standard = {
  id: 'itil4',
  title: 'ITIL 4',
  document: 'ITIL 4 Foundation (2019), the 34 management practices, by the name of their practice guide',
  url: 'https://www.peoplecert.org/browse-certifications/it-governance-and-service-management/ITIL-1',
  mappings: {
    'access-control': {
      requirements: [
        {
          id: 'Information security management',
          about: 'confidentiality, integrity, availability, authentication',
        },
      ],
      serves: 'roles with least privilege, and approvers whose identity is proved',
    },
    encryption: {
      requirements: [
        { id: 'Information security management', about: 'confidentiality, integrity, non-repudiation' },
      ],
      serves: 'encryption of evidence and records, signatures on manifests',
    },
    'audit-logging': {
      requirements: [
        { id: 'Information security management', about: 'non-repudiation' },
        { id: 'Measurement and reporting', about: 'records that decisions rest on' },
      ],
      serves: 'the history of incidents, and trends from it',
    },
    monitoring: {
      requirements: [{ id: 'Monitoring and event management', about: 'events, and the response to them' }],
      serves: 'detection, alarms on the product itself, one decision for each event',
    },
    'incident-response': {
      requirements: [
        { id: 'Incident management', about: 'restoring service as quickly as possible' },
        { id: 'Problem management', about: 'causes, and what is done against them' },
      ],
      serves: 'the playbook to the release, and the post-mortem with causes, measures and open tasks',
    },
    'data-protection': {
      requirements: [{ id: 'Information security management', about: 'protection of information' }],
      serves: 'retention, locks and masking of evidence',
    },
    'change-management': {
      requirements: [
        { id: 'Change enablement', about: 'risks assessed, changes authorised' },
        { id: 'Release management', about: 'making new and changed services available' },
        { id: 'Service configuration management', about: 'knowledge of the configuration' },
      ],
      serves: 'a gate and approvers before a function runs again, and the approved state of each function',
    },
  },
  leaves: [
    'The other practices, the service value system and continual improvement as a whole',
    'A change calendar, a service desk and a configuration management database: it has none, and speaks to none',
    'ITIL certifies people, and no product',
  ],
};
