import type { Measure } from './observation';
import { median, quantile, spreadOf, type Weighted, weightedMedian } from './robust';

/*
 * What is usual, by season. A series is read as logarithms, in which a factor is a distance: ln((amount + unit) / unit).
 * The unit is the amount below which nothing is told apart, so that 0 after 3 is no fall and 3 after 0 no rise.
 */
export const UNITS: Readonly<Record<Measure, number>> = {
  calls: 4,
  reads: 4,
  bytes: 65_536,
  sent: 65_536,
  processed: 1000,
};

export const toLog = (amount: number, unit: number): number => Math.log1p(amount / unit);
export const fromLog = (log: number, unit: number): number => Math.expm1(log) * unit;

/** Logarithms one after the other, NaN where unknown, with a season and how far beside its time a thing may happen. */
export type Past = {
  readonly logs: Float64Array;
  /** The index of the first. */
  readonly first: number;
  readonly period: number;
  readonly beside: number;
};

/** The weight of what is a season old: half after two weeks. */
const HALF_LIFE_WEEKS = 2;
const weightOf = (weeks: number): number => 2 ** (-Math.abs(weeks) / HALF_LIFE_WEEKS);

/** How many seasons a ring holds. */
const SEASONS = 5;

export type Usual = {
  /** The weighted median of what was at this time of the season; null where nothing is known. */
  readonly center: number | null;
  /** The highest of each season, so far as it is known. */
  readonly peaks: readonly number[];
};

const at = ({ logs, first }: Past, index: number): number => logs[index - first] ?? Number.NaN;

/** What other seasons say of a time: those before it, or all but its own. */
export const usualAt = (past: Past, index: number, which: 'before' | 'others'): Usual => {
  const samples: Weighted[] = [];
  const peaks: number[] = [];
  for (let season = which === 'before' ? 1 : -SEASONS; season <= SEASONS; season++) {
    if (season === 0) continue;
    let peak = Number.NaN;
    for (let off = -past.beside; off <= past.beside; off++) {
      const value = at(past, index - season * past.period + off);
      if (Number.isNaN(value)) continue;
      samples.push({ value, weight: weightOf(season) });
      if (!(value <= peak)) peak = value;
    }
    if (!Number.isNaN(peak)) peaks.push(peak);
  }
  return { center: samples.length === 0 ? null : weightedMedian(samples), peaks };
};

const secondHighest = (values: readonly number[]): number =>
  values.length < 2 ? Number.NEGATIVE_INFINITY : (values.toSorted((a, b) => b - a)[1] ?? 0);

/** How far above its season's usual a value may lie: measured, but never less than this. */
export type Floors = {
  readonly least: number;
  /** Above what happened in two seasons at this time. */
  readonly aboveTwice: number;
};
/** Ten times the usual of an hour, four times that of a day. */
export const HOUR_FLOORS: Floors = { least: Math.log(10), aboveTwice: Math.log(3) };
export const DAY_FLOORS: Floors = { least: Math.log(4), aboveTwice: Math.log(2) };

/** Four standard deviations: of a lognormal 3 hours in 100,000 lie above. */
const SIGMAS = 4;

/**
 * The mean excess of the highest twentieth: a tail falls off by e with each (peaks over threshold, Pickands 1975, with an
 * exponential tail). Of some hundred hours the highest of the next month lies within three of them above the second
 * highest so far; of steady functions they are small.
 */
const TAIL = 0.95;
const EXCESSES = 3;
const excessOf = (values: readonly number[]): number => {
  const from = quantile(values, TAIL);
  const over = values.filter((value) => value > from).map((value) => value - from);
  return over.length === 0 ? 0 : over.reduce((sum, value) => sum + value, 0) / over.length;
};

/**
 * How far above its season's usual this function's values go, from its own past: of each value, what the other seasons
 * would have led one to expect. What happened twice at any time is usual; what happened once is not.
 */
export const tailOf = (past: Past, { least }: Floors): number => {
  const above: number[] = [];
  const beyond: number[] = [];
  for (let index = past.first; index < past.first + past.logs.length; index++) {
    const value = at(past, index);
    // Silence is no sign of how far it goes when it does.
    if (Number.isNaN(value) || value <= 0) continue;
    const { center, peaks } = usualAt(past, index, 'others');
    if (center === null) continue;
    above.push(value - center);
    beyond.push(value - Math.max(center, ...peaks));
  }
  if (above.length === 0) return least;
  const bulk = Math.max(0, median(above)) + SIGMAS * spreadOf(above);
  return Math.max(least, bulk, secondHighest(beyond) + Math.max(Math.LN2, EXCESSES * excessOf(beyond)));
};

/** The highest logarithm that is still usual at a time, with a tail; null where nothing is known of the time. */
export const limitAt = (
  past: Past,
  index: number,
  tail: number,
  { aboveTwice }: Floors,
): { readonly limit: number; readonly center: number } | null => {
  const { center, peaks } = usualAt(past, index, 'before');
  if (center === null) return null;
  return { center, limit: Math.max(center + tail, secondHighest(peaks) + aboveTwice) };
};

/** The level of a series of days: the mean over the days of the week of what is usual on each. */
export const levelAt = (past: Past, index: number): number | null => {
  const centers = Array.from(
    { length: past.period },
    (_, off) => usualAt(past, index + off, 'before').center,
  ).filter((center) => center !== null);
  return centers.length === 0 ? null : centers.reduce((sum, center) => sum + center, 0) / centers.length;
};

/** How far days lie from what the same days of other weeks were: a standard deviation, by the MAD or the tails. */
export const noiseOf = (past: Past): number => {
  const rests: number[] = [];
  for (let index = past.first; index < past.first + past.logs.length; index++) {
    const { center, peaks } = usualAt(past, index, 'others');
    const value = at(past, index);
    // The median of n others has a deviation of its own, of about 1/n of the variance.
    if (center !== null && !Number.isNaN(value))
      rests.push((value - center) / Math.sqrt(1 + 1 / peaks.length));
  }
  // Of a normal distribution nine tenths lie within 1.645 standard deviations.
  return Math.max(spreadOf(rests), quantile(rests.map(Math.abs), 0.9) / 1.645);
};

export const activeShare = ({ logs }: Past): number => {
  const known = logs.filter((value) => !Number.isNaN(value));
  return known.length === 0 ? 0 : known.filter((value) => value > 0).length / known.length;
};

export const valueAt = at;
