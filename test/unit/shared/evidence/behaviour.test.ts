import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient } from '@aws-sdk/client-sfn';
import { XRayClient } from '@aws-sdk/client-xray';
import type { CollectorInput, CollectorTools } from '../../../../shared/evidence/collector';
import { changes } from '../../../../shared/evidence/collectors/changes';
import { environment } from '../../../../shared/evidence/collectors/environment';
import { invocations } from '../../../../shared/evidence/collectors/invocations';
import { metrics } from '../../../../shared/evidence/collectors/metrics';
import { roleSessions } from '../../../../shared/evidence/collectors/roleSessions';
import { namesFunction, stepFunctions } from '../../../../shared/evidence/collectors/stepFunctions';
import { traces } from '../../../../shared/evidence/collectors/traces';
import { type Answers, answered, type Call, OF_NOBODY } from '../../../fixtures/answered';
import { collect } from '../../../fixtures/collected';
import { anIncident } from '../../../fixtures/incident';
import { aSuspect } from '../../../fixtures/suspect';

/** Answers in the shape of AWS's, for what the local AWS lacks: pages, other Regions, log groups of trails. */
const NOW = new Date('2026-11-20T12:00:00.000Z');
const WINDOW = { from: '2026-11-19T10:05:01.000Z', to: NOW.toISOString() };
const suspect = aSuspect();
const input: CollectorInput = { incident: anIncident(), suspect, window: WINDOW };

const toolsOf = (answers: Answers, calls: Call[] = [], regions: string[] = []): CollectorTools => {
  let minutes = 0;
  const tools = {
    lambda: answered(new LambdaClient(OF_NOBODY), answers, calls),
    logs: answered(new CloudWatchLogsClient(OF_NOBODY), answers, calls),
    metrics: answered(new CloudWatchClient(OF_NOBODY), answers, calls),
    xray: answered(new XRayClient(OF_NOBODY), answers, calls),
    stepFunctions: answered(new SFNClient(OF_NOBODY), answers, calls),
    cloudTrailIn: (region: string) => {
      regions.push(region);
      return answered(new CloudTrailClient(OF_NOBODY), answers, calls);
    },
    // Every look at the clock is a minute later.
    records: { now: () => new Date(NOW.getTime() + 60_000 * minutes++) },
    deadline: new Date(NOW.getTime() + 24 * 60 * 60_000),
    signal: new AbortController().signal,
  };
  return tools as unknown as CollectorTools;
};

const event = (EventId: string, second: number, record: object = {}) => ({
  EventId,
  EventName: 'UpdateFunctionCode20150331v2',
  EventTime: new Date(NOW.getTime() - second * 1000),
  CloudTrailEvent: JSON.stringify({ eventID: EventId, eventSource: 'lambda.amazonaws.com', ...record }),
});

describe('the trail of changes', () => {
  it("is read page after page, in the function's Region and in that of IAM, each event once", async () => {
    const regions: string[] = [];
    const calls: Call[] = [];
    const LookupEvents = ({ NextToken }: Readonly<Record<string, unknown>>) =>
      NextToken === undefined
        ? { Events: [event('a', 1)], NextToken: 'more' }
        : { Events: [event('a', 1), event('b', 2)] };
    const { lines, continueWith } = await collect(changes, input, toolsOf({ LookupEvents }, calls, regions));

    expect(lines('behaviour/management-events.jsonl').map(({ eventId }) => eventId)).toEqual(['a', 'b']);
    expect(new Set(regions)).toEqual(new Set(['eu-west-1', 'us-east-1']));
    expect(calls).toHaveLength(8);
    expect(continueWith).toBeNull();
    // 90 days, whatever the window.
    expect(new Date(String(calls[0]?.input.StartTime)).getTime()).toBe(NOW.getTime() - 90 * 24 * 3_600_000);
  });

  it('of a later gathering is what came since', async () => {
    const calls: Call[] = [];
    const window = { from: '2026-11-20T11:45:00.000Z', to: NOW.toISOString() };
    await collect(changes, { ...input, window }, toolsOf({ LookupEvents: () => ({ Events: [] }) }, calls));

    expect(calls[0]?.input.StartTime).toEqual(new Date(window.from));
  });

  it('goes on in the search where it was interrupted, and makes headway where a second has more than a page', async () => {
    const all = Array.from({ length: 130 }, (_, index) => event(`e${index}`, index < 120 ? 1 : 2));
    const LookupEvents = ({ NextToken, EndTime, LookupAttributes }: Readonly<Record<string, unknown>>) => {
      const [{ AttributeValue } = { AttributeValue: '' }] = LookupAttributes as { AttributeValue: string }[];
      if (AttributeValue !== suspect.functionName) return { Events: [] };
      const found = all.filter(({ EventTime }) => EventTime <= (EndTime as Date));
      const from = Number(NextToken ?? 0);
      return {
        Events: found.slice(from, from + 50),
        ...(from + 50 < found.length ? { NextToken: String(from + 50) } : {}),
      };
    };
    const found = new Set<unknown>();
    let cursor: CollectorInput['cursor'];
    let rounds = 0;
    do {
      const tools = { ...toolsOf({ LookupEvents }), deadline: NOW };
      const part: Awaited<ReturnType<typeof collect>> = await collect(
        changes,
        { ...input, ...(cursor === undefined ? {} : { cursor }) },
        tools,
      );
      for (const { eventId } of part.lines('behaviour/management-events.jsonl')) found.add(eventId);
      expect(JSON.stringify(part.continueWith).length).toBeLessThan(4096);
      cursor = part.continueWith ?? undefined;
      rounds += 1;
    } while (cursor !== undefined && rounds < 20);

    expect(found.size).toBe(130);
    expect(rounds).toBeLessThan(10);
  });

  it('fails where it is refused, and the manifest says so', async () => {
    const denied = () => {
      throw Object.assign(new Error('not allowed'), { name: 'AccessDeniedException' });
    };
    await expect(collect(changes, input, toolsOf({ LookupEvents: denied }))).rejects.toThrow('not allowed');
  });
});

