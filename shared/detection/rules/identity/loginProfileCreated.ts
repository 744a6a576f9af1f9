import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'login-profile-created',
  row: 23,
  title: 'A user was given a password',
  techniques: ['T1098.001', 'T1078.004'],
  severity: 6,
  rationale: 'It turns a key into a way into the console',
  references: ['https://attack.mitre.org/techniques/T1098/001/'],
  calls: ['iam:CreateLoginProfile'],
  deploys: true,
};

export const examples: Examples = {
  fires: [[record('iam:CreateLoginProfile', { userName: 'backup' })]],
  silent: [
    [record('iam:CreateLoginProfile', { userName: 'backup' }, DENIED)],
    [record('iam:CreateLoginProfile', { userName: 'backup' }, BY_CLOUDFORMATION)],
  ],
};
