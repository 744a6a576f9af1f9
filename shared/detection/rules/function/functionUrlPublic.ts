import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import { text } from '../../fields';
import type { Examples, Rule } from '../../rule';
import { functionOf } from '../../targets';

export const rule: Rule = {
  id: 'function-url-public',
  row: 5,
  title: "A function's URL lets everybody in",
  techniques: ['T1133', 'T1578.005'],
  severity: 6,
  rationale: 'A URL without authorisation is reachable by the whole internet',
  references: ['https://attack.mitre.org/techniques/T1133/'],
  calls: ['lambda:CreateFunctionUrlConfig', 'lambda:UpdateFunctionUrlConfig'],
  deploys: true,
  when: (call) => text(call.request, 'authType') === 'NONE',
  about: functionOf,
};

export const examples: Examples = {
  fires: [[record('lambda:CreateFunctionUrlConfig', { functionName: 'orders', authType: 'NONE' })]],
  silent: [
    [record('lambda:CreateFunctionUrlConfig', { functionName: 'orders', authType: 'NONE' }, DENIED)],
    [
      record(
        'lambda:CreateFunctionUrlConfig',
        { functionName: 'orders', authType: 'NONE' },
        BY_CLOUDFORMATION,
      ),
    ],
    [record('lambda:CreateFunctionUrlConfig', { functionName: 'orders', authType: 'AWS_IAM' })],
  ],
};
