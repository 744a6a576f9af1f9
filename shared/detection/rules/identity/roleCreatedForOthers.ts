import { DENIED, record } from '../../example';
import { at } from '../../fields';
import { accountsIn, letsAnybody } from '../../policyText';
import type { Examples, Rule } from '../../rule';
import { isForeign } from '../../setting';

export const rule: Rule = {
  id: 'role-created-for-others',
  row: 25,
  title: 'A role was created that a foreign account may assume',
  techniques: ['T1098.003', 'T1136.003', 'T1078.004'],
  severity: 7,
  rationale: "A role of one's own, reached from outside, outlives every clean-up of users",
  references: ['https://attack.mitre.org/techniques/T1098/003/'],
  calls: ['iam:CreateRole'],
  when: (call, setting) => {
    const policy = at(call.request, 'assumeRolePolicyDocument');
    return letsAnybody(policy) || accountsIn(policy).some((account) => isForeign(account, call, setting));
  },
};

export const examples: Examples = {
  fires: [
    [
      record('iam:CreateRole', {
        roleName: 'backup',
        assumeRolePolicyDocument: JSON.stringify({
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
        'iam:CreateRole',
        {
          roleName: 'backup',
          assumeRolePolicyDocument: JSON.stringify({
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
    [
      record('iam:CreateRole', {
        roleName: 'backup',
        assumeRolePolicyDocument: JSON.stringify({
          Statement: [
            {
              Effect: 'Allow',
              Principal: { AWS: 'arn:aws:iam::111122223333:root' },
              Action: 'sts:AssumeRole',
            },
          ],
        }),
      }),
    ],
  ],
};
