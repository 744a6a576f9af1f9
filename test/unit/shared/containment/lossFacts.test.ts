import type { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { type LambdaClient, ResourceNotFoundException } from '@aws-sdk/client-lambda';
import { GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { readAsyncEvents, readWaitingSources } from '../../../../shared/containment/lossFacts';
import { aSuspect } from '../../../fixtures/suspect';

const AT = new Date('2026-11-20T10:05:30.000Z');

/** A CloudWatch that knows these metrics, and says what it was asked. */
const cloudWatchWith = (known: Readonly<Record<string, readonly object[]>>) => {
  const asked: GetMetricStatisticsCommand['input'][] = [];
  const metrics = {
    send: async ({ input }: GetMetricStatisticsCommand) => {
      asked.push(input);
      const Datapoints = known[input.MetricName ?? ''];
      if (Datapoints === undefined) throw new Error('denied');
      return { Datapoints };
    },
  } as unknown as CloudWatchClient;
  return { asked, metrics };
};

const EVERY_METRIC = {
  AsyncEventsReceived: [{ Sum: 30 }, { Sum: 10 }],
  AsyncEventAge: [{ Maximum: 1500 }],
  AsyncEventsDropped: [{ Sum: 2 }, { Sum: 1 }],
  DestinationDeliveryFailures: [],
  ApproximateAgeOfOldestMessage: [{ Maximum: 60 }, { Maximum: 90 }],
  IteratorAge: [{ Maximum: 5000 }],
};

describe('the facts about asynchronous events', () => {
  const times = { containedAt: AT.toISOString(), heldSince: '2026-11-20T10:06:10.000Z' };
  const now = new Date('2026-11-20T10:20:00.000Z');

  it('are read by the minute, from that of the containment to that in which they were held', async () => {
    const { asked, metrics } = cloudWatchWith(EVERY_METRIC);

    expect(await readAsyncEvents(aSuspect(), { metrics }, times, now)).toEqual({
      heldSince: times.heldSince,
      dropped: 3,
      undelivered: 0,
      lastDay: 40,
      queuedSeconds: 1.5,
    });
    expect(asked.find(({ MetricName }) => MetricName === 'AsyncEventsDropped')).toMatchObject({
      Namespace: 'AWS/Lambda',
      Dimensions: [{ Name: 'FunctionName', Value: 'order-worker' }],
      StartTime: new Date('2026-11-20T10:05:00.000Z'),
      EndTime: new Date('2026-11-20T10:07:00.000Z'),
      Period: 60,
      Statistics: ['Sum'],
    });
  });

  it('are not known where CloudWatch does not answer', async () => {
    expect(await readAsyncEvents(aSuspect(), cloudWatchWith({}), times, now)).toEqual({
      heldSince: times.heldSince,
      dropped: null,
      undelivered: null,
      lastDay: null,
      queuedSeconds: null,
    });
  });

  it('of a plan are what came before', async () => {
    const { asked, metrics } = cloudWatchWith(EVERY_METRIC);
    const plan = { containedAt: null, heldSince: null };

    expect(await readAsyncEvents(aSuspect(), { metrics }, plan, now)).toMatchObject({
      dropped: null,
      undelivered: null,
      lastDay: 40,
    });
    expect(new Set(asked.map(({ MetricName }) => MetricName))).toEqual(
      new Set(['AsyncEventAge', 'AsyncEventsReceived']),
    );
  });
});

describe('the facts about sources', () => {
  const MAPPINGS: Readonly<Record<string, object>> = {
    queue: { EventSourceArn: 'arn:aws:sqs:eu-west-1:123456789012:orders' },
    stream: {
      EventSourceArn: 'arn:aws:kinesis:eu-west-1:123456789012:stream/payments/consumer/c:1',
      MaximumRecordAgeInSeconds: -1,
    },
    table: {
      EventSourceArn: 'arn:aws:dynamodb:eu-west-1:123456789012:table/carts/stream/2026-11-01T00:00:00.000',
      MaximumRecordAgeInSeconds: 3600,
    },
    kafka: {},
  };
  const toolsWith = (metrics: Readonly<Record<string, readonly object[]>>, denied = false) => {
    const orDenied = <T>(answer: T): T => {
      if (denied) throw new Error('denied');
      return answer;
    };
    return {
      ...cloudWatchWith(metrics),
      lambda: {
        send: async ({ input: { UUID } }: { input: { UUID: string } }) => {
          const found = MAPPINGS[UUID];
          if (found === undefined) throw new ResourceNotFoundException({ message: 'gone', $metadata: {} });
          return found;
        },
      } as unknown as LambdaClient,
      sqs: {
        send: async (command: object) =>
          orDenied(
            command instanceof GetQueueUrlCommand
              ? { QueueUrl: 'https://queue' }
              : { Attributes: { MessageRetentionPeriod: '345600' } },
          ),
      } as unknown as SQSClient,
      kinesis: {
        send: async ({ input }: { input: { StreamARN: string } }) =>
          orDenied({
            StreamDescriptionSummary: {
              RetentionPeriodHours: input.StreamARN.endsWith('stream/payments') ? 48 : 0,
            },
          }),
      } as unknown as KinesisClient,
    };
  };

  it('are how long each keeps what waits, and how old that is', async () => {
    expect(
      await readWaitingSources(
        aSuspect(),
        ['queue', 'stream', 'table', 'kafka', 'deleted'],
        toolsWith(EVERY_METRIC),
        AT,
      ),
    ).toEqual([
      {
        kind: 'SQS',
        name: 'orders',
        keepsSeconds: 345_600,
        mappingDropsAfterSeconds: null,
        oldestSeconds: 90,
      },
      {
        kind: 'Kinesis',
        name: 'payments',
        keepsSeconds: 172_800,
        mappingDropsAfterSeconds: null,
        oldestSeconds: 5,
      },
      {
        kind: 'DynamoDB',
        name: 'carts',
        keepsSeconds: 86_400,
        mappingDropsAfterSeconds: 3600,
        oldestSeconds: 5,
      },
      {
        kind: 'other',
        name: 'a self-managed source',
        keepsSeconds: null,
        mappingDropsAfterSeconds: null,
        oldestSeconds: null,
      },
    ]);
  });

  it('are not known where nobody may ask, and no reason to fail', async () => {
    expect(await readWaitingSources(aSuspect(), ['queue', 'stream'], toolsWith({}, true), AT)).toMatchObject([
      { kind: 'SQS', keepsSeconds: null, oldestSeconds: null },
      { kind: 'Kinesis', keepsSeconds: null, oldestSeconds: null },
    ]);
  });
});
