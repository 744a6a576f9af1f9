import type { Standard } from '../standard';

/** A component of a cybersecurity audit, by its number: 18 of them are in § 7123(c). */
const audit = (component: number): string => `Cal. Code Regs. tit. 11, § 7123(c)(${component})`;

export const standard: Standard = {
  id: 'ccpa',
  title: 'CCPA',
  document:
    'Cal. Civ. Code § 1798.100 et seq. (CCPA as amended by CPRA), § 1798.81.5 and § 1798.82, and Cal. Code Regs. tit. 11, § 7123',
  url: 'https://leginfo.legislature.ca.gov/faces/codes_displayText.xhtml?division=3.&part=4.&lawCode=CIV&title=1.81.5',
  mappings: {
    'access-control': {
      requirements: [
        { id: '§ 1798.100(e)', about: 'reasonable security procedures and practices' },
        { id: audit(3), about: 'audited component: account management and access controls' },
      ],
      serves: "least privilege of the responder's own roles, and listed approvers",
    },
    encryption: {
      requirements: [
        { id: '§ 1798.150(a)(1)', about: 'liability for nonencrypted and nonredacted personal information' },
        { id: audit(2), about: 'audited component: encryption at rest and in transit' },
      ],
      serves: 'evidence and records are encrypted under keys of their own',
    },
    'audit-logging': {
      requirements: [{ id: audit(7), about: 'audited component: audit-log management' }],
      serves: 'the history of each incident, and logs with a retention',
    },
    monitoring: {
      requirements: [{ id: audit(8), about: 'audited component: network monitoring and defences' }],
      serves: 'detection of compromised functions; no network is monitored beyond what GuardDuty sees',
    },
    'incident-response': {
      requirements: [
        { id: '§ 1798.82', about: 'disclosure of a breach to residents of California' },
        { id: audit(17), about: 'audited component: response to security incidents' },
      ],
      serves: 'the playbook, and the times that a disclosure asks for; nothing is sent for you',
    },
    'data-protection': {
      requirements: [
        {
          id: '§ 1798.100(c)',
          about: 'collection, use, retention and sharing reasonably necessary and proportionate',
        },
        { id: '§ 1798.81.5(b)', about: 'protection of personal information' },
        { id: audit(16), about: 'audited component: retention schedules and disposal' },
      ],
      serves: 'evidence has a retention with an end, and is masked before it is shared',
    },
    'change-management': {
      requirements: [
        {
          id: audit(5),
          about: 'audited component: secure configuration, with patch and change management',
        },
      ],
      serves:
        'a release of a contained function passes a gate, and approved states are compared; no other change, and no patch, is managed',
    },
  },
  compared: [
    {
      ids: ['§ 1798.100(e)', '§ 1798.81.5(b)'],
      text: 'both as the Workplace Privacy Report quotes them',
      url: 'https://www.workplaceprivacyreport.com/2023/09/articles/california-consumer-privacy-act/cppa-mulls-draft-cybersecurity-audit-regulations-under-cpra/',
      source: 'secondary',
    },
    {
      ids: ['§ 1798.150(a)(1)'],
      text: 'the section, in a research copy of the Code (self-law.org)',
      url: 'https://self-law.org/code/ca/civil-code/1798-150',
      source: 'secondary',
    },
    {
      ids: ['§ 1798.82'],
      text: 'the section as a data breach law tool sums it up (amp.legal)',
      url: 'https://amp.legal/data-breach-law-tool/california',
      source: 'secondary',
    },
    {
      ids: ['§ 1798.100(c)', '§ 1798.100(e)'],
      text: '§ 1798.100 as public repositories quote it from California Legislative Information',
      url: 'https://leginfo.legislature.ca.gov/faces/codes_displaySection.xhtml?sectionNum=1798.100.&lawCode=CIV',
      source: 'secondary',
    },
    {
      ids: [audit(2), audit(3), audit(5), audit(7), audit(8), audit(16), audit(17)],
      text: 'the 18 components by number, after the text that the Agency approved (jlmcd3/your-privacy-hub, CPPACyberRailEntries.ts)',
      url: 'https://github.com/jlmcd3/your-privacy-hub',
      source: 'secondary',
    },
  ],
  leaves: [
    'Notices, opt-out, access, correction and deletion requests (§§ 1798.100 to 1798.135)',
    'The cybersecurity audit and its certification themselves, and the risk assessments',
    'Whether personal information was acquired, and the notices: people decide, and people send them',
  ],
};
