import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import { text } from '../../fields';
import type { Examples, Rule } from '../../rule';
import { functionOf } from '../../targets';

export const rule: Rule = {
  id: 'function-created-with-strong-role',
  row: 9,
  title: 'A new function runs with a role that is named for its strength',
  techniques: ['T1648', 'T1098.003', 'T1548.005'],
  severity: 6,
  rationale:
    'Who may pass a strong role to a function has that role: CloudTrail records no iam:PassRole, only the role here',
  references: ['https://attack.mitre.org/techniques/T1648/'],
  calls: ['lambda:CreateFunction'],
  deploys: true,
  when: (call) =>
    /admin|poweruser|full-?access|\broot\b|organizationaccountaccess/i.test(text(call.request, 'role') ?? ''),
  about: functionOf,
};

export const examples: Examples = {
  fires: [
    [
      record('lambda:CreateFunction', {
        functionName: 'orders',
        role: 'arn:aws:iam::111122223333:role/Admin',
      }),
    ],
  ],
  silent: [
    [
      record(
        'lambda:CreateFunction',
        { functionName: 'orders', role: 'arn:aws:iam::111122223333:role/Admin' },
        DENIED,
      ),
    ],
    [
      record(
        'lambda:CreateFunction',
        { functionName: 'orders', role: 'arn:aws:iam::111122223333:role/Admin' },
        BY_CLOUDFORMATION,
      ),
    ],
    [
      record('lambda:CreateFunction', {
        functionName: 'orders',
        role: 'arn:aws:iam::111122223333:role/orders-role',
      }),
    ],
  ],
};
