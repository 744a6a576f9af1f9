/** The value that so many percent of the values do not exceed: the nearest rank, so always one that was measured. */
export const percentile = (values: readonly number[], percent: number): number => {
  if (values.length === 0) throw new RangeError('nothing was measured');
  if (percent < 0 || percent > 100) throw new RangeError(`${percent} is not a percentage`);
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] as number;
};

export type Summary = { readonly runs: number; readonly p50: number; readonly p95: number };

export const summarise = (values: readonly number[]): Summary => ({
  runs: values.length,
  p50: percentile(values, 50),
  p95: percentile(values, 95),
});

/** How many times as long, to two places. */
export const ratio = (value: number, reference: number): number => {
  if (reference <= 0) throw new RangeError(`${reference} is nothing to compare with`);
  return Math.round((value / reference) * 100) / 100;
};

type Interval = { readonly startedAt: number; readonly endedAt: number };

/**
 * The place of each in the longest chain of intervals that follow one another: 1 for one that waited for none, and one
 * more than the latest that was over when it began. Those that overlap ran side by side.
 */
export const places = (intervals: readonly Interval[]): readonly number[] => {
  const known = new Map<Interval, number>();
  const placeOf = (interval: Interval): number => {
    const found = known.get(interval);
    if (found !== undefined) return found;
    const before = intervals.filter(
      ({ startedAt, endedAt }) => endedAt <= interval.startedAt && startedAt < interval.startedAt,
    );
    const place = 1 + Math.max(0, ...before.map(placeOf));
    known.set(interval, place);
    return place;
  };
  return intervals.map(placeOf);
};

/** Runs a task for each, so many at a time. */
export const eachOf = async <T, R>(
  items: readonly T[],
  atOnce: number,
  task: (item: T) => Promise<R>,
): Promise<readonly R[]> => {
  const results: R[] = [];
  const entries = items.entries();
  const work = async () => {
    for (const [index, item] of entries) results[index] = await task(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
  return results;
};