describe("what the role's sessions did", () => {
  const session = (EventId: string, issuer: string) =>
    event(EventId, 1, {
      eventName: 'ListBuckets',
      userIdentity: { type: 'AssumedRole', sessionContext: { sessionIssuer: { arn: issuer } } },
    });
  const assumed = (EventId: string, roleSessionName: string, accessKeyId: string) => ({
    ...event(EventId, 2, {
      eventName: 'AssumeRole',
      requestParameters: { roleArn: suspect.roleArn, roleSessionName },
      responseElements: { credentials: { accessKeyId } },
    }),
    EventName: 'AssumeRole',
  });

  it('follows the keys of others who assumed it, and no more than fit a cursor', async () => {
    const calls: Call[] = [];
    const keys = Array.from({ length: 70 }, (_, index) => `ASIA${String(index).padStart(16, '0')}`);
    const LookupEvents = ({ LookupAttributes }: Readonly<Record<string, unknown>>) => {
      const [{ AttributeKey, AttributeValue } = { AttributeKey: '', AttributeValue: '' }] =
        LookupAttributes as { AttributeKey: string; AttributeValue: string }[];
      if (AttributeKey === 'ResourceName')
        return {
          Events: [
            assumed('own', suspect.functionName, 'ASIAOWNOWNOWNOWNOWN0'),
            assumed('odd', 'x', '../../etc/passwd'),
            ...keys.map((key, index) => assumed(`as-${index}`, 'thief', key)),
          ],
        };
      return AttributeKey === 'Username'
        ? { Events: [session('mine', suspect.roleArn), session('another', 'arn:aws:iam::1:role/other')] }
        : { Events: [session(`by-${AttributeValue}`, suspect.roleArn)] };
    };
    const { lines, completeness } = await collect(roleSessions, input, toolsOf({ LookupEvents }, calls));
    const ids = lines('behaviour/role-sessions.jsonl').map(({ eventId }) => eventId);

    expect(ids).toEqual(expect.arrayContaining(['own', 'mine', `by-${keys[0]}`, `by-${keys[59]}`]));
    expect(ids).not.toContain('another');
    expect(ids).not.toContain(`by-${keys[60]}`);
    expect(completeness('behaviour/role-sessions.jsonl')).toContain(
      '10 more sessions of others were not followed',
    );
    expect(JSON.stringify(calls)).not.toContain('passwd');
  });
});

