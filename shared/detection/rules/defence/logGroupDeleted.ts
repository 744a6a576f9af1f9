import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import { text } from '../../fields';
import type { Examples, Rule } from '../../rule';
import { functionNamed } from '../../targets';

export const rule: Rule = {
  id: 'log-group-deleted',
  row: 28,
  title: 'Logs were deleted',
  techniques: ['T1562.008', 'T1685.002', 'T1070'],
  severity: 6,
  rationale: "With a function's log group goes what it did",
  references: ['https://attack.mitre.org/techniques/T1562/008/'],
  calls: ['logs:DeleteLogGroup', 'logs:DeleteLogStream'],
  deploys: true,
  about: (call) =>
    functionNamed(
      /^\/aws\/lambda\/([\w-]+)$/.exec(text(call.request, 'logGroupName') ?? '')?.[1] ?? null,
      call,
    ),
};

export const examples: Examples = {
  fires: [[record('logs:DeleteLogGroup', { logGroupName: '/aws/lambda/orders' })]],
  silent: [
    [record('logs:DeleteLogGroup', { logGroupName: '/aws/lambda/orders' }, DENIED)],
    [record('logs:DeleteLogGroup', { logGroupName: '/aws/lambda/orders' }, BY_CLOUDFORMATION)],
  ],
};
