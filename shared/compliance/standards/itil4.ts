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
        { id: 'Measurement and reporting', about: 'data that decisions and improvement rest on' },
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
  compared: [
    {
      ids: [
        'Change enablement',
        'Incident management',
        'Information security management',
        'Monitoring and event management',
        'Problem management',
        'Release management',
        'Service configuration management',
      ],
      text: "Reader's manual: ITIL 4 Practice Guide (Axelos, 2023): the names, and the purpose of incident and problem management",
      url: 'https://axelos.com/resource-hub/practice/readers-manual-itil-4-practice-guide',
      source: 'publisher',
    },
    {
      ids: ['Measurement and reporting'],
      text: 'Measurement and reporting: ITIL 4 Practice Guide (Axelos, 2020): the name and the purpose',
      url: 'https://axelos.com/resource-hub/practice/measurement-and-reporting-management-itil-4-practice-guide',
      source: 'publisher',
    },
    {
      ids: ['Information security management'],
      text: 'ITIL 4 Foundation, 5.1.3, as quoted (123dok.com): the purpose',
      url: 'https://123dok.com/article/information-security-management-general-management-practices-architecture-management.yr3l4jxo',
      source: 'secondary',
    },
    {
      ids: ['Monitoring and event management', 'Release management', 'Service configuration management'],
      text: 'the purposes of the practices, in a study guide to ITIL 4 Foundation (open-exam-prep.com)',
      url: 'https://open-exam-prep.com/study-guides/itil-4-foundation/core-practices-ii/other-key-practices',
      source: 'secondary',
    },
    {
      ids: ['Change enablement'],
      text: 'the purpose, under the name of 2019 (change control), in a reference guide to ITIL 4',
      url: 'https://www.scribd.com/document/488533652/ITL-OVR-2019-IBEX',
      source: 'secondary',
    },
  ],
  leaves: [
    'The other practices, the service value system and continual improvement as a whole',
    'A change calendar, a service desk and a configuration management database: it has none, and speaks to none',
    'ITIL certifies people, and no product',
  ],
};
