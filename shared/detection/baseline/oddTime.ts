import type { Baseline } from './baseline';
import { type Codes, RING_HOURS, readRing, slotOf, WEEKS } from './ring';
import { DAY_HOURS, dayOf, WEEK_HOURS, weekdayOf } from './time';

type Calls = { readonly codes: Codes; readonly head: number };

const wasActive = ({ codes, head }: Calls, hour: number): boolean =>
  hour <= head && hour > head - RING_HOURS && (codes[slotOf(hour)] ?? 0) > 1;

/** An hour early or late is no surprise: clocks are put forward and back. */
const nearby = (calls: Calls, hour: number): boolean =>
  wasActive(calls, hour - 1) || wasActive(calls, hour) || wasActive(calls, hour + 1);

const isWeekend = (day: number): boolean => weekdayOf(day) >= 5;

/** As many other days with work at this hour, of its kind (working days, weekends), make the hour usual. */
const ENOUGH_DAYS = 2;

/** Whether it was at work at this hour of the week, or of such days, at another time than this day itself. */
const isUsual = (calls: Calls, hour: number): boolean => {
  for (let week = -WEEKS; week <= WEEKS; week++)
    if (week !== 0 && nearby(calls, hour + week * WEEK_HOURS)) return true;
  let days = 0;
  const kind = isWeekend(dayOf(hour));
  for (let day = -WEEKS * 7; day <= WEEKS * 7; day++) {
    // Its own night is no witness for it.
    if (Math.abs(day) <= 1 || isWeekend(dayOf(hour) + day) !== kind) continue;
    if (nearby(calls, hour + day * DAY_HOURS)) days += 1;
    if (days >= ENOUGH_DAYS) return true;
  }
  return false;
};

/** Whether it keeps its hours: of the last four weeks none of its own was a surprise by the same measure. */
const isRegular = (calls: Calls): boolean => {
  for (let hour = calls.head; hour > calls.head - 4 * WEEK_HOURS; hour--)
    if (wasActive(calls, hour) && !isUsual(calls, hour)) return false;
  return true;
};

/**
 * Whether a function that keeps its hours is at work outside them: an hour that is none of its own, or a whole day of
 * the week. Once a day at most. A function whose hours are no pattern is never held to one.
 */
export const oddTime = ({ learned, series, head, oddAt }: Baseline, hour: number): 'hour' | 'day' | null => {
  if (learned === null || hour <= head || (oddAt !== null && hour - oddAt < DAY_HOURS)) return null;
  const { calls } = series;
  // The first call of an hour is the one that tells.
  if (calls.open.some(([then, amount]) => then === hour && amount > 0)) return null;
  const ring = { codes: readRing(calls.ring), head };
  if (isUsual(ring, hour) || !isRegular(ring)) return null;
  const start = dayOf(hour) * DAY_HOURS;
  for (let week = 1; week <= WEEKS; week++)
    for (let inDay = 0; inDay < DAY_HOURS; inDay++)
      if (wasActive(ring, start - week * WEEK_HOURS + inDay)) return 'hour';
  return 'day';
};
