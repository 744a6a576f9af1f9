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
        { id: 'PR.PS-04', about: 'Protect: log records are generated and available' },
        {
          id: 'RS.AN-06',
          about: 'Respond: actions during an investigation are recorded, their integrity preserved',
        },
        {
          id: 'RS.AN-07',
          about: 'Respond: incident data is collected, its integrity and provenance preserved',
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
        { id: 'RS.MA-01', about: 'Respond: the plan is executed once an incident is declared' },
        { id: 'RS.MI-01', about: 'Respond: incidents are contained' },
        { id: 'RS.AN-03', about: 'Respond: what has taken place, and the root cause' },
        {
          id: 'RC.RP-05',
          about: 'Recover: integrity of restored assets is verified, normal status confirmed',
        },
        { id: 'ID.IM-02', about: 'Identify: improvements from tests and exercises' },
      ],
      serves: 'the playbook, the release gate and the watch after it, the drill and the post-mortem',
    },
    'data-protection': {
      requirements: [
        { id: 'PR.DS-01', about: 'Protect: confidentiality, integrity and availability of data at rest' },
        { id: 'PR.DS-11', about: 'Protect: backups' },
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
  leaves: [
    'Govern but for GV.RR-02 and GV.PO-01 in part: context, risk strategy, oversight, supply chain',
    'Identify but for what is named: inventory of assets, risk assessment',
    'PR.AT (awareness and training), PR.IR (resilience of infrastructure), DE.CM-01 to -06 beyond GuardDuty and CloudTrail',
    'A framework without a certificate: profiles and tiers are for the organisation to set',
  ],
};
