import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'organization-policy-removed',
  row: 30,
  title: 'A policy of the organisation was taken away',
  techniques: ['T1562.001', 'T1685', 'T1666'],
  severity: 6,
  rationale: 'What was forbidden in all accounts is allowed again',
  references: ['https://attack.mitre.org/techniques/T1562/001/'],
  calls: [
    'organizations:DetachPolicy',
    'organizations:DeletePolicy',
    'organizations:DisablePolicyType',
    'organizations:UpdatePolicy',
  ],
  deploys: true,
};

export const examples: Examples = {
  fires: [[record('organizations:DetachPolicy', { policyId: 'p-1' })]],
  silent: [
    [record('organizations:DetachPolicy', { policyId: 'p-1' }, DENIED)],
    [record('organizations:DetachPolicy', { policyId: 'p-1' }, BY_CLOUDFORMATION)],
  ],
};
