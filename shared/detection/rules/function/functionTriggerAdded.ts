import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';
import { functionOf } from '../../targets';

export const rule: Rule = {
  id: 'function-trigger-added',
  row: 6,
  title: 'A function was given a trigger or a destination',
  techniques: ['T1546', 'T1648'],
  severity: 4,
  rationale:
    'A trigger starts the function whenever whoever added it likes; a destination sends what it answers there',
  references: ['https://attack.mitre.org/techniques/T1546/'],
  calls: [
    'lambda:CreateEventSourceMapping',
    'lambda:UpdateEventSourceMapping',
    'lambda:PutFunctionEventInvokeConfig',
  ],
  deploys: true,
  about: functionOf,
};

export const examples: Examples = {
  fires: [[record('lambda:CreateEventSourceMapping', { functionName: 'orders' })]],
  silent: [
    [record('lambda:CreateEventSourceMapping', { functionName: 'orders' }, DENIED)],
    [record('lambda:CreateEventSourceMapping', { functionName: 'orders' }, BY_CLOUDFORMATION)],
  ],
};
