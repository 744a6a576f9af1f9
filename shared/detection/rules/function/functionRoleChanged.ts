import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import { text } from '../../fields';
import type { Examples, Rule } from '../../rule';
import { functionOf } from '../../targets';

export const rule: Rule = {
  id: 'function-role-changed',
  row: 3,
  title: 'A function was given another role',
  techniques: ['T1548.005', 'T1098.003'],
  severity: 7,
  rationale:
    'What the function may do is its role: a stronger one makes every way into the function a way to that',
  references: ['https://attack.mitre.org/techniques/T1548/005/'],
  calls: ['lambda:UpdateFunctionConfiguration'],
  deploys: true,
  when: (call) => text(call.request, 'role') !== null,
  about: functionOf,
  tampers: true,
};

export const examples: Examples = {
  fires: [
    [
      record('lambda:UpdateFunctionConfiguration', {
        functionName: 'orders',
        role: 'arn:aws:iam::111122223333:role/other',
      }),
    ],
  ],
  silent: [
    [
      record(
        'lambda:UpdateFunctionConfiguration',
        { functionName: 'orders', role: 'arn:aws:iam::111122223333:role/other' },
        DENIED,
      ),
    ],
    [
      record(
        'lambda:UpdateFunctionConfiguration',
        { functionName: 'orders', role: 'arn:aws:iam::111122223333:role/other' },
        BY_CLOUDFORMATION,
      ),
    ],
    [record('lambda:UpdateFunctionConfiguration', { functionName: 'orders', memorySize: 256 })],
  ],
};