describe('who invoked it', () => {
  const trail = (more: object = {}) => ({
    Name: 'org',
    TrailARN: 'arn:aws:cloudtrail:eu-west-1:999999999999:trail/org',
    HomeRegion: 'eu-west-1',
    S3BucketName: 'org-trail',
    S3KeyPrefix: 'logs',
    ...more,
  });
  const logging = {
    GetEventSelectors: () => ({
      EventSelectors: [{ DataResources: [{ Type: 'AWS::Lambda::Function', Values: ['arn:aws:lambda'] }] }],
    }),
    GetTrailStatus: () => ({ IsLogging: true }),
  };
  const said = 'behaviour/invocation-trails.json';

  it('is read from the log group of the trail, and is of this function alone', async () => {
    const calls: Call[] = [];
    const invoke = (functionName: string) => ({
      timestamp: NOW.getTime(),
      message: JSON.stringify({ eventName: 'Invoke', requestParameters: { functionName } }),
    });
    const { lines, completeness } = await collect(
      invocations,
      input,
      toolsOf(
        {
          ...logging,
          DescribeTrails: () => ({
            trailList: [
              trail({
                CloudWatchLogsLogGroupArn: `arn:aws:logs:eu-west-1:${suspect.accountId}:log-group:trail/all:*`,
              }),
            ],
          }),
          FilterLogEvents: () => ({
            events: [
              invoke(suspect.arn),
              invoke(`${suspect.arn}:live`),
              invoke(`${suspect.arn}-2`),
              { timestamp: NOW.getTime(), message: 'no JSON' },
            ],
          }),
        },
        calls,
      ),
    );

    expect(lines('behaviour/invocations.jsonl')).toHaveLength(2);
    expect(completeness('behaviour/invocations.jsonl')).toMatch(/^2 invocations/);
    expect(calls.find(({ name }) => name === 'FilterLogEvents')?.input).toMatchObject({
      logGroupName: 'trail/all',
      filterPattern: expect.stringContaining('*order-worker*'),
    });
  });

  it.each<[string, Answers, RegExp]>([
    ['no trail is there', { DescribeTrails: () => ({ trailList: [] }) }, /^missing: no trail logs/],
    [
      'the trail has stopped',
      {
        ...logging,
        DescribeTrails: () => ({ trailList: [trail()] }),
        GetTrailStatus: () => ({ IsLogging: false }),
      },
      /^missing: no trail logs/,
    ],
    [
      "the organization's trail cannot be read",
      {
        DescribeTrails: () => ({ trailList: [trail()] }),
        GetEventSelectors: () => {
          throw new Error('not yours');
        },
      },
      /^missing: no trail logs.*; whether arn:aws:cloudtrail:\S+ has them is unknown \(Error: not yours\)$/,
    ],
    [
      'it writes to a bucket alone',
      { ...logging, DescribeTrails: () => ({ trailList: [trail()] }) },
      /logs them to s3:\/\/org-trail\/logs\/AWSLogs\/; missing: none of these trails writes to a log group/,
    ],
    [
      'its log group is in another account',
      {
        ...logging,
        DescribeTrails: () => ({
          trailList: [
            trail({ CloudWatchLogsLogGroupArn: 'arn:aws:logs:eu-west-1:999999999999:log-group:g:*' }),
          ],
        }),
      },
      /missing: none of these trails writes to a log group/,
    ],
  ])('is stated as missing where %s', async (_why, answers, sentence) => {
    const { artifacts, completeness } = await collect(invocations, input, toolsOf(answers));

    expect(completeness(said)).toMatch(sentence);
    expect(artifacts.map(({ name }) => name)).toEqual([said]);
  });
});

describe('metrics', () => {
  it('come in pages, and what CloudWatch could not give is said', async () => {
    const GetMetricData = ({ NextToken }: Readonly<Record<string, unknown>>) =>
      NextToken === undefined
        ? {
            MetricDataResults: [{ Id: 'm0', Timestamps: [NOW], Values: [1], StatusCode: 'PartialData' }],
            NextToken: 'more',
          }
        : {
            MetricDataResults: [
              {
                Id: 'm0',
                Timestamps: [new Date(NOW.getTime() + 60_000)],
                Values: [2],
                StatusCode: 'Complete',
              },
              { Id: 'm1', Timestamps: [], Values: [], StatusCode: 'InternalError' },
            ],
            Messages: [],
          };
    const { json, completeness } = await collect(
      metrics,
      input,
      toolsOf({ ListMetrics: () => ({ Metrics: [] }), GetMetricData }),
    );
    const { metrics: measured } = json('behaviour/metrics.json') as {
      metrics: readonly { points: readonly { value: number }[] }[];
    };

    expect(measured[0]?.points.map(({ value }) => value)).toEqual([1, 2]);
    expect(completeness('behaviour/metrics.json')).toContain('Errors: InternalError');
  });
});

