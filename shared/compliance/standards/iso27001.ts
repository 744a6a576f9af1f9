import type { Standard } from '../standard';

export const standard: Standard = {
  id: 'iso27001',
  title: 'ISO/IEC 27001',
  document: 'ISO/IEC 27001:2022, Annex A',
  url: 'https://www.iso.org/standard/27001',
  mappings: {
    'access-control': {
      requirements: [
        { id: 'A.5.3', about: 'segregation of duties' },
        { id: 'A.5.15', about: 'access control' },
        { id: 'A.5.18', about: 'access rights' },
        { id: 'A.8.2', about: 'privileged access rights' },
      ],
      serves: "least privilege of the responder's own roles; more than one approver where policy says so",
    },
    encryption: {
      requirements: [{ id: 'A.8.24', about: 'use of cryptography' }],
      serves: 'evidence and records are encrypted under keys of their own; manifests are signed in KMS',
    },
    'audit-logging': {
      requirements: [
        { id: 'A.8.15', about: 'logging' },
        { id: 'A.5.33', about: 'protection of records' },
      ],
      serves: 'an append-only history as a chain of digests, and logs with a retention',
    },
    monitoring: {
      requirements: [
        { id: 'A.8.16', about: 'monitoring activities' },
        { id: 'A.5.25', about: 'assessment and decision on information security events' },
      ],
      serves: 'rules, baselines and alarms over Lambda functions, with a decision for each finding',
    },
    'incident-response': {
      requirements: [
        { id: 'A.5.24', about: 'incident management planning and preparation' },
        { id: 'A.5.26', about: 'response to incidents' },
        { id: 'A.5.27', about: 'learning from incidents' },
        { id: 'A.5.28', about: 'collection of evidence' },
      ],
      serves: 'the playbook, evidence that anybody verifies, and a post-mortem from the record',
    },
    'data-protection': {
      requirements: [
        { id: 'A.5.34', about: 'privacy and protection of PII' },
        { id: 'A.8.10', about: 'information deletion' },
        { id: 'A.8.11', about: 'data masking' },
      ],
      serves:
        'retention profiles with an end, a key of its own for secrets among the evidence, masked copies',
    },
    'change-management': {
      requirements: [
        { id: 'A.8.9', about: 'configuration management' },
        { id: 'A.8.32', about: 'change management' },
      ],
      serves: 'the sweep compares functions with their approved state; a release passes a gate',
    },
  },
  compared: [
    {
      ids: ['A.5.3', 'A.5.15', 'A.5.18', 'A.5.24', 'A.5.25', 'A.5.26', 'A.5.27', 'A.5.28'],
      text: 'a published statement of applicability to ISO/IEC 27001:2022 (Microlise Group plc)',
      url: 'https://www.microlise.com/microlise-group-plc-statement-of-applicability',
      source: 'secondary',
    },
    {
      ids: [
        'A.5.3',
        'A.5.15',
        'A.5.18',
        'A.5.24',
        'A.5.25',
        'A.5.26',
        'A.5.27',
        'A.5.28',
        'A.5.33',
        'A.5.34',
      ],
      text: 'the 93 controls by title (gabriel.hk)',
      url: 'https://gabriel.hk/iso-27001-4-themes-93-controls/',
      source: 'secondary',
    },
    {
      ids: ['A.8.9', 'A.8.10', 'A.8.11', 'A.8.15', 'A.8.16', 'A.8.24'],
      text: 'Annex A by theme (startiso.com)',
      url: 'https://www.startiso.com/course/iso-27001/lesson/1.4',
      source: 'secondary',
    },
    {
      ids: ['A.8.2', 'A.8.32'],
      text: 'Annex A 8.2 and 8.32, a page each (isms.online)',
      url: 'https://www.isms.online/iso-27001/annex-a/8-32-change-management-2022',
      source: 'secondary',
    },
  ],
  leaves: [
    'Clauses 4 to 10: the management system itself, its risk treatment and its statement of applicability',
    'The people controls (A.6), the physical controls (A.7), and what Annex A asks beyond the controls named here',
    'The certificate: an accredited body certifies an organisation',
  ],
};
