import { ALERT } from './judge';
import type { Rule } from './rule';
import type { LogRule } from './sign';

const severityOf = ({ severity }: Rule): string =>
  typeof severity === 'number' ? String(severity) : 'by call';

const kindOf = (rule: Rule): string =>
  [
    rule.burst === undefined ? '' : `${rule.burst.least} different within ${rule.burst.seconds} s`,
    rule.deploys === true ? 'not by known deployers' : '',
    rule.outcome === 'any' ? 'also when it failed' : rule.outcome === 'failed' ? 'when it failed' : '',
    typeof rule.severity === 'number' && rule.severity < ALERT ? 'context' : '',
  ]
    .filter((part) => part !== '')
    .join('; ');

/** Every rule as a line of a table in Markdown, by row of the coverage table. */
export const rulesTable = (rules: readonly Rule[]): string =>
  [
    '| row | rule | what | severity | ATT&CK | |',
    '| ---: | --- | --- | ---: | --- | --- |',
    ...rules
      .toSorted((a, b) => a.row - b.row || a.id.localeCompare(b.id))
      .map(
        (rule) =>
          `| ${rule.row} | \`${rule.id}\` | ${rule.title} | ${severityOf(rule)} | ${rule.techniques.join(', ')} | ${kindOf(rule)} |`,
      ),
  ].join('\n');

/** Every rule about a line of a log. */
export const linesTable = (rules: readonly LogRule[]): string =>
  [
    '| row | rule | what | severity | ATT&CK |',
    '| ---: | --- | --- | ---: | --- |',
    ...rules.map(
      ({ row, id, title, severity, techniques }) =>
        `| ${row} | \`${id}\` | ${title} | ${severity} | ${techniques.join(', ')} |`,
    ),
  ].join('\n');
