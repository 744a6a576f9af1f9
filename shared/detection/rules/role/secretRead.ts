import { DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'secret-read',
  row: 14,
  title: 'A secret was read',
  techniques: ['T1555.006'],
  severity: 2,
  rationale: 'Context: what the reader knows from here on',
  references: ['https://attack.mitre.org/techniques/T1555/006/'],
  calls: ['secretsmanager:GetSecretValue'],
};

export const examples: Examples = {
  fires: [[record('secretsmanager:GetSecretValue', { secretId: 'db' })]],
  silent: [[record('secretsmanager:GetSecretValue', { secretId: 'db' }, DENIED)]],
};
