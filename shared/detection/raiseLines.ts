import type { FunctionArn } from '../suspect/functionArn';
import { ALERT } from './judge';
import type { FindSigns } from './lines';
import type { LogLines } from './logRecords';
import { recordIn } from './logRecords';
import type { CountBurst, Detail } from './raise';
import type { Burst } from './rule';
import type { LogRule } from './sign';

/** Lines that are looked at of one payload; a payload has some thousands at most. */
const MOST_LINES = 20_000;

/** What is found in the log of a function within an hour is one fact, and one finding. */
const HOUR_MS = 3_600_000;

/** So many different lines with a sign of an attempt are somebody who tries. */
export const ATTEMPTS: Burst = { least: 20, seconds: 600, of: () => [] };

const REPEATED = {
  id: 'attempts-repeated',
  title: 'Somebody keeps trying to get in',
  severity: 6,
  rationale: 'Scanners try many inputs; one of them may fit',
} as const;

const BOUND = { most: 'ask', because: 'at most ask: a caller may have written the line' } as const;

/** What a rule says of some lines: never a line itself, which may hold what a caller sent, or a secret. */
const detailOf = (
  {
    id,
    title,
    techniques,
    severity,
    rationale,
  }: Pick<LogRule, 'id' | 'title' | 'techniques' | 'severity' | 'rationale'>,
  lines: number,
  { arn }: FunctionArn,
  name: string,
  hour: number,
): Detail => ({
  id: name,
  rule: id,
  title,
  description: `${title}: ${lines} ${lines === 1 ? 'line' : 'lines'} of its log. ${rationale}.`,
  severity,
  functionArn: arn,
  firstSeen: new Date(hour).toISOString(),
  techniques,
  bound: BOUND,
  observer: 'logs',
});

/**
 * The findings of a payload of a function's log: one for each rule and hour, whatever came in how many payloads, and one
 * where many different lines are attempts. `time` in milliseconds. Records of CloudTrail that a trail writes to a log
 * group come from CloudTrail too, and are left to that.
 */
export const lineFindings = async (
  { lines }: LogLines,
  suspect: FunctionArn,
  time: number,
  findSigns: FindSigns,
  countBurst: (key: string, what: readonly string[]) => ReturnType<CountBurst>,
): Promise<readonly Detail[]> => {
  const hour = Math.floor(time / HOUR_MS) * HOUR_MS;
  const found = new Map<LogRule, number>();
  const attempts: string[] = [];
  for (const line of lines.slice(0, MOST_LINES)) {
    const rules = recordIn(line) === null ? findSigns(line) : [];
    for (const rule of rules) found.set(rule, (found.get(rule) ?? 0) + 1);
    if (rules.some(({ techniques }) => techniques.includes('T1190'))) attempts.push(line);
  }
  const alone = [...found]
    .filter(([{ severity }]) => severity >= ALERT)
    .map(([rule, count]) =>
      detailOf(rule, count, suspect, `log:${rule.id}:${suspect.functionName}:${hour / HOUR_MS}`, hour),
    );
  if (attempts.length === 0) return alone;
  const { reached, id } = await countBurst(`${REPEATED.id}:${suspect.arn}`, attempts);
  const techniques = [...new Set([...found.keys()].flatMap((rule) => rule.techniques))].slice(0, 20);
  return reached
    ? [...alone, detailOf({ ...REPEATED, techniques }, ATTEMPTS.least, suspect, id, hour)]
    : alone;
};
