import { createHash } from 'node:crypto';
import { advance } from './advance';
import { type Baseline, FACETS, type FacetName, MOST_IDS, MOST_VALUES } from './baseline';
import { see } from './facet';
import type { Measure, Observation } from './observation';
import { oddTime } from './oddTime';
import { decode, encode, RING_HOURS, readRing, slotOf, writeRing } from './ring';
import { openAmount, type Series } from './series';
import { DAY_HOURS, HOUR, hourOf } from './time';

/**
 * How long new APIs are expected after a deployment: a day's worth of the hours at which the function is at work, so
 * longer for one that seldom is, but two weeks at most.
 */
export const DEPLOYMENT_HOURS = 24;
const LONGEST_DEPLOYMENT = 14 * DAY_HOURS;
const deploymentHours = ({ series, head }: Baseline): number => {
  const codes = readRing(series.calls.ring);
  let [known, active] = [0, 0];
  for (let hour = head; hour > head - RING_HOURS; hour--) {
    const code = codes[slotOf(hour)] ?? 0;
    if (code > 0) known += 1;
    if (code > 1) active += 1;
  }
  return Math.min(LONGEST_DEPLOYMENT, DEPLOYMENT_HOURS * (known / Math.max(1, active)));
};
/** More than any hour holds; sums stay exact. */
const MOST_AMOUNT = 1e15;

const digest = (id: string): string => createHash('sha256').update(id).digest('base64url').slice(0, 11);

/** Whether it was learned already. Calls and deployments have ids; of a metric a higher value replaces a lower one. */
export const isKnown = ({ ids }: Baseline, observation: Observation): boolean =>
  observation.kind !== 'volume' && ids.includes(digest(observation.id));

/** How an amount joins what was counted of its hour. */
type Join = (before: number, amount: number) => number;
const ADD: Join = (before, amount) => Math.min(MOST_AMOUNT, before + amount);
const HIGHER: Join = (before, amount) => Math.min(MOST_AMOUNT, Math.max(before, amount));

export const amountOf = (amount: number): number =>
  Number.isFinite(amount) && amount > 0 ? Math.min(MOST_AMOUNT, amount) : 0;

/** An hour that is closed already: what comes late, or was read back from a trail's history. */
const intoRing = (series: Series, head: number, hour: number, amount: number, join: Join): Series => {
  if (hour <= head - RING_HOURS) return series;
  const codes = readRing(series.ring);
  // From the earliest hour on, silence is known.
  for (let then = hour; then < Math.min(series.since ?? head + 1, head + 1); then++) codes[slotOf(then)] = 1;
  const before = decode(codes[slotOf(hour)] ?? 0) ?? 0;
  codes[slotOf(hour)] = encode(join(before, amount));
  return { ...series, since: Math.min(series.since ?? hour, hour), ring: writeRing(codes) };
};

const count = (series: Series, head: number, hour: number, amount: number, join: Join): Series => {
  if (hour <= head) return intoRing(series, head, hour, amount, join);
  return {
    ...series,
    since: Math.min(series.since ?? hour, hour),
    open: [
      ...series.open.filter(([then]) => then !== hour),
      [hour, join(openAmount(series, hour), amount)] as const,
    ].toSorted((a, b) => a[0] - b[0]),
  };
};

const counted = (
  baseline: Baseline,
  hour: number,
  amounts: readonly (readonly [Measure, number])[],
  join: Join,
): Baseline['series'] => ({
  ...baseline.series,
  ...Object.fromEntries(
    amounts.map(([measure, amount]) => [
      measure,
      count(baseline.series[measure], baseline.head, hour, amountOf(amount), join),
    ]),
  ),
});

/** What a call shows of each facet; null where its record does not say. */
export const valuesOf = ({
  api,
  region,
  network,
  agent,
}: Extract<Observation, { kind: 'call' }>): Readonly<Record<FacetName, string | null>> => ({
  api,
  region,
  network: network?.near ?? null,
  wide: network?.wide ?? null,
  agent,
});

const seen = (
  { facets }: Baseline,
  call: Extract<Observation, { kind: 'call' }>,
  hour: number,
): Baseline['facets'] => {
  const values = valuesOf(call);
  return Object.fromEntries(
    FACETS.map((name) => {
      const value = values[name];
      return [name, value === null ? facets[name] : see(facets[name], value, hour, MOST_VALUES[name])];
    }),
  ) as Baseline['facets'];
};

/** The first time that is known of it may be learned late. */
const sinceOf = ({ since, head }: Baseline, hour: number): number =>
  Math.min(since ?? hour, Math.max(hour, head - RING_HOURS + 1));

/**
 * What is known of a function after one more observation. Twice is once: for calls as long as their id is among the last
 * {@link MOST_IDS}, for a metric always. Order matters little: what is late by up to five weeks is put where it belongs;
 * only what was judged meanwhile was judged without it.
 *
 * Judge first, make sure that what is raised is on its way, and learn then: who dies in between raises it again, under
 * the same id.
 */
export const learn = (baseline: Baseline, observation: Observation): Baseline => {
  if (isKnown(baseline, observation)) return baseline;
  const hour = Math.max(0, hourOf(observation.time));
  const now = advance(baseline, hour).baseline;
  const since = sinceOf(now, hour);
  if (observation.kind === 'volume') {
    const { measure, amount } = observation;
    return { ...now, since, series: counted(now, hour, [[measure, amount]], HIGHER) };
  }
  const ids = [...now.ids, digest(observation.id)].slice(-MOST_IDS);
  if (observation.kind === 'deployment') {
    const until = observation.time + Math.max(DEPLOYMENT_HOURS, deploymentHours(now)) * HOUR;
    return observation.known
      ? { ...now, since, ids, deployedUntil: Math.max(now.deployedUntil ?? 0, until) }
      : { ...now, since, ids };
  }
  const { reads, bytes } = observation;
  const amounts = [
    ['calls', 1],
    ['reads', reads],
    ...(bytes > 0 ? [['bytes', bytes] as const] : []),
  ] as const;
  return {
    ...now,
    since,
    ids,
    oddAt: oddTime(now, hour) === null ? now.oddAt : hour,
    series: counted(now, hour, amounts, ADD),
    facets: seen(now, observation, hour),
  };
};
