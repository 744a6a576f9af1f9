import { record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'root-logged-in',
  row: 26,
  title: 'The root user logged in, or somebody tried',
  techniques: ['T1078.004', 'T1110'],
  severity: 6,
  rationale: 'Root is for the few things that nobody else can do',
  references: ['https://attack.mitre.org/techniques/T1078/004/'],
  calls: ['signin:ConsoleLogin'],
  outcome: 'any',
  when: ({ caller }) => caller.type === 'Root',
};

export const examples: Examples = {
  fires: [
    [record('signin:ConsoleLogin', null, { userIdentity: { type: 'Root', accountId: '111122223333' } })],
  ],
  silent: [[record('signin:ConsoleLogin', null)]],
};
