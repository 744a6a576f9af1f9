import { burst, record } from '../../example';
import { text } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'logins-failed',
  row: 26,
  title: 'Logins failed again and again',
  techniques: ['T1110'],
  severity: 5,
  rationale: 'Guessing passwords shows as failures',
  references: ['https://attack.mitre.org/techniques/T1110/'],
  calls: ['signin:ConsoleLogin'],
  outcome: 'any',
  when: ({ response }) => text(response, 'ConsoleLogin') === 'Failure',
  burst: { least: 5, seconds: 600, of: ({ id, record }) => [id ?? JSON.stringify(record)] },
};

export const examples: Examples = {
  fires: [
    burst(5, (number) =>
      record('signin:ConsoleLogin', null, {
        eventID: `try-${number}`,
        responseElements: { ConsoleLogin: 'Failure' },
      }),
    ),
  ],
  silent: [
    burst(4, (number) =>
      record('signin:ConsoleLogin', null, {
        eventID: `try-${number}`,
        responseElements: { ConsoleLogin: 'Failure' },
      }),
    ),
  ],
};
