import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import { at, hasField } from '../../fields';
import type { Examples, Rule } from '../../rule';
import { functionOf } from '../../targets';

export const rule: Rule = {
  id: 'function-exec-wrapper-set',
  row: 3,
  title: 'A function runs behind a wrapper script',
  techniques: ['T1574', 'T1648'],
  severity: 8,
  rationale:
    "AWS_LAMBDA_EXEC_WRAPPER runs a script before the runtime, with the role of the function and out of its code's sight",
  references: [
    'https://attack.mitre.org/techniques/T1574/',
    'https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html',
  ],
  calls: ['lambda:UpdateFunctionConfiguration', 'lambda:CreateFunction'],
  deploys: true,
  when: (call) => hasField(at(call.request, 'environment'), ['aws_lambda_exec_wrapper']),
  about: functionOf,
  tampers: true,
};

export const examples: Examples = {
  fires: [
    [
      record('lambda:UpdateFunctionConfiguration', {
        functionName: 'orders',
        environment: { variables: { AWS_LAMBDA_EXEC_WRAPPER: '/opt/wrap' } },
      }),
    ],
  ],
  silent: [
    [
      record(
        'lambda:UpdateFunctionConfiguration',
        { functionName: 'orders', environment: { variables: { AWS_LAMBDA_EXEC_WRAPPER: '/opt/wrap' } } },
        DENIED,
      ),
    ],
    [
      record(
        'lambda:UpdateFunctionConfiguration',
        { functionName: 'orders', environment: { variables: { AWS_LAMBDA_EXEC_WRAPPER: '/opt/wrap' } } },
        BY_CLOUDFORMATION,
      ),
    ],
    [
      record('lambda:UpdateFunctionConfiguration', {
        functionName: 'orders',
        environment: { variables: { LEVEL: 'debug' } },
      }),
    ],
  ],
};
