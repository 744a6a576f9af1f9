import { DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';
import { functionOf } from '../../targets';

export const rule: Rule = {
  id: 'function-code-signing-removed',
  row: 3,
  title: 'A function takes unsigned code',
  techniques: ['T1553.006', 'T1578.005'],
  severity: 6,
  rationale: 'Code signing was the control that refuses foreign code',
  references: ['https://attack.mitre.org/techniques/T1553/006/'],
  calls: ['lambda:DeleteFunctionCodeSigningConfig', 'lambda:DeleteCodeSigningConfig'],
  about: functionOf,
};

export const examples: Examples = {
  fires: [[record('lambda:DeleteFunctionCodeSigningConfig', { functionName: 'orders' })]],
  silent: [[record('lambda:DeleteFunctionCodeSigningConfig', { functionName: 'orders' }, DENIED)]],
};
