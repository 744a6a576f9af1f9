import type { Series } from './evidenceOf';

/** What was measured, small enough for the record: values at even distances, null where there is none. */
export type Measured = {
  /** The first value's time, ISO 8601 in UTC. */
  readonly from: string;
  readonly stepSeconds: number;
  readonly series: readonly { readonly title: string; readonly values: readonly (number | null)[] }[];
};

/** What a person looks at first: metric and statistic as CloudWatch names them. */
const SHOWN = ['Invocations Sum', 'Errors Sum', 'Throttles Sum', 'Duration Maximum'];
const MOST_VALUES = 168;

/**
 * The metrics of the evidence as the post-mortem draws them, so that it can be drawn again from the record alone. Where
 * there are more values than a picture has room for, neighbours become one: their sum, or the highest. Null where
 * nothing was measured.
 */
export const measuredOf = (all: readonly Series[]): Measured | null => {
  const shown = SHOWN.flatMap((title) => all.filter(({ metric }) => metric === title).slice(0, 1));
  const times = shown.flatMap(({ points }) => points.map(({ at }) => Date.parse(at))).filter(Number.isFinite);
  if (times.length === 0) return null;
  const first = times.reduce((least, time) => Math.min(least, time));
  const last = times.reduce((most, time) => Math.max(most, time));
  const period = Math.max(1, ...shown.map(({ periodSeconds }) => periodSeconds));
  const stepSeconds = period * Math.ceil(((last - first) / 1000 / period + 1) / MOST_VALUES);
  const length = Math.floor((last - first) / 1000 / stepSeconds) + 1;
  return {
    from: new Date(first).toISOString(),
    stepSeconds,
    series: shown.map(({ metric, points }) => {
      const values = Array.from<number | null>({ length }).fill(null);
      for (const { at, value } of points) {
        const index = Math.floor((Date.parse(at) - first) / 1000 / stepSeconds);
        const known = values[index];
        if (known === undefined || !Number.isFinite(value)) continue;
        values[index] =
          known === null ? value : metric.endsWith(' Sum') ? known + value : Math.max(known, value);
      }
      return { title: metric, values };
    }),
  };
};
