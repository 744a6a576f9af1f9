import { isDrill } from '../drill/name';
import type { Incident } from '../incident/incident';
import { techniquesOfRule } from './techniques';
import { MEASURES, type Times, timesOf } from './times';

const DAY_MS = 86_400_000;

/** How an incident went out, as far as it has. */
export const OUTCOMES = [
  'released',
  'false positive',
  'dismissed',
  'kept contained',
  'not contained',
  'open',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

export type Cause = {
  readonly rule: string;
  /** MITRE ATT&CK. */
  readonly techniques: readonly string[];
  readonly count: number;
  readonly falsePositives: number;
};

/** In milliseconds, over the incidents that have the time. */
export type Spread = { readonly count: number; readonly mean: number; readonly median: number };

export type Trends = {
  readonly days: number;
  /** ISO 8601, UTC: incidents opened from then on, up to the moment of asking. */
  readonly from: string;
  readonly count: number;
  /** Left out of everything else: nothing was wrong. */
  readonly drills: number;
  /** Every week of the time, by the day (UTC) of its Monday, oldest first. */
  readonly weeks: readonly { readonly monday: string; readonly count: number }[];
  /** By the rule of the gravest finding, the most frequent first. */
  readonly causes: readonly Cause[];
  /** What the evidence makes the likeliest cause, or an approver's word that nothing was wrong; the most frequent first. */
  readonly rootCauses: readonly { readonly cause: string; readonly count: number }[];
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** Null where no incident has the time. */
  readonly times: Readonly<Record<keyof Times, Spread | null>>;
};

const outcomeOf = ({ status, decision, releasedAt, containedAt }: Incident): Outcome => {
  if (decision?.action === 'false_positive') return 'false positive';
  if (decision?.action === 'dismiss') return 'dismissed';
  if (releasedAt !== undefined) return 'released';
  if (decision?.action === 'keep') return 'kept contained';
  if (status === 'asking' || status === 'containing' || status === 'contained' || status === 'releasing')
    return 'open';
  return containedAt === undefined ? 'not contained' : 'released';
};

/** The gravest finding; of two that are as grave the one that was seen first, whatever their order. */
const ruleOf = ({ witnesses }: Incident): string =>
  Object.values(witnesses).toSorted(
    (a, b) => b.severity - a.severity || a.firstSeen.localeCompare(b.firstSeen) || a.id.localeCompare(b.id),
  )[0]?.rule ?? 'no rule';

/** The day of the Monday, UTC, of a time's week (ISO 8601 weeks begin on Mondays). */
const mondayOf = (time: number): string => {
  const date = new Date(time);
  return new Date(time - ((date.getUTCDay() + 6) % 7) * DAY_MS).toISOString().slice(0, 10);
};

const weeksOf = (incidents: readonly Incident[], from: number, to: number): Trends['weeks'] => {
  const counts = new Map<string, number>();
  for (let monday = Date.parse(mondayOf(from)); monday <= to; monday += 7 * DAY_MS)
    counts.set(mondayOf(monday), 0);
  for (const { openedAt } of incidents) {
    const monday = mondayOf(Date.parse(openedAt));
    counts.set(monday, (counts.get(monday) ?? 0) + 1);
  }
  return [...counts].map(([monday, count]) => ({ monday, count }));
};

const causesOf = (incidents: readonly Incident[]): readonly Cause[] => {
  const causes = new Map<string, Cause>();
  for (const incident of incidents) {
    const rule = ruleOf(incident);
    const { count = 0, falsePositives = 0 } = causes.get(rule) ?? {};
    const wrong = outcomeOf(incident) === 'false positive' ? 1 : 0;
    causes.set(rule, {
      rule,
      techniques: techniquesOfRule(rule),
      count: count + 1,
      falsePositives: falsePositives + wrong,
    });
  }
  return [...causes.values()].toSorted((a, b) => b.count - a.count || a.rule.localeCompare(b.rule));
};

/** By an approver's word first: it goes before what the evidence makes likely. */
const rootCauseOf = (incident: Incident): string =>
  outcomeOf(incident) === 'false positive'
    ? 'called a false positive'
    : (incident.rootCause?.cause ?? 'not looked for');

const rootCausesOf = (incidents: readonly Incident[]): Trends['rootCauses'] => {
  const counts = new Map<string, number>();
  for (const cause of incidents.map(rootCauseOf)) counts.set(cause, (counts.get(cause) ?? 0) + 1);
  return [...counts]
    .map(([cause, count]) => ({ cause, count }))
    .toSorted((a, b) => b.count - a.count || a.cause.localeCompare(b.cause));
};

const spreadOf = (values: readonly number[]): Spread | null => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)];
  if (upper === undefined) return null;
  const lower = sorted[Math.ceil(middle) - 1] ?? upper;
  // Whole milliseconds, and summed in order: the order of the records decides nothing.
  return {
    count: sorted.length,
    mean: Math.round(sorted.reduce((sum, value) => sum + value, 0) / sorted.length),
    median: Math.round((lower + upper) / 2),
  };
};

/** What the incidents of the last `days` days have in common. Pure; the order of the records does not matter. */
export const trendsOf = (incidents: readonly Incident[], now: Date, days: number): Trends => {
  const from = now.getTime() - days * DAY_MS;
  const inTime = incidents.filter(({ openedAt }) => {
    const at = Date.parse(openedAt);
    return at >= from && at <= now.getTime();
  });
  const real = inTime.filter(({ functionName }) => !isDrill(functionName));
  const outcomes = real.map(outcomeOf);
  const times = real.map(timesOf);
  return {
    days,
    from: new Date(from).toISOString(),
    count: real.length,
    drills: inTime.length - real.length,
    weeks: weeksOf(real, from, now.getTime()),
    causes: causesOf(real),
    rootCauses: rootCausesOf(real),
    outcomes: Object.fromEntries(
      OUTCOMES.map((name) => [name, outcomes.filter((outcome) => outcome === name).length]),
    ) as Trends['outcomes'],
    times: Object.fromEntries(
      MEASURES.map((name) => [name, spreadOf(times.flatMap(({ [name]: took }) => took ?? []))]),
    ) as Trends['times'],
  };
};
