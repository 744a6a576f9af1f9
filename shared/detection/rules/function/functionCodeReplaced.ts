import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import { at, isTrue } from '../../fields';
import type { Examples, Rule } from '../../rule';
import { functionOf } from '../../targets';

export const rule: Rule = {
  id: 'function-code-replaced',
  row: 1,
  title: "A function's code was replaced",
  techniques: ['T1648', 'T1578.005'],
  severity: 6,
  rationale:
    'Whoever can put other code into a function runs with its role from its next invocation on; deployments come from known principals',
  references: [
    'https://attack.mitre.org/techniques/T1648/',
    'https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html',
  ],
  calls: ['lambda:UpdateFunctionCode'],
  deploys: true,
  when: (call) => !isTrue(at(call.request, 'dryRun')),
  about: functionOf,
  tampers: true,
};

export const examples: Examples = {
  fires: [[record('lambda:UpdateFunctionCode', { functionName: 'orders' })]],
  silent: [
    [record('lambda:UpdateFunctionCode', { functionName: 'orders' }, DENIED)],
    [record('lambda:UpdateFunctionCode', { functionName: 'orders' }, BY_CLOUDFORMATION)],
    [record('lambda:UpdateFunctionCode', { functionName: 'orders', dryRun: true })],
  ],
};
