import { record } from '../../example';
import { text } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'console-login-without-mfa',
  row: 26,
  title: 'A user logged in to the console without a second factor',
  techniques: ['T1078.004'],
  severity: 5,
  rationale: 'A password is all that it took',
  references: ['https://attack.mitre.org/techniques/T1078/004/'],
  calls: ['signin:ConsoleLogin'],
  when: ({ caller, response, more }) =>
    text(response, 'ConsoleLogin') === 'Success' &&
    text(more, 'MFAUsed') !== 'Yes' &&
    text(more, 'SamlProviderArn') === null &&
    (caller.type === 'IAMUser' || caller.type === 'Root'),
};

export const examples: Examples = {
  fires: [
    [
      record('signin:ConsoleLogin', null, {
        responseElements: { ConsoleLogin: 'Success' },
        additionalEventData: { MFAUsed: 'No' },
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
    [
      record('signin:ConsoleLogin', null, {
        responseElements: { ConsoleLogin: 'Failure' },
        additionalEventData: { MFAUsed: 'No' },
      }),
    ],
  ],
};
