import type { Standard } from '../standard';

export const standard: Standard = {
  id: 'soc2',
  title: 'SOC 2',
  document: 'AICPA, TSP section 100, 2017 Trust Services Criteria (with revised points of focus, 2022)',
  url: 'https://www.aicpa-cima.com/resources/download/2017-trust-services-criteria-with-revised-points-of-focus-2022',
  mappings: {
    'access-control': {
      requirements: [
        { id: 'CC6.1', about: 'logical access security' },
        { id: 'CC6.3', about: 'least privilege and segregation of duties' },
      ],
      serves:
        "least privilege of the responder's own roles; only listed approvers release; the power of a compromised function is taken away",
    },
    encryption: {
      requirements: [
        { id: 'CC6.1', about: 'encryption of data at rest, protection of keys' },
        { id: 'CC6.7', about: 'protection of information in transmission, movement and removal' },
      ],
      serves: 'evidence, records and queues are encrypted; the bucket refuses requests without TLS',
    },
    'audit-logging': {
      requirements: [
        { id: 'CC7.2', about: 'monitoring of system components for anomalies' },
        { id: 'CC7.3', about: 'evaluation of security events' },
      ],
      serves: 'who did what, when and why in each incident, as a chain of digests',
    },
    monitoring: {
      requirements: [
        { id: 'CC7.1', about: 'detection of changes to configurations that bring vulnerabilities in' },
        { id: 'CC7.2', about: 'monitoring for anomalies' },
      ],
      serves: 'rules, baselines and the drift watch over Lambda functions and their roles',
    },
    'incident-response': {
      requirements: [
        { id: 'CC7.3', about: 'evaluation of security events' },
        {
          id: 'CC7.4',
          about: 'response by a program: understanding, containment, remediation, communication',
        },
        { id: 'CC7.5', about: 'recovery from incidents' },
      ],
      serves: 'the playbook from assessment to post-mortem, and the drill that proves it',
    },
    'data-protection': {
      requirements: [
        { id: 'C1.1', about: 'identification and maintenance of confidential information' },
        { id: 'C1.2', about: 'disposal of confidential information' },
      ],
      serves: 'evidence is locked, kept as long as the profile says, disposed of after, masked in copies',
    },
    'change-management': {
      requirements: [{ id: 'CC8.1', about: 'authorisation and control of changes' }],
      serves:
        'a release needs other code than was contained and an approver; changes outside it are findings',
    },
  },
  compared: [
    {
      ids: ['CC6.1', 'CC6.3', 'CC6.7', 'CC7.1', 'CC7.2', 'CC7.3', 'CC7.4', 'CC7.5', 'CC8.1', 'C1.1', 'C1.2'],
      text: 'the SOC 2 framework of Prowler, which quotes the criteria (prowler/compliance/aws/soc2_aws.json)',
      url: 'https://github.com/prowler-cloud/prowler',
      source: 'secondary',
    },
    {
      ids: ['CC6.1', 'CC6.3', 'CC6.7', 'CC7.1', 'CC7.2', 'CC7.3', 'CC7.4', 'CC7.5', 'CC8.1'],
      text: '2017 TSC with the points of focus of 2022 as JSON, made by machine from the PDF of the AICPA (CyberRiskGuy/aicpa-soc-tsc-json)',
      url: 'https://github.com/CyberRiskGuy/aicpa-soc-tsc-json',
      source: 'secondary',
    },
  ],
  leaves: [
    'CC1 to CC5 and CC9: control environment, communication, risk assessment, control activities, risk mitigation',
    'CC6.2, CC6.4, CC6.5, CC6.6 and CC6.8: registration of users, physical access, disposal of media, boundaries, malicious software',
    'Availability, Processing Integrity and Privacy as categories',
    'The opinion: a SOC 2 report is an attestation by a CPA over a period',
  ],
};
