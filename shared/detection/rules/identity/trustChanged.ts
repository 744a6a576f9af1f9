import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import { at } from '../../fields';
import { accountsIn, letsAnybody } from '../../policyText';
import type { Examples, Rule } from '../../rule';
import { isForeign } from '../../setting';

export const rule: Rule = {
  id: 'trust-changed',
  row: 25,
  title: 'Who may assume a role was changed',
  techniques: ['T1098.003', 'T1484.002'],
  severity: (call, setting) => {
    const policy = at(call.request, 'policyDocument');
    return letsAnybody(policy) || accountsIn(policy).some((account) => isForeign(account, call, setting))
      ? 8
      : 5;
  },
  rationale: "A principal in a role's trust is a way back in that no key rotation closes",
  references: ['https://attack.mitre.org/techniques/T1098/003/'],
  calls: ['iam:UpdateAssumeRolePolicy'],
  deploys: true,
};

export const examples: Examples = {
  fires: [
    [
      record('iam:UpdateAssumeRolePolicy', {
        roleName: 'orders-role',
        policyDocument: JSON.stringify({
          Statement: [
            {
              Effect: 'Allow',
              Principal: { AWS: 'arn:aws:iam::444455556666:root' },
              Action: 'sts:AssumeRole',
            },
          ],
        }),
      }),
    ],
  ],
  silent: [
    [
      record(
        'iam:UpdateAssumeRolePolicy',
        {
          roleName: 'orders-role',
          policyDocument: JSON.stringify({
            Statement: [
              {
                Effect: 'Allow',
                Principal: { AWS: 'arn:aws:iam::111122223333:root' },
                Action: 'sts:AssumeRole',
              },
            ],
          }),
        },
        BY_CLOUDFORMATION,
      ),
    ],
    [
      record(
        'iam:UpdateAssumeRolePolicy',
        {
          roleName: 'orders-role',
          policyDocument: JSON.stringify({
            Statement: [
              {
                Effect: 'Allow',
                Principal: { AWS: 'arn:aws:iam::444455556666:root' },
                Action: 'sts:AssumeRole',
              },
            ],
          }),
        },
        DENIED,
      ),
    ],
  ],
};
