import { BY_FUNCTION, burst, record } from '../../example';
import { text } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'tables-scanned',
  row: 20,
  title: 'One caller scanned several tables',
  techniques: ['T1213', 'T1530'],
  severity: 5,
  rationale: 'An application queries by key; who wants everything scans',
  references: ['https://attack.mitre.org/techniques/T1213/'],
  calls: ['dynamodb:Scan', 'dynamodb:ExecuteStatement'],
  burst: { least: 3, seconds: 300, of: ({ request }) => [text(request, 'tableName', 'statement') ?? ''] },
};

export const examples: Examples = {
  fires: [burst(3, (number) => record('dynamodb:Scan', { tableName: `t${number}` }, BY_FUNCTION))],
  silent: [burst(30, () => record('dynamodb:Scan', { tableName: 'orders' }, BY_FUNCTION))],
};
