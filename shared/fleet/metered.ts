import { type CloudWatchClient, GetMetricDataCommand, paginateListMetrics } from '@aws-sdk/client-cloudwatch';
import type { Metered } from '../detection/baseline/observation';

/**
 * What Lambda Insights counts of a function, where it has the layer (Lambda developer guide, "Lambda Insights metrics"):
 * bytes sent, and milliseconds of processor time.
 */
const METRICS: Readonly<Record<Metered, string>> = { sent: 'tx_bytes', processed: 'cpu_total_time' };
const NAMESPACE = 'LambdaInsights';

/** So many metrics a request may ask for (GetMetricData). */
const MOST_QUERIES = 500;
const HOUR_S = 3600;
/** Metrics come minutes late; an hour that was asked for already is asked for again. */
const HOURS = 3;

export type Reading = {
  readonly functionName: string;
  readonly measure: Metered;
  /** The beginning of an hour, in milliseconds. */
  readonly time: number;
  readonly amount: number;
};

/** The functions that a metric exists for. A function has one per version too, which are part of the whole. */
const metered = async (metrics: CloudWatchClient, MetricName: string): Promise<readonly string[]> => {
  const names: string[] = [];
  for await (const { Metrics = [] } of paginateListMetrics(
    { client: metrics },
    { Namespace: NAMESPACE, MetricName, RecentlyActive: 'PT3H' },
  ))
    for (const { Dimensions = [] } of Metrics) {
      const [only, ...others] = Dimensions;
      if (only?.Name === 'function_name' && others.length === 0 && only.Value !== undefined)
        names.push(only.Value);
    }
  return names;
};

/** What was counted in the last hours that are over, of every function with the layer. */
export const readings = async (
  metrics: CloudWatchClient,
  measure: Metered,
  now: Date,
): Promise<readonly Reading[]> => {
  const names = await metered(metrics, METRICS[measure]);
  const end = Math.floor(now.getTime() / 1000 / HOUR_S) * HOUR_S;
  const found: Reading[] = [];
  for (let from = 0; from < names.length; from += MOST_QUERIES) {
    const some = names.slice(from, from + MOST_QUERIES);
    const { MetricDataResults = [] } = await metrics.send(
      new GetMetricDataCommand({
        StartTime: new Date((end - HOURS * HOUR_S) * 1000),
        EndTime: new Date(end * 1000),
        MetricDataQueries: some.map((name, index) => ({
          Id: `f${index}`,
          MetricStat: {
            Metric: {
              Namespace: NAMESPACE,
              MetricName: METRICS[measure],
              Dimensions: [{ Name: 'function_name', Value: name }],
            },
            Period: HOUR_S,
            Stat: 'Sum',
          },
        })),
      }),
    );
    for (const { Id = '', Timestamps = [], Values = [] } of MetricDataResults)
      for (const [index, time] of Timestamps.entries())
        found.push({
          functionName: some[Number(Id.slice(1))] ?? '',
          measure,
          time: time.getTime(),
          amount: Values[index] ?? 0,
        });
  }
  return found;
};
