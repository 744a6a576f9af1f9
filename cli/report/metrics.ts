import { drawChart, type Mark } from '../../shared/evidence/metrics/chart';
import type { Incident } from '../../shared/incident/incident';

/** What is marked on it: our own words alone. */
const marksOf = ({ witnesses, containedAt, releasedAt }: Incident): readonly Mark[] => {
  const first = Object.values(witnesses)
    .map(({ firstSeen }) => firstSeen)
    .filter((time) => !Number.isNaN(Date.parse(time)))
    .toSorted((a, b) => Date.parse(a) - Date.parse(b))[0];
  const all: readonly (readonly [string, string | undefined])[] = [
    ['first sign', first],
    ['contained', containedAt],
    ['released', releasedAt],
  ];
  return all.flatMap(([text, at]) => (at === undefined ? [] : [{ text, at: new Date(at).toISOString() }]));
};

/** The function's metrics over the time that the evidence covers, from the record; null where none were gathered. */
export const metricsSvg = (incident: Incident): string | null => {
  const { measured, containedAt } = incident;
  if (measured === undefined) return null;
  const from = Date.parse(measured.from);
  const timeOf = (index: number): string =>
    new Date(from + index * measured.stepSeconds * 1000).toISOString();
  const length = Math.max(...measured.series.map(({ values }) => values.length));
  const end = new Date(Math.max(Date.parse(timeOf(length)), Date.parse(containedAt ?? measured.from)));
  return drawChart(
    'Metrics',
    { from: measured.from, to: end.toISOString() },
    measured.series.map(({ title, values }) => ({
      title,
      points: values.flatMap((value, index) => (value === null ? [] : [{ at: timeOf(index), value }])),
    })),
    marksOf(incident),
  );
};
