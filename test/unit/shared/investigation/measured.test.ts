import fc from 'fast-check';
import { metricsSvg } from '../../../../cli/report/metrics';
import { measuredOf } from '../../../../shared/investigation/measured';
import { anIncident } from '../../../fixtures/incident';

const FROM = Date.parse('2026-11-19T10:00:00.000Z');
const seriesOf = (metric: string, values: readonly number[], periodSeconds = 60) => ({
  artifact: 'behaviour/metrics.json',
  metric,
  periodSeconds,
  points: values.map((value, index) => ({
    at: new Date(FROM + index * periodSeconds * 1000).toISOString(),
    value,
  })),
});

describe('what was measured, for the record', () => {
  it('has the metrics that a person looks at, and none where none were gathered', () => {
    const all = ['Invocations Sum', 'AsyncEventAge Maximum', 'Errors Sum'].map((metric) =>
      seriesOf(metric, [1]),
    );
    expect(measuredOf(all)?.series.map(({ title }) => title)).toEqual(['Invocations Sum', 'Errors Sum']);
    expect(measuredOf([seriesOf('Invocations Sum', [])])).toBeNull();
    expect(measuredOf([])).toBeNull();
  });

  it('keeps sums and the highest, in no more values than a picture has room for (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 1, maxLength: 3000 }), (values) => {
        const measured = measuredOf([
          seriesOf('Invocations Sum', values),
          seriesOf('Duration Maximum', values),
        ]);
        const [sums, highest] = (measured?.series ?? []).map(({ values: kept }) =>
          kept.filter((value) => value !== null),
        );
        expect(sums?.length).toBeLessThanOrEqual(168);
        const total = (of: readonly number[] = []) => of.reduce((sum, value) => sum + value, 0);
        expect(total(sums)).toBe(total(values));
        expect(Math.max(...(highest ?? []))).toBe(Math.max(...values));
      }),
    );
  });

  it('says nothing where nothing was measured, and is drawn with a gap', () => {
    const one = seriesOf('Errors Sum', [1, 2, 3]);
    const measured = measuredOf([{ ...one, points: one.points.filter((_, index) => index !== 1) }]);
    expect(measured?.series[0]?.values).toEqual([1, null, 3]);
    const drawn = metricsSvg(anIncident(measured === null ? {} : { measured }));
    expect(drawn?.match(/<circle/g)).toHaveLength(2);
    expect(metricsSvg(anIncident())).toBeNull();
  });
});
