import { record } from '../../example';
import { at, isTrue, text } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'login-profile-changed',
  row: 23,
  title: "Somebody else's password was changed",
  techniques: ['T1098', 'T1531'],
  severity: 6,
  rationale: "Who sets another's password can log in as they",
  references: ['https://attack.mitre.org/techniques/T1098/'],
  calls: ['iam:UpdateLoginProfile'],
  when: ({ caller, request }) => {
    const owner = text(request, 'userName');
    return (
      owner !== null &&
      owner !== caller.userName &&
      owner !== caller.session &&
      !isTrue(at(request, 'passwordResetRequired'))
    );
  },
};

export const examples: Examples = {
  fires: [[record('iam:UpdateLoginProfile', { userName: 'backup' })]],
  silent: [
    [record('iam:UpdateLoginProfile', { userName: 'mallory' })],
    [record('iam:UpdateLoginProfile', { userName: 'backup', passwordResetRequired: true })],
  ],
};
