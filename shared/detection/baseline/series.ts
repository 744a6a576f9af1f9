import type { Measure } from './observation';
import { amountAt, type Codes, decode, RING_HOURS, slotOf } from './ring';
import { DAY_HOURS, dayOf } from './time';
import type { Slow } from './trend';
import { type Past, toLog, UNITS } from './usual';

/** How much there was of one measure, by hour. */
export type Series = {
  /** From which hour on it is known: what was before is not zero but unknown. */
  readonly since: number | null;
  /** The closed hours of five weeks: ring.ts. */
  readonly ring: string;
  /** The hours that still fill, each with its amount so far. */
  readonly open: readonly (readonly [hour: number, amount: number])[];
  /** What it is held against, once it is learned. */
  readonly slow: Slow | null;
};

export const openAmount = ({ open }: Series, hour: number): number =>
  open.find(([then]) => then === hour)?.[1] ?? 0;

/** The logarithm of each code, by unit: a code has two bytes, and each day looks at thousands. */
const TABLES = new Map<number, Float64Array>();
const tableFor = (unit: number): Float64Array => {
  const known = TABLES.get(unit);
  if (known !== undefined) return known;
  const table = Float64Array.from({ length: 65_536 }, (_, code) => {
    const amount = decode(code);
    return amount === null ? Number.NaN : toLog(amount, unit);
  });
  TABLES.set(unit, table);
  return table;
};

/** Hours ending with `head`, as logarithms. A thing may happen an hour earlier or later than last week: clocks are put forward and back. */
export const hoursOf = (codes: Codes, head: number, measure: Measure): Past => {
  const first = head - RING_HOURS + 1;
  const logs = new Float64Array(RING_HOURS);
  const table = tableFor(UNITS[measure]);
  for (let index = 0; index < RING_HOURS; index++)
    logs[index] = table[codes[slotOf(first + index)] ?? 0] ?? Number.NaN;
  return { logs, first, period: 168, beside: 1 };
};

/** The sum of a day's hours; null where not all of them are known. */
export const dayTotal = (codes: Codes, head: number, day: number): number | null => {
  let total = 0;
  for (let hour = day * DAY_HOURS; hour < (day + 1) * DAY_HOURS; hour++) {
    const amount = amountAt(codes, head, hour);
    if (amount === null) return null;
    total += amount;
  }
  return total;
};

/** The whole days up to the hour `head`, as logarithms of their totals. */
export const daysOf = (codes: Codes, head: number, measure: Measure): Past => {
  const days = RING_HOURS / DAY_HOURS;
  const last = dayOf(head + 1) - 1;
  const logs = Float64Array.from({ length: days }, (_, index) => {
    const total = dayTotal(codes, head, last - days + 1 + index);
    return total === null ? Number.NaN : toLog(total, UNITS[measure]);
  });
  return { logs, first: last - days + 1, period: 7, beside: 0 };
};

/** On how many days there was anything. */
export const activeDays = (codes: Codes, head: number): number => {
  let count = 0;
  for (let day = dayOf(head - RING_HOURS + 1); day <= dayOf(head); day++) {
    for (let hour = day * DAY_HOURS; hour < (day + 1) * DAY_HOURS; hour++) {
      const code = hour > head || hour <= head - RING_HOURS ? 0 : (codes[slotOf(hour)] ?? 0);
      if (code > 1) {
        count += 1;
        break;
      }
    }
  }
  return count;
};
