import fc from 'fast-check';
import { drawChart } from '../../../../shared/evidence/metrics/chart';
import { askedOf, periodFor, queryOf } from '../../../../shared/evidence/metrics/queries';

const WINDOW = { from: '2026-11-20T10:00:00.000Z', to: '2026-11-20T12:00:00.000Z' };
const DAY = 24 * 60 * 60 * 1000;

describe('the chart', () => {
  it('draws what was measured, and marks moments inside the window', () => {
    const points = [
      { at: '2026-11-20T10:30:00.000Z', value: 1 },
      { at: '2026-11-20T11:00:00.000Z', value: 4 },
    ];
    const svg = drawChart(
      'victim',
      WINDOW,
      [{ title: 'Errors Sum', points }],
      [
        { at: '2026-11-20T11:00:00.000Z', text: 'contained' },
        { at: '2026-11-21T11:00:00.000Z', text: 'too late' },
      ],
    );

    expect(svg).toContain('Errors Sum, at most 4');
    expect(svg).toMatch(/<polyline points="248,\S+ 480,\S+"/);
    expect(svg).toContain('contained: 2026-11-20T11:00:00.000Z');
    expect(svg).not.toContain('too late');
  });

  it('is text and lines alone, whatever it is told (property)', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constant('</text><script>alert(1)</script>'),
      fc.constant('" onload="x'),
    );
    fc.assert(
      fc.property(hostile, hostile, fc.array(fc.double()), (title, mark, values) => {
        const points = values.map((value, minute) => ({
          at: new Date(Date.parse(WINDOW.from) + minute * 60_000).toISOString(),
          value,
        }));
        const svg = drawChart(title, WINDOW, [{ title, points }], [{ at: WINDOW.from, text: mark }]);
        const tags = new Set([...svg.matchAll(/<\/?(\w+)/g)].map(([, tag]) => tag));

        expect(
          [...tags].filter((tag) => !/^(?:svg|rect|text|line|polyline|circle)$/.test(tag ?? '')),
        ).toEqual([]);
        expect(svg).not.toMatch(/<[^>]* on\w+=/);
        expect(svg).not.toMatch(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD]|NaN|Infinity/);
      }),
    );
  });
});

describe('what CloudWatch is asked for', () => {
  it('is the finest that it still has of that time', () => {
    const now = new Date('2026-11-20T12:00:00.000Z');
    const ago = (days: number) => new Date(now.getTime() - days * DAY);

    expect([periodFor(ago(1), now), periodFor(ago(20), now), periodFor(ago(100), now)]).toEqual([
      60, 300, 3600,
    ]);
  });

  it('is the whole function, and its versions and aliases as far as any were measured', () => {
    const of = (...names: readonly string[]) => [
      { Name: 'FunctionName', Value: 'victim' },
      ...names.map((Value) => ({ Name: 'Resource', Value })),
    ];
    const { asked, left } = askedOf('victim', [
      { Namespace: 'AWS/Lambda', MetricName: 'Errors', Dimensions: of() },
      { Namespace: 'AWS/Lambda', MetricName: 'Errors', Dimensions: of('victim:live') },
      { Namespace: 'AWS/Lambda', MetricName: 'PostRuntimeExtensionsDuration', Dimensions: of('victim:live') },
    ]);

    expect(asked.filter(({ dimensions }) => 'Resource' in dimensions)).toEqual([
      { metric: 'Errors', statistic: 'Sum', dimensions: { FunctionName: 'victim', Resource: 'victim:live' } },
    ]);
    expect(asked).toContainEqual({
      metric: 'Throttles',
      statistic: 'Sum',
      dimensions: { FunctionName: 'victim' },
    });
    expect(left).toBe(0);
  });

  it('is never more than it answers at once, and what is left is counted', () => {
    const listed = Array.from({ length: 600 }, (_, version) => ({
      MetricName: 'Invocations',
      Dimensions: [
        { Name: 'FunctionName', Value: 'victim' },
        { Name: 'Resource', Value: `victim:${version}` },
      ],
    }));
    const { asked, left } = askedOf('victim', listed);
    const ids = asked.map((entry, index) => queryOf(entry, index, 60).Id ?? '');

    expect(asked).toHaveLength(500);
    expect(left).toBeGreaterThan(100);
    // CloudWatch takes ids that begin with a small letter.
    for (const id of ids) expect(id).toMatch(/^[a-z]\w*$/);
  });
});
