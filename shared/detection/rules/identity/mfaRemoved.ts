import { record, USER } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'mfa-removed',
  row: 23,
  title: 'A second factor was taken away, in a session without one',
  techniques: ['T1556.006'],
  severity: 6,
  rationale: 'What remains is the password',
  references: ['https://attack.mitre.org/techniques/T1556/006/'],
  calls: ['iam:DeactivateMFADevice', 'iam:DeleteVirtualMFADevice'],
  when: ({ caller }) => !caller.mfa,
};

export const examples: Examples = {
  fires: [[record('iam:DeactivateMFADevice', { userName: 'backup' })]],
  silent: [
    [
      record(
        'iam:DeactivateMFADevice',
        { userName: 'backup' },
        { userIdentity: { ...USER, sessionContext: { attributes: { mfaAuthenticated: 'true' } } } },
      ),
    ],
  ],
};
