import type { Standard } from '../standard';

const AUDIT = 'Cal. Code Regs. tit. 11, § 7123(c)';

export const standard: Standard = {
  id: 'ccpa',
  title: 'CCPA',
  document:
    'Cal. Civ. Code § 1798.100 et seq. (CCPA as amended by CPRA), § 1798.81.5 and § 1798.82, and Cal. Code Regs. tit. 11, § 7123',
  url: 'https://leginfo.legislature.ca.gov/faces/codes_displayText.xhtml?division=3.&part=4.&lawCode=CIV&title=1.81.5',
  mappings: {
    'access-control': {
      requirements: [
        { id: '§ 1798.100(e)', about: 'reasonable security procedures' },
        { id: AUDIT, about: 'components of a cybersecurity audit: account management and access controls' },
      ],
      serves: "least privilege of the responder's own roles, and listed approvers",
    },
    encryption: {
      requirements: [
        { id: '§ 1798.150(a)(1)', about: 'liability for nonencrypted and nonredacted personal information' },
        { id: AUDIT, about: 'components of a cybersecurity audit: encryption at rest and in transit' },
      ],
      serves: 'evidence and records are encrypted under keys of their own',
    },
    'audit-logging': {
      requirements: [{ id: AUDIT, about: 'components of a cybersecurity audit: audit-log management' }],
      serves: 'the history of each incident, and logs with a retention',
    },
    monitoring: {
      requirements: [
        { id: AUDIT, about: 'components of a cybersecurity audit: network monitoring and defences' },
      ],
      serves: 'detection of compromised functions; no network is monitored beyond what GuardDuty sees',
    },
    'incident-response': {
      requirements: [
        { id: '§ 1798.82', about: 'disclosure of a breach to residents of California' },
        { id: AUDIT, about: 'components of a cybersecurity audit: response to security incidents' },
      ],
      serves: 'the playbook, and the times that a disclosure asks for; nothing is sent for you',
    },
    'data-protection': {
      requirements: [
        { id: '§ 1798.100(c)', about: 'retention reasonably necessary and proportionate' },
        { id: '§ 1798.81.5(b)', about: 'protection of personal information' },
      ],
      serves: 'evidence has a retention with an end, and is masked before it is shared',
    },
    'change-management': {
      notCovered:
        'the Act has no requirement of change management; secure configuration is one component of the audit regulation, and more than this product does',
    },
  },
  leaves: [
    'Notices, opt-out, access, correction and deletion requests (§§ 1798.100 to 1798.135)',
    'The cybersecurity audit and its certification themselves, and the risk assessments',
    'Whether personal information was acquired, and the notices: people decide, and people send them',
  ],
};
