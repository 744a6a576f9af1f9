import type { Standard } from '../standard';

export const standard: Standard = {
  id: 'pci-dss',
  title: 'PCI DSS',
  document: 'PCI DSS v4.0.1 (June 2024), Requirements and Testing Procedures',
  url: 'https://www.pcisecuritystandards.org/document_library/',
  mappings: {
    'access-control': {
      requirements: [
        { id: '7.2.1', about: 'an access control model' },
        { id: '7.2.2', about: 'access of users with the least privileges necessary' },
        { id: '7.2.5', about: 'application and system accounts with least privileges' },
      ],
      serves: "least privilege of the responder's own roles, compared with the template",
    },
    encryption: {
      requirements: [
        { id: '3.5.1', about: 'PAN unreadable wherever it is stored' },
        { id: '3.6.1', about: 'protection of the keys of stored account data' },
        { id: '4.2.1', about: 'strong cryptography for PAN in transmission over open, public networks' },
      ],
      serves:
        'evidence, in which PAN may be, is encrypted under KMS keys; encryption of a disk alone would not do for 3.5.1.2, and masking of copies is a command',
    },
    'audit-logging': {
      requirements: [
        { id: '10.2.1', about: 'audit logs are enabled and active' },
        { id: '10.3.2', about: 'audit log files are protected from modification by individuals' },
        { id: '10.5.1', about: 'history of at least 12 months, the latest three at hand' },
      ],
      serves: 'a trail is on, the history cannot be changed, and logs are kept as the deployment says',
    },
    monitoring: {
      requirements: [
        { id: '10.4.1.1', about: 'automated mechanisms for log reviews' },
        {
          id: '10.7.2',
          about: 'failures of critical security control systems are detected, alerted and addressed',
        },
        { id: '11.5.2', about: 'a change-detection mechanism over critical files' },
      ],
      serves:
        "rules over CloudTrail and logs, alarms on Tourniquet's own failures, the sweep over functions' code and settings",
    },
    'incident-response': {
      requirements: [
        { id: '12.10.1', about: 'an incident response plan, ready' },
        { id: '12.10.2', about: 'reviewed and tested at least once every 12 months' },
        { id: '12.10.5', about: 'monitoring of and response to alerts' },
        { id: '12.10.6', about: 'the plan evolves by lessons learned' },
      ],
      serves: 'the playbook as part of the plan, the drill as its test, the post-mortem as its lessons',
    },
    'data-protection': {
      requirements: [
        { id: '3.2.1', about: 'storage of account data kept to a minimum' },
        { id: '3.4.1', about: 'PAN is masked when displayed' },
      ],
      serves: 'retention with an end, and copies of evidence with card numbers masked',
    },
    'change-management': {
      requirements: [
        { id: '6.5.1', about: 'procedures for changes to production' },
        { id: '6.5.2', about: 'all applicable requirements confirmed after a significant change' },
      ],
      serves: 'who changed a function and how is in the evidence; a release passes a gate and is watched',
    },
  },
  compared: [
    {
      ids: [
        '7.2.1',
        '7.2.2',
        '7.2.5',
        '3.5.1',
        '3.6.1',
        '4.2.1',
        '10.2.1',
        '10.3.2',
        '10.5.1',
        '10.4.1.1',
        '10.7.2',
        '11.5.2',
        '12.10.1',
        '12.10.2',
        '12.10.5',
        '12.10.6',
        '3.2.1',
        '3.4.1',
        '6.5.1',
        '6.5.2',
      ],
      text: 'v4.0.1 requirement by requirement, taken from the PDF (ngna3007/sentinelai-audit-framework, shared_data/outputs/pci_dss_v4)',
      url: 'https://github.com/ngna3007/sentinelai-audit-framework',
      source: 'secondary',
    },
  ],
  leaves: [
    'Requirements 1, 2, 5, 8 and 9, and all of 6 and 11 but what is named here: networks, malware, authentication, premises, testing',
    'The scope of the cardholder data environment, and whether PAN is in evidence where it is not expected (12.10.7)',
    'The assessment: a QSA or the entity itself validates',
  ],
};
