import { Readable } from 'node:stream';
import {
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
  type Trail,
} from '@aws-sdk/client-cloudtrail';
import { paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import * as z from 'zod';
import {
  type Artifact,
  type Collector,
  type CollectorInput,
  type CollectorTools,
  type Continue,
  json,
} from '../collector';
import { jsonLine } from '../jsonLine';
import { isOverdue } from '../overdue';
import { readRecord } from '../trail/call';
import { coverOf } from '../trail/selectors';

type Kept = {
  readonly trail: string;
  readonly logging: boolean;
  readonly covers: 'all' | 'some' | 'none';
  /** Why it could not be found out; null where it could. */
  readonly unknown: string | null;
  readonly bucket: string;
  readonly prefix: string;
  /** The log group that the trail also writes to; null without one. */
  readonly logGroup: { readonly name: string; readonly accountId: string; readonly region: string } | null;
};

const logGroupOf = (arn: string | undefined): Kept['logGroup'] => {
  const [, , , region = '', accountId = '', , name = ''] = (arn ?? '').split(':');
  return name === '' ? null : { name, accountId, region };
};

/** A trail of the organization may be shown and not be readable: that is said of it, and the others are read. */
const look = async (
  { Name = '', TrailARN = Name, HomeRegion, S3BucketName = '', S3KeyPrefix = '', ...trail }: Trail,
  { suspect }: CollectorInput,
  { cloudTrailIn, signal }: CollectorTools,
): Promise<Kept> => {
  const client = cloudTrailIn(HomeRegion ?? suspect.region);
  const place = {
    trail: TrailARN,
    bucket: S3BucketName,
    prefix: S3KeyPrefix,
    logGroup: logGroupOf(trail.CloudWatchLogsLogGroupArn),
  };
  try {
    const selectors = await client.send(new GetEventSelectorsCommand({ TrailName: TrailARN }), {
      abortSignal: signal,
    });
    const { IsLogging } = await client.send(new GetTrailStatusCommand({ Name: TrailARN }), {
      abortSignal: signal,
    });
    return { ...place, logging: IsLogging === true, covers: coverOf(selectors, suspect.arn), unknown: null };
  } catch (error) {
    const unknown = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { ...place, logging: false, covers: 'none', unknown };
  }
};

const cursorSchema = z.object({ from: z.string(), to: z.string() });

type Progress = { lines: number; next: string | null };

/** The pattern is a filter, not a proof: the name can stand in a function's ARN, with or without a version behind it. */
const patternFor = (functionName: string): string =>
  `{ ($.eventSource = "lambda.amazonaws.com") && ($.eventName = "Invoke*") && ($.requestParameters.functionName = "*${functionName}*") }`;

async function* lines(
  logGroupName: string,
  { from, to }: { readonly from: string; readonly to: string },
  { suspect, incident }: CollectorInput,
  tools: CollectorTools,
  progress: Progress,
): AsyncGenerator<string> {
  const query = {
    logGroupName,
    startTime: Date.parse(from),
    endTime: Date.parse(to),
    filterPattern: patternFor(suspect.functionName),
  };
  for await (const page of paginateFilterLogEvents({ client: tools.logs }, query, {
    abortSignal: tools.signal,
  })) {
    for (const { timestamp, message } of page.events ?? []) {
      const { record, call } = readRecord(message, incident.id);
      const named = call.requestParameters?.functionName;
      const [name] =
        typeof named === 'string' ? named.replace(`${suspect.arn}`, suspect.functionName).split(':') : [];
      if (name !== suspect.functionName) continue;
      progress.lines += 1;
      yield jsonLine({ timestamp: new Date(timestamp ?? 0).toISOString(), record });
    }
    const last = page.events?.at(-1)?.timestamp;
    if (isOverdue(tools) && page.nextToken !== undefined && last !== undefined) {
      progress.next = new Date(last).toISOString();
      return;
    }
  }
}

/** Nobody's invocations are known to AWS but where a trail keeps them: what is missing, and where it is, in one sentence. */
const sayOf = (kept: readonly Kept[], read: Kept | undefined): string => {
  const logs = kept.filter(({ logging, covers }) => logging && covers !== 'none');
  const unknown = kept.filter((trail) => trail.unknown !== null);
  const unread = unknown.map(({ trail, unknown: why }) => `whether ${trail} has them is unknown (${why})`);
  if (logs.length === 0)
    return [
      'missing: no trail logs the invocations of this function (Lambda data events), so that who invoked it was never recorded',
      ...unread,
    ].join('; ');
  const places = logs.map(
    ({ trail, bucket, prefix, covers }) =>
      `${trail} logs ${covers === 'all' ? 'them' : 'some of them'} to s3://${bucket}/${prefix === '' ? '' : `${prefix}/`}AWSLogs/`,
  );
  return [
    ...places,
    read === undefined
      ? 'missing: none of these trails writes to a log group of this account and Region, and what lies in their buckets was not fetched'
      : `read from the log group ${read.logGroup?.name} of ${read.trail}`,
    ...unread,
  ].join('; ');
};

/** Who invoked the function in the window: only a trail that logs Lambda's data events knows. */
export const invocations: Collector = {
  id: 'invocations',
  title: 'Who invoked it',
  permissions: [
    'cloudtrail:DescribeTrails',
    'cloudtrail:GetEventSelectors',
    'cloudtrail:GetTrailStatus',
    'logs:FilterLogEvents',
  ],
  async *collect(input, tools): AsyncIterable<Artifact | Continue> {
    const { suspect } = input;
    const { trailList = [] } = await tools
      .cloudTrailIn(suspect.region)
      .send(new DescribeTrailsCommand({ includeShadowTrails: true }), { abortSignal: tools.signal });
    const kept = await Promise.all(trailList.map((trail) => look(trail, input, tools)));
    const read = kept.find(
      ({ logging, covers, logGroup }) =>
        logging &&
        covers !== 'none' &&
        logGroup?.accountId === suspect.accountId &&
        logGroup.region === suspect.region,
    );
    const said = sayOf(kept, read);
    yield {
      name: 'behaviour/invocation-trails.json',
      contentType: 'application/json',
      source: 'cloudtrail:DescribeTrails, cloudtrail:GetEventSelectors, cloudtrail:GetTrailStatus',
      body: json(kept),
      completeness: () => said,
    };
    if (read === undefined || read.logGroup === null) return;
    const cursor = cursorSchema.safeParse(input.cursor);
    const range = cursor.success ? cursor.data : { from: input.window.from, to: input.window.to };
    const progress: Progress = { lines: 0, next: null };
    yield {
      name: 'behaviour/invocations.jsonl',
      contentType: 'application/x-ndjson',
      source: `logs:FilterLogEvents ${read.logGroup.name} ${range.from} to ${range.to}`,
      body: Readable.from(lines(read.logGroup.name, range, input, tools, progress), { objectMode: false }),
      completeness: () =>
        `${progress.lines} invocations that ${read.trail} wrote to its log group${read.covers === 'some' ? '; it logs those by some callers alone' : ''}${progress.next === null ? '' : '; more follows in the next manifest'}. A trail writes some minutes later`,
    };
    if (progress.next !== null) yield { continueWith: { from: progress.next, to: range.to } };
  },
};
