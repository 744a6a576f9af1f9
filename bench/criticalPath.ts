import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import type { Instance } from '../local/instance';
import { until } from '../local/until';
import { type CallRecorder, recordCalls } from './callRecorder';
import { configure, type Responder, untilQuiet } from './responders';
import { places } from './statistics';
import { isThrottled, makeSuspects } from './suspects';

export type Call = {
  readonly functionName: string;
  readonly name: string;
  /** Its place in the chain of calls that wait for one another, within its function. */
  readonly place: number;
};

export type CriticalPath = {
  readonly calls: readonly Call[];
  /** Until the call that throttles the function has its answer, and until that was read back. */
  readonly untilThrottled: Extent;
  readonly untilReadBack: Extent;
};
type Extent = { readonly calls: number; readonly sequential: number };

/** Lambda's events carry the version of its API in their name. */
const plain = (eventName: string): string => eventName.replace(/\d{8}(?:v\d)?$/, '');

/** What CloudTrail calls the calls that a function has made since, by their request ids. */
const namesOf = async (
  { aws }: Instance,
  functionName: string,
  StartTime: Date,
): Promise<ReadonlyMap<string, string>> => {
  const { endpoint, region, accessKeyId, secretAccessKey } = aws;
  const trail = new CloudTrailClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  const names = new Map<string, string>();
  let NextToken: string | undefined;
  do {
    const page = await trail.send(
      new LookupEventsCommand({
        LookupAttributes: [{ AttributeKey: 'Username', AttributeValue: functionName }],
        StartTime,
        NextToken,
      }),
    );
    for (const { CloudTrailEvent = '{}', EventName = '' } of page.Events ?? [])
      names.set(String((JSON.parse(CloudTrailEvent) as { requestID?: string }).requestID), plain(EventName));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return names;
};

/** Lets a function call AWS through the recorder; gives what puts its configuration back. */
const route = async (
  { clients }: Instance,
  FunctionName: string,
  { endpoint }: CallRecorder,
): Promise<() => Promise<void>> => {
  const { Environment } = await clients.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const Variables = Environment?.Variables ?? {};
  await configure(clients, FunctionName, {
    Environment: { Variables: { ...Variables, AWS_ENDPOINT_URL: endpoint } },
  });
  return () => configure(clients, FunctionName, { Environment: { Variables } });
};

/**
 * The calls that one incident makes until its function is throttled and seen to be so: made by the deployed functions,
 * recorded on their way, named by CloudTrail.
 */
export const readCriticalPath = async (instance: Instance, responder: Responder): Promise<CriticalPath> => {
  const { hot } = responder;
  const from = new Date();
  const recorders = await Promise.all(hot.map(() => recordCalls(instance.aws.endpoint)));
  const restores = await Promise.all(
    hot.map((name, index) => route(instance, name, recorders[index] as CallRecorder)),
  );
  try {
    const suspects = await makeSuspects(instance.clients, 2);
    for (const suspect of suspects) {
      // Of the last incident alone: the first one's functions start cold.
      for (const { forget } of recorders) forget();
      await responder.report(suspect);
      await until(`${suspect.name} is throttled`, 60, () => isThrottled(instance.clients, suspect));
      await untilQuiet(instance.clients, responder);
    }
    const names = await Promise.all(hot.map((name) => namesOf(instance, name, from)));
    return extentsOf(
      hot.flatMap((functionName, index) => {
        const calls = (recorders[index] as CallRecorder).calls.toSorted((a, b) => a.startedAt - b.startedAt);
        const placed = places(calls);
        return calls.map((call, at) => ({
          ...call,
          functionName,
          name: `${call.service} ${names[index]?.get(call.requestId) ?? 'unknown call'}`,
          place: placed[at] ?? 0,
        }));
      }),
    );
  } finally {
    await Promise.all(restores.map((restore) => restore()));
    await Promise.all(recorders.map((recorder) => recorder.close()));
  }
};

type Timed = Call & { readonly startedAt: number; readonly endedAt: number };

const extentsOf = (calls: readonly Timed[]): CriticalPath => {
  const throttle = calls.find(({ name }) => name === 'lambda PutFunctionConcurrency');
  if (throttle === undefined)
    throw new Error(
      `no call throttled the function: nothing can be said of its path (${calls.map(({ name }) => name).join(', ') || 'no calls'})`,
    );
  const readBack = calls.find(
    ({ name, startedAt }) => name === 'lambda GetFunctionConcurrency' && startedAt >= throttle.endedAt,
  );
  const upTo = ({ endedAt }: Timed): Extent => {
    const made = calls.filter(({ startedAt }) => startedAt < endedAt);
    const waiting = places(made.filter((call) => call.endedAt <= endedAt));
    return { calls: made.length, sequential: Math.max(0, ...waiting) };
  };
  const last = readBack ?? throttle;
  return {
    calls: calls
      .filter(({ startedAt }) => startedAt < last.endedAt)
      .map(({ functionName, name, place }) => ({ functionName, name, place })),
    untilThrottled: upTo(throttle),
    untilReadBack: upTo(last),
  };
};
