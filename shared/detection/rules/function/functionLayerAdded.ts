import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import { at, list } from '../../fields';
import type { Examples, Rule } from '../../rule';
import { functionOf } from '../../targets';

export const rule: Rule = {
  id: 'function-layer-added',
  row: 2,
  title: 'A function was given layers',
  techniques: ['T1648', 'T1574'],
  severity: 6,
  rationale:
    "A layer's extensions and libraries run inside the function, before its handler and with its role",
  references: ['https://attack.mitre.org/techniques/T1648/'],
  calls: ['lambda:UpdateFunctionConfiguration'],
  deploys: true,
  when: (call) => list(at(call.request, 'layers')).length > 0,
  about: functionOf,
  tampers: true,
};

export const examples: Examples = {
  fires: [
    [
      record('lambda:UpdateFunctionConfiguration', {
        functionName: 'orders',
        layers: ['arn:aws:lambda:eu-central-1:111122223333:layer:tools:1'],
      }),
    ],
  ],
  silent: [
    [
      record(
        'lambda:UpdateFunctionConfiguration',
        { functionName: 'orders', layers: ['arn:aws:lambda:eu-central-1:111122223333:layer:tools:1'] },
        DENIED,
      ),
    ],
    [
      record(
        'lambda:UpdateFunctionConfiguration',
        { functionName: 'orders', layers: ['arn:aws:lambda:eu-central-1:111122223333:layer:tools:1'] },
        BY_CLOUDFORMATION,
      ),
    ],
    [record('lambda:UpdateFunctionConfiguration', { functionName: 'orders', layers: [] })],
  ],
};