describe('traces', () => {
  it('are put together from the pages in which a long one comes, and one without segments is counted', async () => {
    const calls: Call[] = [];
    const window = { from: '2026-10-01T00:00:00.000Z', to: NOW.toISOString() };
    let first = true;
    const { lines, completeness } = await collect(
      traces,
      { ...input, window },
      toolsOf(
        {
          GetTraceSummaries: () => {
            const found = first ? [{ Id: '1-a' }, { Id: '1-b' }] : [];
            first = false;
            return { TraceSummaries: found };
          },
          BatchGetTraces: ({ NextToken }) =>
            NextToken === undefined
              ? {
                  Traces: [{ Id: '1-a', Duration: 3, Segments: [{ Id: 's1', Document: '{}' }] }],
                  NextToken: 'more',
                }
              : { Traces: [{ Id: '1-a', Segments: [{ Id: 's2', Document: '{}' }] }] },
        },
        calls,
      ),
    );
    const summaries = calls
      .filter(({ name }) => name === 'GetTraceSummaries')
      .map(({ input: asked }) => asked);

    expect(lines('behaviour/traces.jsonl')).toEqual([
      {
        summary: { Id: '1-a' },
        trace: { Id: '1-a', Duration: 3, Segments: [expect.anything(), expect.anything()] },
      },
      { summary: { Id: '1-b' }, trace: null },
    ]);
    expect(completeness('behaviour/traces.jsonl')).toBe(
      'a sample: 2 traces, of the requests that X-Ray kept. Most are never traced; X-Ray keeps 30 days; 1 without their segments',
    );
    // 30 days in pieces of six hours.
    expect(summaries.length).toBe(120);
    for (const { StartTime, EndTime } of summaries)
      expect((EndTime as Date).getTime() - (StartTime as Date).getTime()).toBeLessThanOrEqual(6 * 3_600_000);
  });

  it('go on at the hour where they were interrupted', async () => {
    const answers = { GetTraceSummaries: () => ({ TraceSummaries: [] }) };
    const tools = { ...toolsOf(answers), deadline: new Date(NOW.getTime() + 3 * 60_000) };
    const { continueWith } = await collect(traces, input, tools);

    expect(continueWith).toEqual({ from: expect.any(String), to: WINDOW.to });
    const { from } = continueWith as { readonly from: string };
    expect(Date.parse(from)).toBeGreaterThan(Date.parse(WINDOW.from));
    const rest = await collect(traces, { ...input, cursor: continueWith ?? {} }, toolsOf(answers));
    expect(rest.continueWith).toBeNull();
  });
});

describe('a state machine', () => {
  it.each([
    ['"arn:aws:lambda:eu-west-1:123456789012:function:order-worker"', true],
    ['"arn:aws:lambda:eu-west-1:123456789012:function:order-worker:live"', true],
    ['{"FunctionName":"order-worker"}', true],
    ['"arn:aws:lambda:eu-west-1:123456789012:function:order-worker-2"', false],
    ['"arn:aws:lambda:eu-west-1:123456789012:function:my-order-worker"', false],
    ['', false],
  ])('that says %s names the function: %p', (text, names) => {
    expect(namesFunction(text, suspect)).toBe(names);
  });

  it('that cannot be read is said, and the others are read; an old execution is listed while it runs', async () => {
    const old = { executionArn: 'old', startDate: new Date('2026-06-01'), status: 'RUNNING' };
    const { lines, completeness } = await collect(
      stepFunctions,
      input,
      toolsOf({
        ListStateMachines: () => ({
          stateMachines: [{ stateMachineArn: 'arn:b' }, { stateMachineArn: 'arn:a' }],
        }),
        DescribeStateMachine: ({ stateMachineArn }) => {
          if (stateMachineArn === 'arn:a') throw new Error('not allowed');
          return { type: 'STANDARD', definition: '{"Resource":"order-worker"}' };
        },
        ListExecutions: () => ({ executions: [old] }),
        GetExecutionHistory: () => ({ events: [{ id: 1, type: 'ExecutionStarted' }] }),
      }),
    );

    expect(lines('behaviour/step-functions.jsonl').map((line) => Object.keys(line)[0])).toEqual([
      'stateMachine',
      'executionArn',
      'execution',
    ]);
    expect(completeness('behaviour/step-functions.jsonl')).toContain('not read: arn:a (Error: not allowed)');
  });
});

describe('values of an environment', () => {
  it('that Lambda could not decrypt for us are said to be missing', async () => {
    const { completeness } = await collect(
      environment,
      input,
      toolsOf({
        GetFunctionConfiguration: () => ({
          Version: '$LATEST',
          Environment: { Error: { ErrorCode: 'AccessDeniedException', Message: 'kms:Decrypt' } },
        }),
        ListVersionsByFunction: () => ({ Versions: [] }),
      }),
    );

    expect(completeness('configuration/environment.json')).toContain('missing: 1 environments');
  });
});
