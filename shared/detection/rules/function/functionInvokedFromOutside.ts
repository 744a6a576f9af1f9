import { DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';
import { isForeign } from '../../setting';
import { functionOf } from '../../targets';

export const rule: Rule = {
  id: 'function-invoked-from-outside',
  row: 8,
  title: 'A function was invoked from another account',
  techniques: ['T1648', 'T1078.004'],
  severity: 5,
  rationale:
    'Who may invoke across accounts was let in by a policy; a caller that nobody knows is one more reason to look',
  references: ['https://attack.mitre.org/techniques/T1648/'],
  calls: ['lambda:Invoke'],
  when: (call, setting) => call.caller.account !== null && isForeign(call.caller.account, call, setting),
  about: functionOf,
};

export const examples: Examples = {
  fires: [
    [
      record(
        'lambda:Invoke',
        { functionName: 'orders' },
        { userIdentity: { type: 'AWSAccount', principalId: 'AIDAOTHER', accountId: '444455556666' } },
      ),
    ],
  ],
  silent: [
    [record('lambda:Invoke', { functionName: 'orders' })],
    [
      record(
        'lambda:Invoke',
        { functionName: 'orders' },
        {
          ...DENIED,
          userIdentity: { type: 'AWSAccount', principalId: 'AIDAOTHER', accountId: '444455556666' },
        },
      ),
    ],
  ],
};
