import { type CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeStreamSummaryCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import {
  GetEventSourceMappingCommand,
  type LambdaClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Suspect } from '../suspect/describe';
import type { AsyncEvents, WaitingSource } from './losses';

export type LossTools = {
  readonly lambda: LambdaClient;
  readonly sqs: SQSClient;
  readonly kinesis: KinesisClient;
  readonly metrics: CloudWatchClient;
};

/** What reading the facts needs. GetMetricStatistics takes no resource. */
export const LOSS_PERMISSIONS = [
  'lambda:GetEventSourceMapping',
  'sqs:GetQueueUrl',
  'sqs:GetQueueAttributes',
  'kinesis:DescribeStreamSummary',
  'cloudwatch:GetMetricStatistics',
] as const;

const MINUTE = 60_000;

/** Losing a number makes the rest no less true: it is said as not known. */
const orUnknown = async <T>(read: Promise<T>): Promise<T | null> => read.catch(() => null);

type Reading = {
  readonly namespace: string;
  readonly metric: string;
  readonly dimension: string;
  readonly value: string;
};

/** A metric by the minute, from the minute in which `from` is to the one in which `to` is. */
const readMetric = async (
  metrics: CloudWatchClient,
  { namespace, metric, dimension, value }: Reading,
  statistic: 'Sum' | 'Maximum',
  from: Date,
  to: Date,
  periodSeconds = 60,
): Promise<readonly number[]> => {
  const { Datapoints = [] } = await metrics.send(
    new GetMetricStatisticsCommand({
      Namespace: namespace,
      MetricName: metric,
      Dimensions: [{ Name: dimension, Value: value }],
      StartTime: new Date(Math.floor(from.getTime() / MINUTE) * MINUTE),
      EndTime: new Date(Math.floor(to.getTime() / MINUTE + 1) * MINUTE),
      Period: periodSeconds,
      Statistics: [statistic],
    }),
  );
  return Datapoints.map((point) => point[statistic] ?? 0);
};

const ofFunction = (suspect: Suspect, metric: string): Reading => ({
  namespace: 'AWS/Lambda',
  metric,
  dimension: 'FunctionName',
  value: suspect.functionName,
});

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const most = (values: readonly number[]): number | null => (values.length === 0 ? null : Math.max(...values));

/**
 * What CloudWatch says of asynchronous events. `AsyncEventsDropped` counts those that were never handed over, with or
 * without a destination (developer guide, "Types of metrics"): up to the minute in which the destination was set they
 * are lost, after it they are held, but for `DestinationDeliveryFailures`.
 */
export const readAsyncEvents = async (
  suspect: Suspect,
  { metrics }: Pick<LossTools, 'metrics'>,
  times: { readonly containedAt: string | null; readonly heldSince: string | null },
  now: Date,
): Promise<AsyncEvents> => {
  const { containedAt, heldSince } = times;
  const read = (metric: string, statistic: 'Sum' | 'Maximum', from: Date, to: Date, period?: number) =>
    orUnknown(readMetric(metrics, ofFunction(suspect, metric), statistic, from, to, period));
  const before = containedAt === null ? now : new Date(containedAt);
  const ago = (minutes: number): Date => new Date(before.getTime() - minutes * MINUTE);
  const [received, waited, dropped, undelivered] = await Promise.all([
    read('AsyncEventsReceived', 'Sum', ago(24 * 60), before, 3600),
    read('AsyncEventAge', 'Maximum', ago(60), before),
    containedAt === null || heldSince === null
      ? null
      : read('AsyncEventsDropped', 'Sum', new Date(containedAt), new Date(heldSince)),
    heldSince === null ? null : read('DestinationDeliveryFailures', 'Sum', new Date(heldSince), now, 3600),
  ]);
  const queued = waited === null ? null : most(waited);
  return {
    heldSince,
    dropped: dropped === null ? null : sum(dropped),
    undelivered: undelivered === null ? null : sum(undelivered),
    lastDay: received === null ? null : sum(received),
    queuedSeconds: queued === null ? null : queued / 1000,
  };
};

const nameIn = (arn: string): string => arn.split(/[:/]/).at(-1) ?? arn;

const readQueue = async (arn: string, { sqs, metrics }: LossTools, at: Date) => {
  const [, , , , account = '', name = ''] = arn.split(':');
  const { QueueUrl } = await sqs.send(
    new GetQueueUrlCommand({ QueueName: name, QueueOwnerAWSAccountId: account }),
  );
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['MessageRetentionPeriod'] }),
  );
  const reading = {
    namespace: 'AWS/SQS',
    metric: 'ApproximateAgeOfOldestMessage',
    dimension: 'QueueName',
    value: name,
  };
  // SQS reports every minute while a queue is in use, a few minutes late.
  const ages = await orUnknown(
    readMetric(metrics, reading, 'Maximum', new Date(at.getTime() - 10 * MINUTE), at),
  );
  const keeps = Attributes?.MessageRetentionPeriod;
  return {
    keepsSeconds: keeps === undefined ? null : Number(keeps),
    oldestSeconds: ages === null ? null : most(ages),
  };
};

