import type { Standard } from '../standard';

export const standard: Standard = {
  id: 'hipaa',
  title: 'HIPAA Security Rule',
  document: '45 CFR Part 164, Subpart C (Security Rule)',
  url: 'https://www.ecfr.gov/current/title-45/subtitle-A/subchapter-C/part-164/subpart-C',
  mappings: {
    'access-control': {
      requirements: [
        { id: '164.312(a)(1)', about: 'access control' },
        { id: '164.308(a)(4)', about: 'information access management' },
        { id: '164.312(d)', about: 'person or entity authentication' },
      ],
      serves:
        "least privilege of the responder's own roles; who decides is made out by Slack's signature or by AWS",
    },
    encryption: {
      requirements: [
        { id: '164.312(a)(2)(iv)', about: 'encryption and decryption (addressable)' },
        { id: '164.312(e)(2)(ii)', about: 'encryption in transmission (addressable)' },
      ],
      serves: 'evidence and records are encrypted; the bucket refuses requests without TLS',
    },
    'audit-logging': {
      requirements: [
        { id: '164.312(b)', about: 'audit controls' },
        { id: '164.308(a)(1)(ii)(D)', about: 'information system activity review (required)' },
        { id: '164.316(b)(2)(i)', about: 'documentation kept for six years (required)' },
      ],
      serves:
        'the history of each incident; six years only where the retention profile says so (docs/retention.md)',
    },
    monitoring: {
      requirements: [
        { id: '164.308(a)(1)(ii)(D)', about: 'information system activity review (required)' },
        { id: '164.308(a)(5)(ii)(B)', about: 'protection from malicious software (addressable)' },
      ],
      serves: 'detection of compromised functions from CloudTrail, logs and GuardDuty',
    },
    'incident-response': {
      requirements: [
        { id: '164.308(a)(6)(i)', about: 'security incident procedures' },
        { id: '164.308(a)(6)(ii)', about: 'response and reporting: identify, mitigate, document (required)' },
      ],
      serves: 'the playbook mitigates and documents; the times that notices depend on are in the post-mortem',
    },
    'data-protection': {
      requirements: [
        { id: '164.312(c)(1)', about: 'integrity' },
        { id: '164.312(c)(2)', about: 'mechanism to authenticate ePHI (addressable)' },
      ],
      serves: 'evidence is locked, hashed and named in signed manifests',
    },
    'change-management': {
      requirements: [
        {
          id: '164.308(a)(8)',
          about: 'periodic evaluation, also in response to environmental or operational changes',
        },
      ],
      serves:
        'changes of functions behind everybody are found and told; the Rule names no change management as such',
    },
  },
  compared: [
    {
      ids: [
        '164.312(a)(1)',
        '164.312(a)(2)(iv)',
        '164.312(b)',
        '164.312(c)(1)',
        '164.312(c)(2)',
        '164.312(d)',
      ],
      text: '45 CFR 164.312, as the Government Printing Office gives it',
      url: 'https://www.govinfo.gov/content/pkg/CFR-2019-title45-vol2/xml/CFR-2019-title45-vol2-sec164-312.xml',
      source: 'publisher',
    },
    {
      ids: ['164.308(a)(1)(ii)(D)'],
      text: '45 CFR 164.308, as the Government Printing Office gives it',
      url: 'http://edocket.access.gpo.gov/cfr_2007/octqtr/45cfr164.308.htm',
      source: 'publisher',
    },
    {
      ids: ['164.316(b)(2)(i)'],
      text: '45 CFR 164.316, as the Government Printing Office gives it',
      url: 'http://edocket.access.gpo.gov/cfr_2009/octqtr/45cfr164.316.htm',
      source: 'publisher',
    },
    {
      ids: [
        '164.308(a)(1)(ii)(D)',
        '164.308(a)(5)(ii)(B)',
        '164.308(a)(6)(i)',
        '164.308(a)(6)(ii)',
        '164.308(a)(8)',
        '164.312(a)(1)',
        '164.312(a)(2)(iv)',
        '164.312(b)',
        '164.312(c)(1)',
        '164.312(c)(2)',
        '164.312(d)',
        '164.312(e)(2)(ii)',
      ],
      text: 'the HIPAA framework of Prowler, which quotes the Rule (prowler/compliance/aws/hipaa_aws.json)',
      url: 'https://github.com/prowler-cloud/prowler',
      source: 'secondary',
    },
    {
      ids: ['164.308(a)(4)', '164.308(a)(8)'],
      text: '45 CFR Part 164 Subpart C, Appendix A, the matrix of standards (complianceuniverse.org)',
      url: 'http://complianceuniverse.org/1-appendix-security-standards-matrix',
      source: 'secondary',
    },
  ],
  leaves: [
    'Risk analysis and risk management, workforce security and training, contingency plan, business associate contracts',
    'Physical safeguards (164.310), except for what AWS does',
    'Whether data of a function is ePHI, and whether an incident is a breach (164.402): people decide',
    'Notices to individuals, media and the Secretary (Subpart D): people send them',
  ],
};
