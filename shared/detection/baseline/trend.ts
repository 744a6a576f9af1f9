import { median } from './robust';
import {
  activeShare,
  DAY_FLOORS,
  HOUR_FLOORS,
  levelAt,
  noiseOf,
  type Past,
  tailOf,
  usualAt,
  valueAt,
} from './usual';

/**
 * What a series is held against. It is made of the five weeks that are remembered, but after learning it follows them
 * only so fast: whoever raises a volume little by little moves the five weeks, and leaves this behind.
 */
export type Slow = {
  /** How far above its usual an hour, and a day, may lie: distances of logarithms. */
  readonly hourTail: number;
  readonly dayTail: number;
  /** The logarithm of a day, over the week. */
  readonly level: number;
  /** The standard deviation of a day. */
  readonly noise: number;
  /** Page's cumulative sum of how far days lay above the level, in standard deviations. */
  readonly sum: number;
  /** The day since which the volume counts as risen; null while it does not. */
  readonly risenSince: number | null;
};

/** As much as the level may rise a day: 1 %. */
export const RISE = Math.log(1.01);
/** It falls twice as fast: a quiet week must not make the next one look like a rise. */
const FALL = Math.log(1.02);
/** As much as tails and noise may rise a day. */
const WIDEN = Math.log(1.02);

/*
 * Page, "Continuous inspection schemes", 1954: what is summed is how far a day lies above the expected, less an
 * allowance. A wild day counts as three standard deviations at most.
 */
export const ALLOWANCE = 0.6;
export const ALARM = 6;
const CLIP = 3;
/** As much as the sum may hold, so that it comes down again when the volume does. */
const MOST_SUM = 3 * ALARM;
/** Days are never taken to be steadier than this. */
const LEAST_NOISE = 0.1;
/** Over a week the volume must be this much above the level, however steady it is. */
export const LEAST_RISE = Math.log(1.4);
/** Of a function that works on fewer days than this, days say nothing of its level. */
const LEAST_ACTIVE = 0.6;

export type Hours = { readonly hours: Past; readonly days: Past };

/** What a series is held against, at the end of its learning. `days` ends with the day that is closed. */
export const beginSlow = ({ hours, days }: Hours, day: number): Slow => ({
  hourTail: tailOf(hours, HOUR_FLOORS),
  dayTail: tailOf(days, DAY_FLOORS),
  level: levelAt(days, day + 1) ?? 0,
  noise: Math.max(LEAST_NOISE, noiseOf(days)),
  sum: 0,
  risenSince: null,
});

const toward = (from: number, to: number, rise: number, fall: number): number =>
  Math.min(from + rise, Math.max(from - fall, to));

/** How far a day lies above what is expected of it: its weekday's usual, at the level that is allowed; null where unknown. */
const restOf = (days: Past, day: number, level: number, now: number): number | null => {
  const { center } = usualAt(days, day, 'before');
  const value = valueAt(days, day);
  return center === null || Number.isNaN(value) ? null : value - (center - now + level);
};

export type DayJudged = {
  readonly slow: Slow;
  /** How many times the expected the volume was over the last week, on the day on which it is found to have risen. */
  readonly risen: number | null;
};

/** Judges a day that is closed, and lets what it is held against follow. */
export const closeDay = (slow: Slow, { hours, days }: Hours, day: number): DayJudged => {
  // What the remembered days say the level is, without this one.
  const now = levelAt(days, day) ?? slow.level;
  const rest = restOf(days, day, slow.level, now);
  const step = rest === null ? 0 : Math.max(-CLIP, Math.min(CLIP, rest / slow.noise)) - ALLOWANCE;
  const isJudged = activeShare(days) >= LEAST_ACTIVE;
  const sum = isJudged ? Math.min(MOST_SUM, Math.max(0, slow.sum + step)) : 0;
  const week = Array.from({ length: 7 }, (_, back) => restOf(days, day - back, slow.level, now)).filter(
    (value) => value !== null,
  );
  const over = median(week);
  const isRisen = sum >= ALARM && over >= LEAST_RISE;
  return {
    risen: isRisen && slow.risenSince === null ? Math.exp(over) : null,
    slow: {
      hourTail: Math.min(tailOf(hours, HOUR_FLOORS), slow.hourTail + WIDEN),
      dayTail: Math.min(tailOf(days, DAY_FLOORS), slow.dayTail + WIDEN),
      level: toward(slow.level, levelAt(days, day + 1) ?? slow.level, RISE, FALL),
      noise: Math.max(LEAST_NOISE, Math.min(noiseOf(days), slow.noise + WIDEN * slow.noise)),
      sum,
      risenSince: isRisen ? (slow.risenSince ?? day) : sum === 0 ? null : slow.risenSince,
    },
  };
};
