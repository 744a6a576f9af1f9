import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';
import { functionOf } from '../../targets';

export const rule: Rule = {
  id: 'function-deleted',
  row: 7,
  title: 'A function was deleted',
  techniques: ['T1489', 'T1485'],
  severity: 5,
  rationale: 'It stops a service, and takes the evidence of what ran in it',
  references: ['https://attack.mitre.org/techniques/T1489/'],
  calls: ['lambda:DeleteFunction'],
  deploys: true,
  about: functionOf,
};

export const examples: Examples = {
  fires: [[record('lambda:DeleteFunction', { functionName: 'orders' })]],
  silent: [
    [record('lambda:DeleteFunction', { functionName: 'orders' }, DENIED)],
    [record('lambda:DeleteFunction', { functionName: 'orders' }, BY_CLOUDFORMATION)],
  ],
};
