import { type CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  type CloudWatchLogsClient,
  DescribeSubscriptionFiltersCommand,
  paginateDescribeLogGroups,
} from '@aws-sdk/client-cloudwatch-logs';
import { type LambdaClient, ListTagsCommand } from '@aws-sdk/client-lambda';
import type { Group } from './enrolment';
import { DAYS } from './prices';

export type Clients = {
  readonly logs: CloudWatchLogsClient;
  readonly lambda: LambdaClient;
  readonly metrics: CloudWatchClient;
};

const PREFIX = '/aws/lambda/';

/** So many metrics a request may ask for (GetMetricData). */
const MOST_QUERIES = 500;
const WEEK = 7;
const DAY_S = 86_400;
const GB = 1_000_000_000;

/** What was written to each log group in the last week, as GB a month; a group without a value is not in it. */
export const volumes = async (
  metrics: CloudWatchClient,
  groups: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, number>> => {
  const gb = new Map<string, number>();
  for (let from = 0; from < groups.length; from += MOST_QUERIES) {
    const some = groups.slice(from, from + MOST_QUERIES);
    const { MetricDataResults = [] } = await metrics.send(
      new GetMetricDataCommand({
        StartTime: new Date(now.getTime() - WEEK * DAY_S * 1000),
        EndTime: now,
        MetricDataQueries: some.map((group, index) => ({
          Id: `g${index}`,
          MetricStat: {
            Metric: {
              Namespace: 'AWS/Logs',
              MetricName: 'IncomingBytes',
              Dimensions: [{ Name: 'LogGroupName', Value: group }],
            },
            Period: DAY_S,
            Stat: 'Sum',
          },
        })),
      }),
    );
    for (const { Id = '', Values = [] } of MetricDataResults) {
      const group = some[Number(Id.slice(1))];
      if (group !== undefined && Values.length > 0)
        gb.set(group, (Values.reduce((sum, value) => sum + value, 0) / GB) * (DAYS / WEEK));
    }
  }
  return gb;
};

/** The names of all log groups that Lambda writes to by default, of those that begin with `prefix`, or of all (null). */
export const logGroupNames = async (
  logs: CloudWatchLogsClient,
  prefix: string | null = PREFIX,
): Promise<readonly string[]> => {
  const names: string[] = [];
  for await (const { logGroups = [] } of paginateDescribeLogGroups(
    { client: logs },
    prefix === null ? {} : { logGroupNamePrefix: prefix },
  ))
    names.push(...logGroups.flatMap(({ logGroupName }) => logGroupName ?? []));
  return names;
};

const functionOf = (logGroup: string): string => logGroup.slice(PREFIX.length);

const tagsOf = async (
  lambda: LambdaClient,
  functionArn: string,
): Promise<Readonly<Record<string, string>>> => {
  try {
    return (await lambda.send(new ListTagsCommand({ Resource: functionArn }))).Tags ?? {};
  } catch (error) {
    // The log outlives its function.
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return {};
    throw error;
  }
};

/**
 * The log groups of functions with what an enrolment is decided by. One after the other: CloudWatch Logs answers ten
 * look-ups of filters a second. `functionArn` makes a function's ARN of its name; tags are asked for where `byTag`.
 */
export const readGroups = async (
  { logs, lambda, metrics }: Clients,
  names: readonly string[],
  options: {
    readonly byTag: boolean;
    readonly functionArn: (name: string) => string;
    readonly now: Date;
  },
): Promise<readonly Group[]> => {
  const ofFunctions = names.filter((name) => /^\/aws\/lambda\/[\w-]{1,140}$/.test(name));
  const gb = await volumes(metrics, ofFunctions, options.now);
  const groups: Group[] = [];
  for (const logGroup of ofFunctions) {
    const functionName = functionOf(logGroup);
    const { subscriptionFilters = [] } = await logs.send(
      new DescribeSubscriptionFiltersCommand({ logGroupName: logGroup }),
    );
    groups.push({
      logGroup,
      functionName,
      tags: options.byTag ? await tagsOf(lambda, options.functionArn(functionName)) : {},
      filters: subscriptionFilters.flatMap(({ filterName }) => filterName ?? []),
      gb: gb.get(logGroup) ?? null,
    });
  }
  return groups;
};
