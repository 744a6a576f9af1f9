import { DENIED, record } from '../../example';
import { text } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'session-token-taken',
  row: 26,
  title: 'A user made a session without a second factor',
  techniques: ['T1550.001'],
  severity: 4,
  rationale:
    'With a second factor it is how people work; without one it changes only how long the credentials live',
  references: ['https://attack.mitre.org/techniques/T1550/001/'],
  calls: ['sts:GetSessionToken'],
  when: ({ caller, request }) =>
    caller.type === 'IAMUser' && text(request, 'serialNumber', 'tokenCode') === null && !caller.mfa,
};

export const examples: Examples = {
  fires: [[record('sts:GetSessionToken', null)]],
  silent: [
    [record('sts:GetSessionToken', { serialNumber: 'arn:aws:iam::111122223333:mfa/mallory' })],
    [record('sts:GetSessionToken', null, DENIED)],
  ],
};
