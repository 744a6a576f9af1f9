import { MODES, type Mode } from './mode';
import { matches } from './wildcard';

/** A finding that is expected, and whose it is: dropped until `until` (milliseconds since 1970). */
export type Suppression = {
  /** A rule's id or a finding's type, in which `*` stands for anything. */
  readonly rule: string;
  readonly functions: string;
  /** The principal that it is expected of, by name or ARN; absent: of anybody. */
  readonly by?: string;
  readonly owner: string;
  readonly reason: string;
  readonly until: number;
};

/** A time in which findings about some functions go no further than `most`. */
export type Maintenance = {
  readonly functions: string;
  readonly rule?: string;
  /** Every week for `minutes` from this minute of it; a week begins on Sunday, 00:00 UTC. */
  readonly weekly?: { readonly minute: number; readonly minutes: number };
  /** Milliseconds since 1970: of the one window, or the last of the weekly ones. */
  readonly from?: number;
  readonly until?: number;
  readonly most: Mode;
  readonly owner: string;
  readonly reason: string;
};

/** What the policy file says is expected (infrastructure/allowances.cjs checks it). */
export type Allowances = {
  readonly suppressions: readonly Suppression[];
  readonly maintenance: readonly Maintenance[];
};

export const NO_ALLOWANCES: Allowances = { suppressions: [], maintenance: [] };

/** What a finding is known by to the policy. */
export type Expected = {
  readonly rule: string;
  readonly functionName: string;
  /** Names and ARNs of who did it; empty where that is not known: then no suppression of a principal's acts fits. */
  readonly by: readonly string[];
};

/** How far a finding may go, and why no further. */
export type Allowance = { readonly most: Mode; readonly because: string };

const WEEK = 7 * 24 * 60;
const MINUTE_MS = 60_000;
/** 1970-01-01 was a Thursday. */
const FIRST_SUNDAY = 3 * 24 * 60;

const minuteOfWeek = (now: number): number =>
  (((Math.floor(now / MINUTE_MS) - FIRST_SUNDAY) % WEEK) + WEEK) % WEEK;

const isWithin = ({ weekly, from, until }: Maintenance, now: number): boolean => {
  if (until !== undefined && now >= until) return false;
  if (weekly === undefined) return from !== undefined && now >= from;
  // A window may reach into the next week.
  const since = (minuteOfWeek(now) - weekly.minute + WEEK) % WEEK;
  return since < weekly.minutes;
};

const day = (time: number): string => new Date(time).toISOString().slice(0, 16).replace('T', ' ');

/** The suppression of a finding, or null. */
export const suppressionOf = (
  { rule, functionName, by }: Expected,
  { suppressions }: Allowances,
  now: number,
): Suppression | null =>
  suppressions.find(
    (entry) =>
      now < entry.until &&
      matches(entry.rule, rule) &&
      matches(entry.functions, functionName) &&
      (entry.by === undefined || by.some((name) => matches(entry.by ?? '', name))),
  ) ?? null;

/** As far as the policy lets a finding go that it expects; null where it expects nothing of the kind. */
export const allowanceOf = (expected: Expected, allowances: Allowances, now: number): Allowance | null => {
  const suppression = suppressionOf(expected, allowances, now);
  if (suppression !== null)
    return {
      most: 'ignore',
      because: `suppressed until ${day(suppression.until)} UTC by ${suppression.owner}: ${suppression.reason}`,
    };
  const windows = allowances.maintenance.filter(
    (entry) =>
      isWithin(entry, now) &&
      matches(entry.functions, expected.functionName) &&
      (entry.rule === undefined || matches(entry.rule, expected.rule)),
  );
  const [least] = windows.toSorted((a, b) => MODES.indexOf(a.most) - MODES.indexOf(b.most));
  return least === undefined
    ? null
    : { most: least.most, because: `at most ${least.most}: maintenance of ${least.owner}: ${least.reason}` };
};
