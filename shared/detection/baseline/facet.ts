import { DAY_HOURS, WEEK_HOURS } from './time';

/**
 * Values that a function is seen with (its APIs, its networks, …): each with how often, fading, and when last. Bounded:
 * the one that counts least makes room. Lists and no objects, as the values are others' to choose.
 */
export type Facet = {
  readonly entries: readonly (readonly [value: string, weight: number, lastHour: number])[];
  /** When the latest values came that were new: hours, newest last, four at most. */
  readonly news: readonly number[];
  /** From when on a new value is a surprise: once a week had gone by without one. Null until then. */
  readonly settled: number | null;
};

export const NO_FACET: Facet = { entries: [], news: [], settled: null };

/** A value counts half after 30 days. Seen once it is forgotten after about 130 days, a thousand times after 14 months. */
export const HALF_LIFE_HOURS = 30 * DAY_HOURS;
const FORGOTTEN = 0.05;
const MOST_NEWS = 4;
/** A facet that had this many new values in 28 days since it settled surprises nobody. */
const RESTLESS = 3;
const RESTLESS_HOURS = 28 * DAY_HOURS;

const round = (weight: number): number => Math.round(weight * 1000) / 1000;
const faded = (weight: number, hours: number): number => weight * 2 ** (-Math.abs(hours) / HALF_LIFE_HOURS);

const isKept = ([, weight, last]: Facet['entries'][number], hour: number): boolean =>
  hour <= last || faded(weight, hour - last) >= FORGOTTEN;

export const has = ({ entries }: Facet, value: string, hour: number): boolean =>
  entries.some((entry) => entry[0] === value && isKept(entry, hour));

/** How many values it is known with. */
export const countOf = ({ entries }: Facet, hour: number): number =>
  entries.filter((entry) => isKept(entry, hour)).length;

/** Whether new values come so often that one more says little. */
export const isRestless = ({ news, settled }: Facet, hour: number): boolean =>
  news.filter((then) => settled !== null && then > settled && hour - then < RESTLESS_HOURS).length >=
  RESTLESS;

/** Whether a week has gone by without a new value. */
const isQuiet = ({ news }: Facet, hour: number): boolean => hour - (news.at(-1) ?? hour) >= WEEK_HOURS;

/** Settles a facet of a function that is otherwise learned. */
export const settle = (facet: Facet, hour: number, learned: boolean): Facet =>
  facet.settled === null && learned && isQuiet(facet, hour) ? { ...facet, settled: hour } : facet;

/** Counts a value. In which order values come makes no difference but for which is forgotten first. */
export const see = (facet: Facet, value: string, hour: number, most: number): Facet => {
  const index = facet.entries.findIndex((entry) => entry[0] === value && isKept(entry, hour));
  const known = facet.entries[index];
  if (known !== undefined) {
    const [, weight, last] = known;
    const next =
      hour >= last
        ? ([value, round(faded(weight, hour - last) + 1), hour] as const)
        : ([value, round(weight + faded(1, last - hour)), last] as const);
    return { ...facet, entries: facet.entries.with(index, next) };
  }
  const kept = facet.entries.filter((entry) => entry[0] !== value && isKept(entry, hour));
  const standing = ([, weight, last]: Facet['entries'][number]): number =>
    faded(weight, Math.max(0, hour - last));
  const room =
    kept.length < most ? kept : kept.toSorted((a, b) => standing(b) - standing(a)).slice(0, most - 1);
  return {
    ...facet,
    entries: [...room, [value, 1, hour]],
    news: [...facet.news, hour].toSorted((a, b) => a - b).slice(-MOST_NEWS),
  };
};
