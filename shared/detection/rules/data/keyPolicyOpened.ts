import { DENIED, record } from '../../example';
import { at, text } from '../../fields';
import { accountsIn, letsAnybody } from '../../policyText';
import type { Examples, Rule } from '../../rule';
import { isForeign } from '../../setting';

export const rule: Rule = {
  id: 'key-policy-opened',
  row: 22,
  title: 'A key may be used by everybody or a foreign account',
  techniques: ['T1548.005', 'T1486', 'T1537'],
  severity: 7,
  rationale: 'Who may use the key may read what it encrypts',
  references: ['https://attack.mitre.org/techniques/T1548/005/'],
  calls: ['kms:PutKeyPolicy', 'kms:CreateKey'],
  when: (call, setting) => {
    const named = text(call.request, 'attributeName');
    const policies = [
      ...[
        'bucketPolicy',
        'policy',
        'policyText',
        'policyDocument',
        'resourcePolicy',
        'accessPolicies',
        'accessPoliciesJson',
        'keyPolicy',
        'attributes.Policy',
        'attributes.policy',
        'policy.policy',
      ].map((path) => at(call.request, path)),
      ...(named === null || /policy/i.test(named) ? [at(call.request, 'attributeValue')] : []),
    ];
    return policies.some(
      (policy) =>
        letsAnybody(policy) || accountsIn(policy).some((account) => isForeign(account, call, setting)),
    );
  },
};

export const examples: Examples = {
  fires: [
    [
      record('kms:PutKeyPolicy', {
        keyId: 'k',
        policy: JSON.stringify({
          Statement: [
            {
              Effect: 'Allow',
              Principal: { AWS: 'arn:aws:iam::444455556666:root' },
              Action: 'kms:*',
              Resource: '*',
            },
          ],
        }),
      }),
    ],
  ],
  silent: [
    [
      record(
        'kms:PutKeyPolicy',
        {
          keyId: 'k',
          policy: JSON.stringify({
            Statement: [
              {
                Effect: 'Allow',
                Principal: { AWS: 'arn:aws:iam::444455556666:root' },
                Action: 'kms:*',
                Resource: '*',
              },
            ],
          }),
        },
        DENIED,
      ),
    ],
    [
      record('kms:PutKeyPolicy', {
        keyId: 'k',
        policy: JSON.stringify({
          Statement: [
            {
              Effect: 'Allow',
              Principal: { AWS: 'arn:aws:iam::111122223333:root' },
              Action: 'kms:*',
              Resource: '*',
            },
          ],
        }),
      }),
    ],
  ],
};
