import { DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'attack-tool-agent',
  row: 12,
  title: 'A known attack tool made a call',
  techniques: ['T1087.004', 'T1580', 'T1033'],
  severity: 6,
  rationale: 'The tool names itself, or the distribution that it comes with',
  references: ['https://attack.mitre.org/techniques/T1087/004/'],
  calls: ['*'],
  outcome: 'any',
  when: ({ agent }) =>
    /trufflehog|\bpacu\b|cloudfox|scoutsuite|enumerate-iam|weirdaal|cloudsplaining|peirates|s3scanner|\bnuclei\b|sqlmap|kali|parrot(?:sec)?[/-]|pentoo|\bcommando-vm/i.test(
      agent,
    ),
};

export const examples: Examples = {
  fires: [
    [record('sts:GetCallerIdentity', null, { userAgent: 'TruffleHog' })],
    [
      record('iam:ListUsers', null, {
        ...DENIED,
        userAgent: 'aws-cli/2.9.19 Python/3.11.2 Linux/6.6.9-kali1-amd64',
      }),
    ],
  ],
  silent: [[record('sts:GetCallerIdentity', null)]],
};
