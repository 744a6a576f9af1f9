import type { Baseline } from './baseline';
import { OPEN_HOURS } from './baseline';
import { settle } from './facet';
import { MEASURES, type Measure } from './observation';
import { type Codes, encode, RING_HOURS, readRing, slotOf, writeRing } from './ring';
import { activeDays, daysOf, dayTotal, hoursOf, openAmount, type Series } from './series';
import { DAY_HOURS, dayOf } from './time';
import { beginSlow, closeDay, type Slow } from './trend';
import { DAY_FLOORS, fromLog, HOUR_FLOORS, limitAt, UNITS, valueAt } from './usual';

/** Two weeks, so that each hour of the week has been twice. */
const LEARNING_HOURS = 14 * DAY_HOURS;
/** And a week of days on which there was anything, for a function that seldom runs; but after this it is learned. */
const LEARNING_DAYS = 7;
const LONGEST_HOURS = 45 * DAY_HOURS;

/** How many calls are made is its callers' doing: only what it reads is judged by volume. */
export const JUDGED: readonly Measure[] = MEASURES.filter((measure) => measure !== 'calls');

const isLearned = (since: number | null, head: number, active: number): boolean => {
  if (since === null) return false;
  const hours = head + 1 - since;
  return hours >= LONGEST_HOURS || (hours >= LEARNING_HOURS && active >= LEARNING_DAYS);
};

/** What the end of a day brought to light. */
export type Closed = {
  readonly measure: Measure;
  readonly day: number;
  /** More than is usual of a day. */
  readonly spike: { readonly amount: number; readonly usual: number; readonly most: number } | null;
  /** The volume has risen, to so many times what it was. */
  readonly risen: number | null;
};

/** What is at most usual of an hour, in amounts; null while that is being learned. */
export const hourLimit = (
  { slow }: Pick<Series, 'slow'>,
  codes: Codes,
  head: number,
  hour: number,
  measure: Measure,
): { readonly most: number; readonly usual: number } | null => {
  if (slow === null) return null;
  const found = limitAt(hoursOf(codes, head, measure), hour, slow.hourTail, HOUR_FLOORS);
  return found === null
    ? null
    : { most: fromLog(found.limit, UNITS[measure]), usual: fromLog(found.center, UNITS[measure]) };
};

/** Writes an hour into the ring: no more than was usual, once that is known, so that a bulk read is not learned. */
const closeHour = (series: Series, codes: Codes, hour: number, measure: Measure): void => {
  const isKnown = series.since !== null && hour >= series.since;
  const amount = openAmount(series, hour);
  const limit = amount > 0 ? hourLimit(series, codes, hour - 1, hour, measure) : null;
  codes[slotOf(hour)] = isKnown ? encode(limit === null ? amount : Math.min(amount, limit.most)) : 0;
};

const judgeDay = (
  slow: Slow,
  codes: Codes,
  head: number,
  measure: Measure,
): { slow: Slow; closed: Closed } => {
  const day = dayOf(head);
  const past = { hours: hoursOf(codes, head, measure), days: daysOf(codes, head, measure) };
  const limit = limitAt(past.days, day, slow.dayTail, DAY_FLOORS);
  const value = valueAt(past.days, day);
  const unit = UNITS[measure];
  const { slow: next, risen } = closeDay(slow, past, day);
  const spike =
    limit === null || !(value > limit.limit)
      ? null
      : {
          amount: dayTotal(codes, head, day) ?? 0,
          usual: fromLog(limit.center, unit),
          most: fromLog(limit.limit, unit),
        };
  return { slow: next, closed: { measure, day, spike, risen } };
};

type Advanced = { readonly series: Series; readonly closed: readonly Closed[] };

const advanceSeries = (series: Series, measure: Measure, from: number, to: number): Advanced => {
  const codes = readRing(series.ring);
  const closed: Closed[] = [];
  let { slow } = series;
  for (let hour = from; hour <= to; hour++) {
    closeHour({ ...series, slow }, codes, hour, measure);
    if ((hour + 1) % DAY_HOURS !== 0 || series.since === null || !JUDGED.includes(measure)) continue;
    if (slow !== null) {
      const judged = judgeDay(slow, codes, hour, measure);
      slow = judged.slow;
      if (judged.closed.spike !== null || judged.closed.risen !== null) closed.push(judged.closed);
    } else if (isLearned(series.since, hour, activeDays(codes, hour))) {
      const past = { hours: hoursOf(codes, hour, measure), days: daysOf(codes, hour, measure) };
      slow = beginSlow(past, dayOf(hour));
    }
  }
  return {
    series: { ...series, ring: writeRing(codes), open: series.open.filter(([then]) => then > to), slow },
    closed,
  };
};

/** Hours that no one has heard of for longer than a ring holds: what is beyond it is forgotten unread. */
const firstToClose = (head: number, to: number): number => Math.max(head + 1, to - RING_HOURS + 1);

/**
 * Lets the time come up to an hour: closes the hours that are over, and judges the days that end with them. Work is
 * bounded by the ring, however much time has gone by.
 */
export const advance = (
  baseline: Baseline,
  hour: number,
): { readonly baseline: Baseline; readonly closed: readonly Closed[] } => {
  const to = Math.max(0, hour - OPEN_HOURS);
  if (baseline.since === null) return { baseline: { ...baseline, since: hour, head: to }, closed: [] };
  if (to <= baseline.head) return { baseline, closed: [] };
  const from = firstToClose(baseline.head, to);
  const all = MEASURES.map((measure) => {
    const series = baseline.series[measure];
    // Nothing was ever counted in it: its ring is as unknown as it was.
    return [
      measure,
      series.since === null ? { series, closed: [] } : advanceSeries(series, measure, from, to),
    ] as const;
  });
  const series = Object.fromEntries(
    all.map(([measure, { series: one }]) => [measure, one]),
  ) as Baseline['series'];
  const learned = baseline.learned ?? learnedAt(baseline, series, to);
  return {
    baseline: { ...baseline, head: to, series, learned, facets: settleAll(baseline, to, learned !== null) },
    closed: all.flatMap(([, { closed }]) => closed),
  };
};

const learnedAt = ({ since }: Baseline, { calls }: Baseline['series'], head: number): number | null =>
  // Counting days is the dearer half of the question.
  since !== null &&
  head + 1 - since >= LEARNING_HOURS &&
  isLearned(since, head, activeDays(readRing(calls.ring), head))
    ? head
    : null;

const settleAll = ({ facets }: Baseline, hour: number, learned: boolean): Baseline['facets'] =>
  Object.values(facets).some((facet) => facet.settled === null)
    ? (Object.fromEntries(
        Object.entries(facets).map(([name, facet]) => [name, settle(facet, hour, learned)]),
      ) as Baseline['facets'])
    : facets;

/** How much of an hour was counted up to now. */
export const countedIn = (series: Series, head: number, hour: number): number =>
  hour > head ? openAmount(series, hour) : 0;
