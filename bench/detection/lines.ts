import { signFinder } from '../../shared/detection/lines';
import { readLogLines } from '../../shared/detection/logRecords';
import { LOG_RULES } from '../../shared/detection/logRules';
import type { Recorded } from './corpus';
import { groupBy } from './groupBy';

/*
 * Requests of the OWASP Core Rule Set's own tests, as a function would log them: derived events, reported apart. The Core
 * Rule Set judges requests, and some of its rules fire on a bare `XOR` or `;ps`; a log that is searched for such has no
 * quiet day.
 */

type Request = {
  readonly method?: string;
  readonly uri?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly data?: string;
};

export type LineScore = {
  readonly categories: readonly { readonly category: string; readonly all: number; readonly found: number }[];
  /** Recorded lines of functions and other logs, none of an attack. */
  readonly ordinary: { readonly all: number; readonly found: readonly string[] };
  readonly megabytesPerSecond: number;
};

const CATEGORIES: Readonly<Record<string, string>> = {
  930: 'path traversal',
  931: 'inclusion of remote files',
  932: 'commands of a shell',
  933: 'PHP',
  934: 'Node.js, SSRF, templates',
  941: 'scripts for browsers',
  942: 'SQL',
  944: 'Java, Log4j',
};

const ROUNDS = 20;
const find = signFinder(LOG_RULES);

const lineOf = ({ event }: Recorded): string => {
  const { method = '', uri = '', headers = {}, data = '' } = event as Request;
  return `${method} ${uri} ${JSON.stringify(headers)} ${data.replaceAll('+', ' ')}`;
};

const linesOf = ({ event }: Recorded): readonly string[] =>
  (event as { readonly lines?: readonly string[] }).lines ?? readLogLines(event)?.lines ?? [];

export const scoreLines = (requests: readonly Recorded[], logs: readonly Recorded[]): LineScore => {
  const attacks = requests.filter(({ label }) => label === 'positive');
  const lines = logs.flatMap(linesOf);
  const before = process.hrtime.bigint();
  for (let round = 0; round < ROUNDS; round++) for (const line of lines) find(line);
  const seconds = Number(process.hrtime.bigint() - before) / 1e9;
  const bytes = ROUNDS * lines.reduce((sum, line) => sum + line.length, 0);
  return {
    categories: [...groupBy(attacks, ({ rules }) => rules[0]?.slice(4, 7) ?? '')].map(([number, some]) => ({
      category: `${CATEGORIES[number] ?? number} (${number})`,
      all: some.length,
      found: some.filter((recorded) => find(lineOf(recorded)).length > 0).length,
    })),
    ordinary: {
      all: lines.length,
      found: lines.filter((line) => find(line).length > 0).map((line) => line.slice(0, 80)),
    },
    megabytesPerSecond: bytes / 1e6 / seconds,
  };
};
