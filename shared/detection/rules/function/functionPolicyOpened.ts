import { DENIED, record } from '../../example';
import { text } from '../../fields';
import { accountOf } from '../../policyText';
import type { Examples, Rule } from '../../rule';
import { isForeign } from '../../setting';
import { functionOf } from '../../targets';

export const rule: Rule = {
  id: 'function-policy-opened',
  row: 4,
  title: 'A function may be invoked by everybody or from another account',
  techniques: ['T1546', 'T1578.005'],
  severity: 7,
  rationale:
    'A statement for everybody, or for a foreign account, is a way back in that outlives every other clean-up',
  references: ['https://attack.mitre.org/techniques/T1546/'],
  calls: ['lambda:AddPermission'],
  when: (call, setting) => {
    const principal = text(call.request, 'principal') ?? '';
    const tied = ['sourceArn', 'sourceAccount', 'principalOrgID'].some(
      (name) => text(call.request, name) !== null,
    );
    const account = accountOf(principal);
    if (principal === '*') return !tied && text(call.request, 'functionUrlAuthType') !== 'AWS_IAM';
    return account !== null && isForeign(account, call, setting);
  },
  about: functionOf,
};

export const examples: Examples = {
  fires: [
    [
      record('lambda:AddPermission', {
        functionName: 'orders',
        principal: '*',
        action: 'lambda:InvokeFunction',
      }),
    ],
  ],
  silent: [
    [
      record(
        'lambda:AddPermission',
        { functionName: 'orders', principal: '*', action: 'lambda:InvokeFunction' },
        DENIED,
      ),
    ],
    [
      record('lambda:AddPermission', {
        functionName: 'orders',
        principal: 's3.amazonaws.com',
        sourceAccount: '111122223333',
        action: 'lambda:InvokeFunction',
      }),
    ],
    [
      record('lambda:AddPermission', {
        functionName: 'orders',
        principal: '111122223333',
        action: 'lambda:InvokeFunction',
      }),
    ],
  ],
};
