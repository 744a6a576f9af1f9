import type { Standard } from '../standard';

/**
 * Version 2.0 has six functions: identify, protect, detect, respond and recover, and govern, which it adds (CSWP 29,
 * section 2). The two letters before the dot are the function.
 */
export const standard: Standard = {
  id: 'nist-csf',
  title: 'NIST CSF 2.0',
  document: 'NIST CSWP 29, The NIST Cybersecurity Framework (CSF) 2.0 (February 2024), Appendix A',
  url: 'https://doi.org/10.6028/NIST.CSWP.29',
  mappings: {
    'access-control': {
      requirements: [
        { id: 'PR.AA-05', about: 'Protect: permissions with least privilege and separation of duties' },
        { id: 'GV.RR-02', about: 'Govern: roles, responsibilities and authorities' },
      ],
      serves: 'roles with least privilege, and approvers and quorums as policy',
    },
    encryption: {
      requirements: [
        { id: 'PR.DS-01', about: 'Protect: data at rest' },
        { id: 'PR.DS-02', about: 'Protect: data in transit' },
      ],
      serves: 'evidence and records are encrypted; requests without TLS are refused',
    },
    'audit-logging': {
      requirements: [
        {
          id: 'PR.PS-04',
          about: 'Protect: log records are generated and available for continuous monitoring',
        },
        {
          id: 'RS.AN-06',
          about: 'Respond: actions during an investigation are recorded, integrity and provenance preserved',
        },
        {
          id: 'RS.AN-07',
          about: 'Respond: incident data and metadata are collected, integrity and provenance preserved',
        },
      ],
      serves: 'the history as a chain of digests, and signed manifests of the evidence',
    },
    monitoring: {
      requirements: [
        {
          id: 'DE.CM-09',
          about: 'Detect: hardware, software, runtime environments and their data are monitored',
        },
        { id: 'DE.AE-02', about: 'Detect: potentially adverse events are analysed' },
        { id: 'DE.AE-03', about: 'Detect: information is correlated from multiple sources' },
      ],
      serves: 'rules, baselines, managed findings and logs, brought together by function',
    },
    'incident-response': {
      requirements: [
        {
          id: 'RS.MA-01',
          about: 'Respond: the plan is executed with third parties once an incident is declared',
        },
        { id: 'RS.MI-01', about: 'Respond: incidents are contained' },
        { id: 'RS.AN-03', about: 'Respond: what has taken place, and the root cause' },
        {
          id: 'RC.RP-05',
          about: 'Recover: integrity of restored assets is verified, normal status confirmed',
        },
        { id: 'ID.IM-02', about: 'Identify: improvements from security tests and exercises' },
      ],
      serves: 'the playbook, the release gate and the watch after it, the drill and the post-mortem',
    },
    'data-protection': {
      requirements: [
        { id: 'PR.DS-01', about: 'Protect: confidentiality, integrity and availability of data at rest' },
        { id: 'PR.DS-11', about: 'Protect: backups are created, protected, maintained and tested' },
      ],
      serves: 'locks on evidence, no public access, point-in-time recovery of the tables',
    },
    'change-management': {
      requirements: [
        { id: 'ID.RA-07', about: 'Identify: changes and exceptions are managed' },
        { id: 'PR.PS-01', about: 'Protect: configuration management' },
        { id: 'GV.PO-01', about: 'Govern: a policy is established and enforced' },
      ],
      serves: 'a policy as code, approved states of functions, waivers with a name and a reason',
    },
  },
  compared: [
    {
      ids: [
        'GV.PO-01',
        'GV.RR-02',
        'ID.IM-02',
        'ID.RA-07',
        'PR.AA-05',
        'PR.DS-01',
        'PR.DS-02',
        'PR.DS-11',
        'PR.PS-01',
        'PR.PS-04',
        'DE.AE-02',
        'DE.AE-03',
        'DE.CM-09',
        'RS.AN-03',
        'RS.AN-06',
        'RS.AN-07',
        'RS.MA-01',
        'RS.MI-01',
        'RC.RP-05',
      ],
      text: 'the catalog of CSF 2.0 in OSCAL, version 1.2.0, by NIST (usnistgov/oscal-content, nist.gov/CSF/v2.0)',
      url: 'https://github.com/usnistgov/oscal-content',
      source: 'publisher',
    },
  ],
  leaves: [
    'Govern but for GV.RR-02 and GV.PO-01 in part: context, risk strategy, oversight, supply chain',
    'Identify but for what is named: inventory of assets, risk assessment',
    'PR.AT (awareness and training), PR.IR (resilience of infrastructure), DE.CM-01, -02, -03 and -06 beyond GuardDuty and CloudTrail',
    'Respond and Recover but for what is named: communication (RS.CO, RC.CO), triage and escalation by people',
    'A framework without a certificate: profiles and tiers are for the organisation to set',
  ],
};
