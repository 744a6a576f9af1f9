import { BY_FUNCTION, burst, DENIED, record } from '../../example';
import { text } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'secrets-swept',
  row: 14,
  title: 'One caller read many secrets',
  techniques: ['T1555.006'],
  severity: 7,
  rationale:
    'A workload reads the few secrets that are its own; who reads one after the other takes what there is',
  references: ['https://attack.mitre.org/techniques/T1555/006/'],
  calls: ['secretsmanager:GetSecretValue'],
  burst: { least: 5, seconds: 300, of: ({ request }) => [text(request, 'secretId') ?? ''] },
};

export const examples: Examples = {
  fires: [
    burst(5, (number) => record('secretsmanager:GetSecretValue', { secretId: `db-${number}` }, BY_FUNCTION)),
  ],
  silent: [
    burst(50, () => record('secretsmanager:GetSecretValue', { secretId: 'db' }, BY_FUNCTION)),
    burst(5, (number) =>
      record('secretsmanager:GetSecretValue', { secretId: `db-${number}` }, { ...BY_FUNCTION, ...DENIED }),
    ),
  ],
};
