import { BY_FUNCTION, DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'iam-write-by-function',
  row: 10,
  title: 'A function changed identities or permissions',
  techniques: ['T1098', 'T1136.003', 'T1078.004'],
  severity: 8,
  rationale: 'Few functions manage IAM; credentials that were stolen from one are used for this first',
  references: ['https://attack.mitre.org/techniques/T1098/'],
  calls: [
    'iam:Create*',
    'iam:Put*',
    'iam:Attach*',
    'iam:Update*',
    'iam:Add*',
    'iam:Delete*',
    'iam:Detach*',
    'iam:Remove*',
    'iam:Set*',
    'iam:Upload*',
    'iam:Deactivate*',
    'iam:Enable*',
    'identitystore:Create*',
    'sso:Create*',
    'sso:Attach*',
    'sso:Put*',
  ],
  when: ({ caller }) => caller.functionArn !== null,
};

export const examples: Examples = {
  fires: [[record('iam:CreateUser', { userName: 'backup' }, BY_FUNCTION)]],
  silent: [
    [record('iam:CreateUser', { userName: 'backup' })],
    [record('iam:CreateUser', { userName: 'backup' }, { ...BY_FUNCTION, ...DENIED })],
  ],
};
