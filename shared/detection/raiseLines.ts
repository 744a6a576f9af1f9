import type { FunctionArn } from '../suspect/functionArn';
import { ALERT } from './judge';
import type { FindSigns } from './lines';
import type { LogLines } from './logRecords';
import { recordIn } from './logRecords';
import type { CountBurst, Detail } from './raise';
import { readReport } from './reportLine';
import type { Burst } from './rule';
import type { LogRule } from './sign';

/** Lines that are looked at of one payload; a payload has some thousands at most. */
const MOST_LINES = 20_000;

/** What is found in the log of a function within an hour is one fact, and one finding. */
const HOUR_MS = 3_600_000;

/** What is a sign only where there is much of it: of so many different lines, or invocations, within so long. */
type Often = Pick<LogRule, 'id' | 'title' | 'severity' | 'rationale' | 'techniques'> & {
  readonly burst: Burst;
};

const ATTEMPTS: Often = {
  id: 'attempts-repeated',
  title: 'Somebody keeps trying to get in',
  severity: 6,
  rationale: 'Scanners try many inputs; one of them may fit',
  techniques: ['T1190', 'T1595.002'],
  burst: { least: 20, seconds: 600, of: () => [] },
};
/** In its REPORT lines: what a miner does to a function, or a leak, or a caller. */
const MEMORY: Often = {
  id: 'memory-near-limit',
  title: 'The function uses up its memory',
  severity: 4,
  rationale: 'So many invocations near the limit are a leak, or work that is none of its own',
  techniques: ['T1496'],
  burst: { least: 10, seconds: 600, of: () => [] },
};
const TIMEOUTS: Often = {
  id: 'timeouts-repeated',
  title: 'The function runs into its timeout again and again',
  severity: 4,
  rationale: 'What runs as long as it may is stuck, or computes for somebody else',
  techniques: ['T1496', 'T1499'],
  burst: { least: 10, seconds: 600, of: () => [] },
};
const NEAR = 0.95;

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

/** How a burst of a rule is counted for the function: whether it is one now, and what names it. */
export type CountOften = (rule: string, what: readonly string[], burst: Burst) => ReturnType<CountBurst>;

/**
 * The findings of a payload of a function's log: one for each rule and hour, whatever came in how many payloads, and one
 * where many different lines are attempts, or many invocations reach their limits. `time` in milliseconds. Records of
 * CloudTrail that a trail writes to a log group come from CloudTrail too, and are left to that.
 */
export const lineFindings = async (
  { lines }: LogLines,
  suspect: FunctionArn,
  time: number,
  findSigns: FindSigns,
  count: CountOften,
): Promise<readonly Detail[]> => {
  const hour = Math.floor(time / HOUR_MS) * HOUR_MS;
  const found = new Map<LogRule, number>();
  const often = new Map<Often, string[]>([ATTEMPTS, MEMORY, TIMEOUTS].map((rule) => [rule, []]));
  for (const line of lines.slice(0, MOST_LINES)) {
    const report = readReport(line);
    if (report !== null) {
      if (report.usedMb >= NEAR * report.memoryMb) often.get(MEMORY)?.push(report.requestId);
      if (report.isTimeout) often.get(TIMEOUTS)?.push(report.requestId);
      continue;
    }
    const rules = recordIn(line) === null ? findSigns(line) : [];
    for (const rule of rules) found.set(rule, (found.get(rule) ?? 0) + 1);
    if (rules.some(({ techniques }) => techniques.includes('T1190'))) often.get(ATTEMPTS)?.push(line);
  }
  const alone = [...found]
    .filter(([{ severity }]) => severity >= ALERT)
    .map(([rule, lines]) =>
      detailOf(rule, lines, suspect, `log:${rule.id}:${suspect.functionName}:${hour / HOUR_MS}`, hour),
    );
  const bursts = await Promise.all(
    [...often].map(async ([rule, what]) => {
      if (what.length === 0) return [];
      const { reached, id } = await count(rule.id, what, rule.burst);
      return reached ? [detailOf(rule, rule.burst.least, suspect, id, hour)] : [];
    }),
  );
  return [...alone, ...bursts.flat()];
};
