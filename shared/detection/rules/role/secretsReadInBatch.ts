import { DENIED, record } from '../../example';
import { at, list } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'secrets-read-in-batch',
  row: 14,
  title: 'Secrets were read in a batch',
  techniques: ['T1555.006'],
  severity: 5,
  rationale: 'One call gives up to twenty secrets by filter, names unknown',
  references: [
    'https://attack.mitre.org/techniques/T1555/006/',
    'https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html',
  ],
  calls: ['secretsmanager:BatchGetSecretValue'],
  when: ({ request }) => list(at(request, 'secretIdList')).length !== 1,
};

export const examples: Examples = {
  fires: [[record('secretsmanager:BatchGetSecretValue', { filters: [{ key: 'all', values: ['*'] }] })]],
  silent: [
    [record('secretsmanager:BatchGetSecretValue', { filters: [{ key: 'all', values: ['*'] }] }, DENIED)],
    [record('secretsmanager:BatchGetSecretValue', { secretIdList: ['db'] })],
  ],
};
