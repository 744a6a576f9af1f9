import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'role-created',
  row: 25,
  title: 'A role was created',
  techniques: ['T1136.003', 'T1098.003'],
  severity: 3,
  rationale: 'Context: a principal that was not there before',
  references: ['https://attack.mitre.org/techniques/T1136/003/'],
  calls: ['iam:CreateRole'],
  deploys: true,
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
              Principal: { AWS: 'arn:aws:iam::111122223333:root' },
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
                Principal: { AWS: 'arn:aws:iam::111122223333:root' },
                Action: 'sts:AssumeRole',
              },
            ],
          }),
        },
        DENIED,
      ),
    ],
    [
      record(
        'iam:CreateRole',
        {
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
        },
        BY_CLOUDFORMATION,
      ),
    ],
  ],
};
