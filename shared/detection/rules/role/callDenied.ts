import { isDenied } from '../../call';
import { DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'call-denied',
  row: 16,
  title: 'A call was refused',
  techniques: ['T1580'],
  severity: ({ caller }) => (caller.functionArn === null ? 1 : 2),
  rationale: 'Context: what somebody tried and may not',
  references: ['https://attack.mitre.org/techniques/T1580/'],
  calls: ['*'],
  outcome: 'failed',
  when: (call) => isDenied(call),
};

export const examples: Examples = {
  fires: [[record('iam:ListRoles', null, DENIED)]],
  silent: [[record('iam:ListRoles', null, { errorCode: 'NoSuchEntity' })]],
};
