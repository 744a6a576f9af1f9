/*
 * Statistics that a few wild values do not move. The median and the median absolute deviation, made comparable with a
 * standard deviation by 1.4826: Rousseeuw and Croux, "Alternatives to the Median Absolute Deviation", 1993.
 */

export const MAD_TO_SIGMA = 1.4826;

export const median = (values: readonly number[]): number => {
  if (values.length === 0) return 0;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
};

export type Weighted = { readonly value: number; readonly weight: number };

/** The value at which half of the weight lies below. */
export const weightedMedian = (values: readonly Weighted[]): number => {
  const sorted = values.toSorted((a, b) => a.value - b.value);
  const half = sorted.reduce((sum, { weight }) => sum + weight, 0) / 2;
  let below = 0;
  for (const [index, { value, weight }] of sorted.entries()) {
    below += weight;
    // Exactly half: between this one and the next, as in an ordinary median.
    if (below === half) return (value + (sorted[index + 1]?.value ?? value)) / 2;
    if (below > half) return value;
  }
  return 0;
};

export const spreadOf = (values: readonly number[]): number => {
  const middle = median(values);
  return MAD_TO_SIGMA * median(values.map((value) => Math.abs(value - middle)));
};

/** The value that a share of the values does not exceed. */
export const quantile = (values: readonly number[], share: number): number =>
  values.length === 0
    ? 0
    : (values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))] ?? 0);
