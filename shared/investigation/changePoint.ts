/*
 * The one point at which a series changes its mean: the split that leaves the least sum of squared distances from the
 * means of its two halves, kept where it saves more than a penalty. This is the single-change case of optimal
 * partitioning, which PELT (Killick, Fearnhead, Eckley 2012, JASA 107) makes fast for many; the penalty is theirs for
 * a change of mean, 2·log n for the parameter and the place, times the variance as estimated from the differences of
 * neighbours (which a change hardly touches).
 */

export type ChangePoint = {
  /** The first point of the new behaviour. */
  readonly index: number;
  readonly before: number;
  readonly after: number;
};

/** On either side; less is a coincidence. */
const LEAST = 2;

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** The median of the distances of neighbours, as a standard deviation (1.4826/√2: the normal distribution's). */
const noiseOf = (values: readonly number[]): number => {
  const steps = values
    .slice(1)
    .map((value, index) => Math.abs(value - (values[index] ?? value)))
    .toSorted((a, b) => a - b);
  return ((steps[Math.floor(steps.length / 2)] ?? 0) * 1.4826) / Math.SQRT2;
};

/** Where the mean of a series shifts; null where no shift stands out. Linear in the length of the series. */
export const changePointOf = (values: readonly number[]): ChangePoint | null => {
  const n = values.length;
  if (n < 2 * LEAST + 2) return null;
  const sums = [0];
  const squares = [0];
  for (const value of values) {
    sums.push((sums.at(-1) ?? 0) + value);
    squares.push((squares.at(-1) ?? 0) + value * value);
  }
  const cost = (from: number, to: number): number => {
    const sum = (sums[to] ?? 0) - (sums[from] ?? 0);
    return (squares[to] ?? 0) - (squares[from] ?? 0) - (sum * sum) / (to - from);
  };
  let best = { index: -1, saved: 0 };
  for (let index = LEAST; index <= n - LEAST; index++) {
    const saved = cost(0, n) - cost(0, index) - cost(index, n);
    if (saved > best.saved) best = { index, saved };
  }
  // Counts vary by the root of their mean (Poisson) even where neighbours happen to agree.
  const variance = Math.max(
    noiseOf(values) ** 2,
    Math.abs(meanOf(values.slice(0, Math.max(LEAST, best.index)))),
    1,
  );
  if (best.index === -1 || best.saved < 2 * 2 * Math.log(n) * variance) return null;
  return {
    index: best.index,
    before: meanOf(values.slice(0, best.index)),
    after: meanOf(values.slice(best.index)),
  };
};
