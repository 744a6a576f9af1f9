import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import { at, numberOf } from '../../fields';
import type { Examples, Rule } from '../../rule';
import { functionOf } from '../../targets';

export const rule: Rule = {
  id: 'function-throttled',
  row: 7,
  title: 'A function may not run any more',
  techniques: ['T1489', 'T1499'],
  severity: 6,
  rationale: 'Reserved concurrency 0 stops a function without deleting it',
  references: ['https://attack.mitre.org/techniques/T1489/'],
  calls: ['lambda:PutFunctionConcurrency'],
  deploys: true,
  when: (call) => numberOf(at(call.request, 'reservedConcurrentExecutions')) === 0,
  about: functionOf,
};

export const examples: Examples = {
  fires: [
    [record('lambda:PutFunctionConcurrency', { functionName: 'orders', reservedConcurrentExecutions: 0 })],
  ],
  silent: [
    [
      record(
        'lambda:PutFunctionConcurrency',
        { functionName: 'orders', reservedConcurrentExecutions: 0 },
        DENIED,
      ),
    ],
    [
      record(
        'lambda:PutFunctionConcurrency',
        { functionName: 'orders', reservedConcurrentExecutions: 0 },
        BY_CLOUDFORMATION,
      ),
    ],
    [record('lambda:PutFunctionConcurrency', { functionName: 'orders', reservedConcurrentExecutions: 5 })],
  ],
};
