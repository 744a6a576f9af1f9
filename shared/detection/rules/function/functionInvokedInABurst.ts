import { burst, record } from '../../example';
import type { Examples, Rule } from '../../rule';
import { functionOf } from '../../targets';

export const rule: Rule = {
  id: 'function-invoked-in-a-burst',
  row: 8,
  title: 'One caller invoked functions many times in a minute',
  techniques: ['T1648', 'T1496'],
  severity: 4,
  rationale:
    "Volume is the caller's doing and says nothing of the function itself: it is shown, and never contains",
  references: ['https://attack.mitre.org/techniques/T1648/'],
  calls: ['lambda:Invoke'],
  when: ({ caller }) => caller.functionArn === null && caller.invokedBy === null,
  burst: { least: 100, seconds: 60, of: ({ id, record }) => [id ?? JSON.stringify(record)] },
  about: functionOf,
};

export const examples: Examples = {
  fires: [
    burst(100, (number) =>
      record('lambda:Invoke', { functionName: 'orders' }, { eventID: `call-${number}` }),
    ),
  ],
  silent: [
    burst(99, (number) => record('lambda:Invoke', { functionName: 'orders' }, { eventID: `call-${number}` })),
    burst(200, () => record('lambda:Invoke', { functionName: 'orders' })),
  ],
};
