import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import { at } from '../../fields';
import type { Examples, Rule } from '../../rule';
import { functionOf } from '../../targets';

export const rule: Rule = {
  id: 'function-configuration-changed',
  row: 3,
  title: "A function's handler, runtime or environment was changed",
  techniques: ['T1578.005', 'T1648', 'T1574'],
  severity: 4,
  rationale:
    'Another handler, runtime or environment runs other code without replacing any; CloudTrail leaves out the values',
  references: ['https://attack.mitre.org/techniques/T1578/005/'],
  calls: ['lambda:UpdateFunctionConfiguration'],
  deploys: true,
  when: (call) =>
    ['handler', 'runtime', 'environment', 'imageConfig', 'vpcConfig', 'fileSystemConfigs'].some(
      (name) => at(call.request, name) !== undefined,
    ),
  about: functionOf,
};

export const examples: Examples = {
  fires: [[record('lambda:UpdateFunctionConfiguration', { functionName: 'orders', environment: {} })]],
  silent: [
    [record('lambda:UpdateFunctionConfiguration', { functionName: 'orders', environment: {} }, DENIED)],
    [
      record(
        'lambda:UpdateFunctionConfiguration',
        { functionName: 'orders', environment: {} },
        BY_CLOUDFORMATION,
      ),
    ],
    [record('lambda:UpdateFunctionConfiguration', { functionName: 'orders', memorySize: 256 })],
  ],
};
