import type { Dimension, Metric, MetricDataQuery } from '@aws-sdk/client-cloudwatch';

/** One line of the data: a metric of AWS/Lambda, how it is put together, and of what. */
export type Asked = {
  readonly metric: string;
  readonly statistic: 'Sum' | 'Average' | 'Maximum';
  readonly dimensions: Readonly<Record<string, string>>;
};

/** What Lambda measures of a function, as the user guide lists it ("Types of metrics for Lambda functions"). */
const MEASURED: Readonly<Record<string, readonly Asked['statistic'][]>> = {
  Invocations: ['Sum'],
  Errors: ['Sum'],
  Throttles: ['Sum'],
  Duration: ['Average', 'Maximum'],
  ConcurrentExecutions: ['Maximum'],
  AsyncEventsReceived: ['Sum'],
  AsyncEventsDropped: ['Sum'],
  AsyncEventAge: ['Maximum'],
  DeadLetterErrors: ['Sum'],
  DestinationDeliveryFailures: ['Sum'],
  RecursiveInvocationsDropped: ['Sum'],
  IteratorAge: ['Maximum'],
  UrlRequestCount: ['Sum'],
  Url4xxCount: ['Sum'],
  Url5xxCount: ['Sum'],
  ProvisionedConcurrencyInvocations: ['Sum'],
  ProvisionedConcurrencySpilloverInvocations: ['Sum'],
};

/** By version or alias, these tell which code ran. */
const BY_VERSION = ['Invocations', 'Errors', 'Duration'];

/** GetMetricData takes 500 at a time (CloudWatch quotas). */
const MOST = 500;

const dimensionsOf = (dimensions: readonly Dimension[] | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries((dimensions ?? []).map(({ Name = '', Value = '' }) => [Name, Value]));

/** The whole of the function, and its versions and aliases as far as `listed` (ListMetrics) names any. */
export const askedOf = (
  functionName: string,
  listed: readonly Metric[],
): { readonly asked: readonly Asked[]; readonly left: number } => {
  const whole = Object.entries(MEASURED).flatMap(([metric, statistics]) =>
    statistics.map((statistic) => ({ metric, statistic, dimensions: { FunctionName: functionName } })),
  );
  const parts = listed
    .filter(
      ({ MetricName = '', Dimensions = [] }) => BY_VERSION.includes(MetricName) && Dimensions.length > 1,
    )
    .map(
      ({ MetricName: metric = '', Dimensions }): Asked => ({
        metric,
        statistic: metric === 'Duration' ? 'Maximum' : 'Sum',
        dimensions: dimensionsOf(Dimensions),
      }),
    );
  const all = [...whole, ...parts];
  return { asked: all.slice(0, MOST), left: Math.max(0, all.length - MOST) };
};

export const queryOf = (
  { metric, statistic, dimensions }: Asked,
  index: number,
  period: number,
): MetricDataQuery => ({
  Id: `m${index}`,
  MetricStat: {
    Metric: {
      Namespace: 'AWS/Lambda',
      MetricName: metric,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    },
    Period: period,
    Stat: statistic,
  },
});

const DAY = 24 * 60 * 60 * 1000;

/** In seconds, the finest that CloudWatch still keeps of that time (GetMetricData, "CloudWatch retains metric data"). */
export const periodFor = (from: Date, now: Date): 60 | 300 | 3600 => {
  const age = now.getTime() - from.getTime();
  if (age < 15 * DAY) return 60;
  return age < 63 * DAY ? 300 : 3600;
};