const readStream = async (arn: string, { kinesis }: LossTools) => {
  const { StreamDescriptionSummary } = await kinesis.send(
    // A consumer with enhanced fan-out is named below its stream.
    new DescribeStreamSummaryCommand({ StreamARN: arn.replace(/\/consumer\/.*$/, '') }),
  );
  const hours = StreamDescriptionSummary?.RetentionPeriodHours;
  return hours === undefined ? null : hours * 3600;
};

/** The oldest that the function had read lags by this; what lies in the stream is at most as much older. */
const readLag = async (suspect: Suspect, { metrics }: LossTools, at: Date): Promise<number | null> => {
  const lags = await orUnknown(
    readMetric(
      metrics,
      ofFunction(suspect, 'IteratorAge'),
      'Maximum',
      new Date(at.getTime() - 10 * MINUTE),
      at,
    ),
  );
  const lag = lags === null ? null : most(lags);
  return lag === null ? null : lag / 1000;
};

/** DynamoDB keeps a stream's records 24 hours, always (developer guide, "Change data capture for DynamoDB Streams"). */
const DYNAMODB_KEEPS_SECONDS = 24 * 3600;

const readSource = async (
  arn: string,
  mappingDropsAfterSeconds: number | null,
  suspect: Suspect,
  tools: LossTools,
  at: Date,
): Promise<WaitingSource> => {
  const [, , service = ''] = arn.split(':');
  const common = { name: nameIn(arn), mappingDropsAfterSeconds };
  switch (service) {
    case 'sqs': {
      const queue = await orUnknown(readQueue(arn, tools, at));
      return {
        ...common,
        kind: 'SQS',
        keepsSeconds: queue?.keepsSeconds ?? null,
        oldestSeconds: queue?.oldestSeconds ?? null,
      };
    }
    case 'kinesis': {
      const [keepsSeconds, oldestSeconds] = await Promise.all([
        orUnknown(readStream(arn, tools)),
        readLag(suspect, tools, at),
      ]);
      return {
        ...common,
        name: nameIn(arn.replace(/\/consumer\/.*$/, '')),
        kind: 'Kinesis',
        keepsSeconds,
        oldestSeconds,
      };
    }
    case 'dynamodb':
      return {
        ...common,
        // …:table/<name>/stream/<label>
        name: arn.split('/')[1] ?? arn,
        kind: 'DynamoDB',
        keepsSeconds: DYNAMODB_KEEPS_SECONDS,
        oldestSeconds: await readLag(suspect, tools, at),
      };
    default:
      return { ...common, kind: 'other', keepsSeconds: null, oldestSeconds: null };
  }
};

/**
 * The sources of the mappings that are (to be) off, by the mappings' ids; one that was deleted is left out. `at` is the
 * containment, or now for a plan: what waits is as old as the metrics said then.
 */
export const readWaitingSources = async (
  suspect: Suspect,
  mappingIds: readonly string[],
  tools: LossTools,
  at: Date,
): Promise<readonly WaitingSource[]> => {
  const sources = await Promise.all(
    mappingIds.map(async (UUID) => {
      try {
        const { EventSourceArn, MaximumRecordAgeInSeconds = -1 } = await tools.lambda.send(
          new GetEventSourceMappingCommand({ UUID }),
        );
        // -1 is for ever.
        const drops = MaximumRecordAgeInSeconds < 0 ? null : MaximumRecordAgeInSeconds;
        return await readSource(EventSourceArn ?? 'a self-managed source', drops, suspect, tools, at);
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return null;
        throw error;
      }
    }),
  );
  return sources.filter((source) => source !== null);
};
