import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'directory-user-created',
  row: 25,
  title: 'A user of the identity centre was created or assigned',
  techniques: ['T1136.003', 'T1098.003'],
  severity: 4,
  rationale: 'It logs in to every account that it is assigned',
  references: ['https://attack.mitre.org/techniques/T1136/003/'],
  calls: [
    'identitystore:CreateUser',
    'sso-directory:CreateUser',
    'sso:CreateAccountAssignment',
    'sso-directory:AddMemberToGroup',
    'identitystore:CreateGroupMembership',
  ],
  deploys: true,
};

export const examples: Examples = {
  fires: [[record('identitystore:CreateUser', { userName: 'backup' })]],
  silent: [
    [record('identitystore:CreateUser', { userName: 'backup' }, DENIED)],
    [record('identitystore:CreateUser', { userName: 'backup' }, BY_CLOUDFORMATION)],
  ],
};
