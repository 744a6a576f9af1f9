import { burst, record } from '../../example';
import { text } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'sessions-started',
  row: 21,
  title: 'One caller opened shells on several instances',
  techniques: ['T1651', 'T1021.008'],
  severity: 5,
  rationale: 'People work on one machine at a time; who looks around opens several',
  references: ['https://attack.mitre.org/techniques/T1651/'],
  calls: ['ssm:StartSession'],
  burst: { least: 3, seconds: 600, of: ({ request }) => [text(request, 'target') ?? ''] },
};

export const examples: Examples = {
  fires: [burst(3, (number) => record('ssm:StartSession', { target: `i-0123456789abcdef${number}` }))],
  silent: [burst(9, () => record('ssm:StartSession', { target: 'i-0123456789abcdef0' }))],
};
