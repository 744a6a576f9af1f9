import { DENIED, record } from '../../example';
import { text } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'key-found-by-aws',
  row: 24,
  title: 'AWS found a key in public and restricted its user',
  techniques: ['T1552.001'],
  severity: 9,
  rationale: 'AWS attaches this policy to users whose keys it found on the internet',
  references: [
    'https://attack.mitre.org/techniques/T1552/001/',
    'https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV3.html',
  ],
  calls: ['iam:AttachUserPolicy'],
  services: true,
  when: ({ request }) => /:policy\/AWSCompromisedKeyQuarantine/.test(text(request, 'policyArn') ?? ''),
};

export const examples: Examples = {
  fires: [
    [
      record('iam:AttachUserPolicy', {
        userName: 'backup',
        policyArn: 'arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3',
      }),
    ],
  ],
  silent: [
    [
      record(
        'iam:AttachUserPolicy',
        { userName: 'backup', policyArn: 'arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3' },
        DENIED,
      ),
    ],
    [
      record('iam:AttachUserPolicy', {
        userName: 'backup',
        policyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
      }),
    ],
  ],
};
