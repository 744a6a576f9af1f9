import { DENIED, record } from '../../example';
import { text } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'user-put-into-group',
  row: 24,
  title: 'A user was put into a group of administrators',
  techniques: ['T1098.003', 'T1098.007'],
  severity: 6,
  rationale: "The group's permissions are theirs",
  references: ['https://attack.mitre.org/techniques/T1098/003/'],
  calls: ['iam:AddUserToGroup'],
  when: ({ request }) => /admin|poweruser|root|owner/i.test(text(request, 'groupName') ?? ''),
};

export const examples: Examples = {
  fires: [[record('iam:AddUserToGroup', { userName: 'backup', groupName: 'Administrators' })]],
  silent: [
    [record('iam:AddUserToGroup', { userName: 'backup', groupName: 'Administrators' }, DENIED)],
    [record('iam:AddUserToGroup', { userName: 'backup', groupName: 'readers' })],
  ],
};
