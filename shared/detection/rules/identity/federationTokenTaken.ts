import { DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'federation-token-taken',
  row: 26,
  title: 'A session was made for a federated user',
  techniques: ['T1550.001', 'T1078.004'],
  severity: 6,
  rationale: 'It lives on when the key that made it is disabled',
  references: [
    'https://attack.mitre.org/techniques/T1550/001/',
    'https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html',
  ],
  calls: ['sts:GetFederationToken'],
};

export const examples: Examples = {
  fires: [[record('sts:GetFederationToken', { name: 'x' })]],
  silent: [[record('sts:GetFederationToken', { name: 'x' }, DENIED)]],
};
