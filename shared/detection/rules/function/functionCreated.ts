import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';
import { functionOf } from '../../targets';

export const rule: Rule = {
  id: 'function-created',
  row: 9,
  title: 'A function was created outside the known ways',
  techniques: ['T1648'],
  severity: 3,
  rationale: 'Context: code that runs with a role, brought by somebody who is not known to deploy',
  references: ['https://attack.mitre.org/techniques/T1648/'],
  calls: ['lambda:CreateFunction'],
  deploys: true,
  about: functionOf,
};

export const examples: Examples = {
  fires: [[record('lambda:CreateFunction', { functionName: 'orders' })]],
  silent: [
    [record('lambda:CreateFunction', { functionName: 'orders' }, DENIED)],
    [record('lambda:CreateFunction', { functionName: 'orders' }, BY_CLOUDFORMATION)],
  ],
};
