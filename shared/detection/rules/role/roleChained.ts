import { BY_FUNCTION, record } from '../../example';
import { text } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'role-chained',
  row: 13,
  title: 'A session of a role assumed another role',
  techniques: ['T1550.001', 'T1548.005'],
  severity: ({ caller }) => (caller.functionArn === null ? 2 : 3),
  rationale: "Context: the next role's calls have another name",
  references: ['https://attack.mitre.org/techniques/T1550/001/'],
  calls: ['sts:AssumeRole'],
  when: ({ caller, request }) => caller.roleArn !== null && text(request, 'roleArn') !== caller.roleArn,
};

export const examples: Examples = {
  fires: [[record('sts:AssumeRole', { roleArn: 'arn:aws:iam::111122223333:role/next' }, BY_FUNCTION)]],
  silent: [[record('sts:AssumeRole', { roleArn: 'arn:aws:iam::111122223333:role/next' })]],
};
