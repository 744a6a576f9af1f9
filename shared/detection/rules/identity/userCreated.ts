import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'user-created',
  row: 23,
  title: 'A user was created',
  techniques: ['T1136.003'],
  severity: 5,
  rationale: "A user of one's own outlives the stolen credentials",
  references: ['https://attack.mitre.org/techniques/T1136/003/'],
  calls: ['iam:CreateUser'],
  deploys: true,
};

export const examples: Examples = {
  fires: [[record('iam:CreateUser', { userName: 'backup' })]],
  silent: [
    [record('iam:CreateUser', { userName: 'backup' }, DENIED)],
    [record('iam:CreateUser', { userName: 'backup' }, BY_CLOUDFORMATION)],
  ],
};
