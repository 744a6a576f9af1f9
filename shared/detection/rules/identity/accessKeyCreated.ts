import { DENIED, record } from '../../example';
import { text } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'access-key-created',
  row: 23,
  title: 'An access key was created for another user',
  techniques: ['T1098.001'],
  severity: ({ caller }) => (caller.type === 'Root' ? 7 : 6),
  rationale: 'A key for somebody else is a way back in under their name',
  references: ['https://attack.mitre.org/techniques/T1098/001/'],
  calls: ['iam:CreateAccessKey'],
  when: ({ caller, request, response }) => {
    const owner = text(request, 'userName') ?? text(response, 'accessKey.userName');
    return caller.type === 'Root' || (owner !== null && owner !== caller.userName);
  },
};

export const examples: Examples = {
  fires: [[record('iam:CreateAccessKey', { userName: 'backup' })]],
  silent: [
    [record('iam:CreateAccessKey', { userName: 'mallory' })],
    [record('iam:CreateAccessKey', { userName: 'backup' }, DENIED)],
  ],
};
