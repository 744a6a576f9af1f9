import { DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'root-session-taken',
  row: 26,
  title: "Somebody took a session of an account's root",
  techniques: ['T1078.004', 'T1548.005'],
  severity: 7,
  rationale: 'It acts as the root of a member account',
  references: ['https://attack.mitre.org/techniques/T1078/004/'],
  calls: ['sts:AssumeRoot'],
};

export const examples: Examples = {
  fires: [[record('sts:AssumeRoot', { targetPrincipal: '444455556666' })]],
  silent: [[record('sts:AssumeRoot', { targetPrincipal: '444455556666' }, DENIED)]],
};
