import { record } from '../../example';
import { text } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'login-failed-at-second-factor',
  row: 26,
  title: 'A login failed after the password was right',
  techniques: ['T1621', 'T1110'],
  severity: 4,
  rationale: 'Who has the password but not the device fails here',
  references: ['https://attack.mitre.org/techniques/T1621/'],
  calls: ['signin:ConsoleLogin'],
  outcome: 'any',
  when: ({ response, more }) =>
    text(response, 'ConsoleLogin') === 'Failure' && text(more, 'MFAUsed') === 'Yes',
};

export const examples: Examples = {
  fires: [
    [
      record('signin:ConsoleLogin', null, {
        responseElements: { ConsoleLogin: 'Failure' },
        additionalEventData: { MFAUsed: 'Yes' },
      }),
    ],
  ],
  silent: [
    [
      record('signin:ConsoleLogin', null, {
        responseElements: { ConsoleLogin: 'Success' },
        additionalEventData: { MFAUsed: 'Yes' },
      }),
    ],
  ],
};
