import { isDenied } from '../../call';
import { BY_FUNCTION, burst, DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';
import { isConsole } from '../../targets';

export const rule: Rule = {
  id: 'denied-burst',
  row: 16,
  title: 'One caller was refused many different things',
  techniques: ['T1580', 'T1526', 'T1087.004'],
  severity: ({ caller }) => (caller.functionArn === null ? 5 : 6),
  rationale: 'Code that runs as deployed is not refused; who tries what stolen credentials are good for is',
  references: ['https://attack.mitre.org/techniques/T1580/'],
  calls: ['*'],
  outcome: 'failed',
  when: (call) =>
    isDenied(call) &&
    call.caller.invokedBy === null &&
    (call.caller.functionArn !== null || !isConsole(call)),
  burst: { least: 6, seconds: 300, of: ({ service, name }) => [`${service}:${name}`] },
};

export const examples: Examples = {
  fires: [
    burst(6, (number) =>
      record('iam:ListRoles', null, { ...BY_FUNCTION, ...DENIED, eventName: `List${number}` }),
    ),
  ],
  silent: [
    burst(60, () => record('iam:ListRoles', null, { ...BY_FUNCTION, ...DENIED })),
    burst(6, (number) =>
      record('iam:ListRoles', null, {
        ...BY_FUNCTION,
        ...DENIED,
        errorCode: 'NoSuchEntity',
        eventName: `List${number}`,
      }),
    ),
  ],
};
