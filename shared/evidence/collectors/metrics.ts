import { GetMetricDataCommand, type Metric, paginateListMetrics } from '@aws-sdk/client-cloudwatch';
import type { Artifact, Collector, CollectorInput, CollectorTools } from '../collector';
import { drawChart, type Mark, type Series } from '../metrics/chart';
import { type Asked, askedOf, periodFor, queryOf } from '../metrics/queries';

type Measured = Asked & {
  readonly points: readonly { readonly at: string; readonly value: number }[];
};

const listed = async (
  functionName: string,
  { metrics, signal }: CollectorTools,
): Promise<readonly Metric[]> => {
  const found: Metric[] = [];
  const query = {
    Namespace: 'AWS/Lambda',
    Dimensions: [{ Name: 'FunctionName', Value: functionName }],
  };
  for await (const page of paginateListMetrics({ client: metrics }, query, { abortSignal: signal }))
    found.push(...(page.Metrics ?? []));
  return found;
};

type Answer = { readonly measured: readonly Measured[]; readonly notes: readonly string[] };

/** Page after page: a metric's points may come in pieces (`PartialData`). */
const measure = async (
  asked: readonly Asked[],
  { from, to }: CollectorInput['window'],
  period: number,
  { metrics, signal }: CollectorTools,
): Promise<Answer> => {
  const points = asked.map((): { at: string; value: number }[] => []);
  const notes = new Set<string>();
  let NextToken: string | undefined;
  do {
    const page = await metrics.send(
      new GetMetricDataCommand({
        MetricDataQueries: asked.map((entry, index) => queryOf(entry, index, period)),
        StartTime: new Date(Math.floor(Date.parse(from) / (period * 1000)) * period * 1000),
        EndTime: new Date(to),
        ScanBy: 'TimestampAscending',
        ...(NextToken === undefined ? {} : { NextToken }),
      }),
      { abortSignal: signal },
    );
    for (const { Id = '', Timestamps = [], Values = [], StatusCode } of page.MetricDataResults ?? []) {
      const place = Number(Id.slice(1));
      for (const [index, at] of Timestamps.entries())
        points[place]?.push({ at: new Date(at).toISOString(), value: Values[index] ?? 0 });
      if (StatusCode === 'InternalError' || StatusCode === 'Forbidden')
        notes.add(`${asked[place]?.metric ?? Id}: ${StatusCode}`);
    }
    for (const { Code, Value } of page.Messages ?? []) notes.add(`${Code}: ${Value}`);
    NextToken = page.NextToken;
  } while (NextToken !== undefined && NextToken !== '');
  return {
    measured: asked.map((entry, index) => ({ ...entry, points: points[index] ?? [] })),
    notes: [...notes],
  };
};

/** What a person looks at first. */
const DRAWN = [
  'Invocations Sum',
  'Errors Sum',
  'Throttles Sum',
  'Duration Maximum',
  'ConcurrentExecutions Maximum',
];

const drawn = (measured: readonly Measured[]): readonly Series[] =>
  DRAWN.flatMap((title) => {
    const found = measured.find(
      ({ metric, statistic, dimensions }) =>
        `${metric} ${statistic}` === title && Object.keys(dimensions).length === 1,
    );
    return found === undefined ? [] : [{ title, points: found.points }];
  });

const marksOf = ({ incident }: CollectorInput): readonly Mark[] => {
  const seen = Object.values(incident.witnesses)
    .map(({ firstSeen }) => firstSeen)
    .filter((time) => !Number.isNaN(Date.parse(time)))
    .toSorted((a, b) => Date.parse(a) - Date.parse(b));
  return [
    ...seen.slice(0, 1).map((at) => ({ at, text: 'first sign' })),
    ...(incident.containedAt === undefined ? [] : [{ at: incident.containedAt, text: 'contained' }]),
  ];
};

/** What CloudWatch measured of the function in the window: the numbers, and a chart of them. */
export const metrics: Collector = {
  id: 'metrics',
  title: 'Metrics',
  permissions: ['cloudwatch:ListMetrics', 'cloudwatch:GetMetricData'],
  async *collect(input, tools): AsyncIterable<Artifact> {
    const { suspect, window } = input;
    const { asked, left } = askedOf(suspect.functionName, await listed(suspect.functionName, tools));
    const period = periodFor(new Date(window.from), tools.records.now());
    const { measured, notes } = await measure(asked, window, period, tools);
    const said = [
      `one value for every ${period} s; CloudWatch shows what happened in the last minutes a little later`,
      ...(left === 0 ? [] : [`${left} more metrics of versions and aliases were not read`]),
      ...notes,
    ].join('; ');
    yield {
      name: 'behaviour/metrics.json',
      contentType: 'application/json',
      source: `cloudwatch:GetMetricData AWS/Lambda ${suspect.functionName} ${window.from} to ${window.to}`,
      body: `${JSON.stringify({ namespace: 'AWS/Lambda', period, window, metrics: measured })}\n`,
      completeness: () => said,
    };
    yield {
      name: 'behaviour/metrics.svg',
      contentType: 'image/svg+xml',
      source: 'drawn from behaviour/metrics.json of this manifest',
      body: drawChart(suspect.functionName, window, drawn(measured), marksOf(input)),
      completeness: () => said,
    };
  },
};
