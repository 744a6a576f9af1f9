import { type CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  GetFunctionConfigurationCommand,
  type LambdaClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import { matches } from '../../policy/wildcard';
import { aliasedCodes } from '../../suspect/liveCode';
import type { StagedIn } from '../checks/source';
import type { StagingFacts } from '../checks/staging';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** CloudWatch keeps minutes for 15 days, five of them for 63, hours for 455 (user guide, "Metrics retention"). */
const periodFor = (age: number): number => (age < 14 * DAY_MS ? 60 : age < 62 * DAY_MS ? 300 : 3600);
const MOST_AGE = 450 * DAY_MS;

type Tools = { readonly lambda: LambdaClient; readonly metrics: CloudWatchClient; readonly now: () => Date };

/** Where policy has a function of this name run first; null where it asks for nowhere. */
export const stagedFor = (functionName: string, rules: readonly StagedIn[]): string | null =>
  rules.find(({ functions }) => matches(functions, functionName))?.in.replaceAll('{name}', functionName) ??
  null;

/** A function, or an alias and the version that it points to. */
type Place = { readonly functionName: string; readonly alias?: string; readonly version?: string };

/**
 * Of a function alone: all its versions and aliases together. Of an alias: what it ran of one version, as it may have
 * pointed elsewhere before (developer guide, "Types of metrics for Lambda functions": `ExecutedVersion`).
 */
const dimensionsOf = ({ functionName, alias, version }: Place) => [
  { Name: 'FunctionName', Value: functionName },
  ...(alias === undefined ? [] : [{ Name: 'Resource', Value: `${functionName}:${alias}` }]),
  ...(version === undefined || version === '$LATEST' ? [] : [{ Name: 'ExecutedVersion', Value: version }]),
];

const sums = async (place: Place, since: Date, { metrics, now }: Tools): Promise<readonly number[]> => {
  const end = now();
  const age = Math.min(end.getTime() - since.getTime(), MOST_AGE);
  const Period = periodFor(age);
  // From the first whole period on: what ran before it was deployed is not counted for it.
  const begin = Math.ceil((end.getTime() - age) / (Period * 1000)) * Period * 1000;
  const names = ['Invocations', 'Errors'];
  const totals = names.map(() => 0);
  // Where that period has not begun yet it is asked for all the same, and is empty.
  const until = new Date(Math.max(end.getTime(), begin + Period * 1000));
  let NextToken: string | undefined;
  do {
    const page = await metrics.send(
      new GetMetricDataCommand({
        MetricDataQueries: names.map((MetricName, index) => ({
          Id: `m${index}`,
          MetricStat: {
            Metric: { Namespace: 'AWS/Lambda', MetricName, Dimensions: dimensionsOf(place) },
            Period,
            Stat: 'Sum',
          },
        })),
        StartTime: new Date(begin),
        EndTime: until,
        ...(NextToken === undefined ? {} : { NextToken }),
      }),
    );
    for (const { Id = '', Values = [] } of page.MetricDataResults ?? []) {
      const index = Number(Id.slice(1));
      totals[index] = Values.reduce((sum, value) => sum + value, totals[index] ?? 0);
    }
    NextToken = page.NextToken === '' ? undefined : page.NextToken;
  } while (NextToken !== undefined);
  return totals;
};

/** Whether an alias of it sends traffic to other code than its own: what is measured of a function is of all of them. */
const servesOther = async (arn: string, codeSha256: string, lambda: LambdaClient): Promise<boolean> =>
  Object.values(await aliasedCodes(arn, lambda)).some((code) => code !== codeSha256);

/** What stands at a function or alias, and how it ran since it was deployed there. What cannot be read fails the check. */
export const stagingFacts = async (
  functionName: string,
  rules: readonly StagedIn[],
  tools: Tools,
): Promise<StagingFacts> => {
  const where = stagedFor(functionName, rules);
  if (where === null) return null;
  try {
    const [FunctionName = '', Qualifier] = where.split(':');
    const {
      CodeSha256 = '',
      LastModified = '',
      Version,
    } = await tools.lambda.send(
      new GetFunctionConfigurationCommand({
        FunctionName,
        ...(Qualifier === undefined ? {} : { Qualifier }),
      }),
    );
    if (Qualifier === undefined && (await servesOther(FunctionName, CodeSha256, tools.lambda)))
      return {
        where,
        error: `its aliases are on other code too, and CloudWatch counts all of them: name one (${where}:<alias>)`,
      };
    const place = {
      functionName: FunctionName,
      ...(Qualifier === undefined ? {} : { alias: Qualifier, version: Version ?? '$LATEST' }),
    };
    const [invocations = 0, errors = 0] = await sums(place, new Date(LastModified), tools);
    return { where, codeSha256: CodeSha256, since: LastModified, invocations, errors };
  } catch (error) {
    if (error instanceof ResourceNotFoundException)
      return { where, codeSha256: null, since: '', invocations: 0, errors: 0 };
    return { where, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
};
