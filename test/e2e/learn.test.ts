import { randomUUID } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { until } from '../../local/until';
import { type Baseline, isBaseline, parseBaseline } from '../../shared/detection/baseline/baseline';
import { enter, incidentOf, type Made, makeFunction, reservedOf, type World } from './world';

const HOUR = 3_600_000;
const DAYS = 20;
const ACCOUNT = '000000000000';

describe('what a function usually does', () => {
  let world: World;
  beforeAll(async () => {
    world = await enter();
  });
  const prefix = (): string => world.instance.stack.incidentTable.replace(/-incidents$/, '');

  const call = (
    { arn, role, roleName, name }: Made,
    time: number,
    eventSource: string,
    eventName: string,
  ) => ({
    eventVersion: '1.11',
    eventID: randomUUID(),
    eventTime: new Date(time).toISOString(),
    eventSource: `${eventSource}.amazonaws.com`,
    eventName,
    awsRegion: world.instance.aws.region,
    recipientAccountId: '000000000000',
    sourceIPAddress: '198.51.100.7',
    userAgent: 'aws-sdk-js/3.900.0 exec-env/AWS_Lambda_nodejs24.x',
    userIdentity: {
      type: 'AssumedRole',
      accountId: '000000000000',
      arn: `arn:aws:sts::000000000000:assumed-role/${roleName}/${name}`,
      sessionContext: { sessionIssuer: { type: 'Role', arn: role } },
      inScopeOf: { issuerType: 'AWS::Lambda::Function', credentialsIssuedTo: arn },
    },
  });

  /** As a trail writes a log file; S3 tells EventBridge of it. */
  const write = async (Records: readonly object[], packed = gzipSync(JSON.stringify({ Records }))) => {
    await world.instance.clients.s3.send(
      new PutObjectCommand({
        Bucket: `${prefix()}-trail-${ACCOUNT}-${world.instance.aws.region}`,
        Key: `${prefix()}/AWSLogs/${ACCOUNT}/CloudTrail/${world.instance.aws.region}/${randomUUID()}.json.gz`,
        Body: packed,
      }),
    );
  };

  const baselineOf = async ({ arn }: Made): Promise<{ baseline: Baseline; revision: number } | null> => {
    const { Item } = await world.records.db.send(
      new GetCommand({ TableName: `${prefix()}-baselines`, Key: { pk: arn }, ConsistentRead: true }),
    );
    if (Item === undefined) return null;
    const baseline = parseBaseline(JSON.parse(gunzipSync(Item.packed as Uint8Array).toString('utf8')));
    if (!isBaseline(baseline)) return null;
    return { baseline, revision: Item.revision as number };
  };

  const revisionIs = (made: Made, revision: number): Promise<unknown> =>
    until(`revision ${revision} of the baseline`, 60, async () => {
      const stored = await baselineOf(made);
      return (stored?.revision ?? 0) >= revision ? stored : null;
    });

  it('is learned from the files of a trail, and what is new then is told and asked about', async () => {
    const made = await makeFunction(world, { mode: 'respond' });
    const now = Date.now();
    const usual = Array.from({ length: DAYS * 24 }, (_, hour) =>
      call(made, now - (DAYS * 24 - hour) * HOUR, 'dynamodb', 'GetItem'),
    );
    await write(usual);
    await revisionIs(made, 1);
    // The same file again, as S3 and EventBridge deliver at least once; and what does not depart from it.
    await write([...usual.slice(-20), call(made, now, 'dynamodb', 'GetItem')]);
    await revisionIs(made, 2);

    await write([call(made, now, 'rds', 'DescribeDBInstances')]);
    const incident = await incidentOf(world, made, 'asking');

    const [witness, ...others] = Object.values(incident.witnesses);
    expect(others).toEqual([]);
    expect(witness).toMatchObject({ rule: 'baseline-new-api', observer: 'behaviour', severity: 5 });
    expect(witness?.description).toContain('rds:DescribeDBInstances is new');
    expect(incident.because.join()).toContain('at most ask');
    expect(await reservedOf(world, made)).toBeNull();
    const stored = await baselineOf(made);
    expect(stored?.baseline.learned).not.toBeNull();
  });

  it('loses nothing where files come at once, and begins anew where what was stored cannot be read', async () => {
    const made = await makeFunction(world);
    await world.records.db.send(
      new PutCommand({
        TableName: `${prefix()}-baselines`,
        Item: { pk: made.arn, revision: 7, packed: gzipSync('{"version":9}') },
      }),
    );
    const now = Date.now();
    await Promise.all(
      Array.from({ length: 6 }, (_, file) =>
        write(
          Array.from({ length: 20 }, (_, index) =>
            call(made, now - HOUR * (file * 20 + index + 24), 'dynamodb', 'Query'),
          ),
        ),
      ),
    );
    await revisionIs(made, 13);
    const { baseline } = (await baselineOf(made)) ?? {};
    const [[api, times = 0] = []] = baseline?.facets.api.entries ?? [];

    expect(api).toBe('dynamodb:Query');
    // Each counts a little less than one, by its age.
    expect(times).toBeGreaterThan(110);
    expect(times).toBeLessThanOrEqual(120);
    expect(baseline?.ids).toHaveLength(120);
  });

  it('is judged by its data events too, which wake no detector', async () => {
    const made = await makeFunction(world, { mode: 'respond' });
    const encrypt = (key: number) => ({
      ...call(made, Date.now(), 's3', 'PutObject'),
      requestParameters: {
        bucketName: 'records',
        key: `row-${key}`,
        'x-amz-server-side-encryption-customer-algorithm': 'AES256',
      },
    });
    await write(Array.from({ length: 40 }, (_, key) => encrypt(key)));
    const { witnesses } = await incidentOf(world, made, 'contained');

    expect(Object.values(witnesses)).toEqual([
      expect.objectContaining({ rule: 'encrypted-with-customer-keys', severity: 8 }),
    ]);
  });

  it('keeps bytes sent and processor time that Lambda Insights counts, from the schedule', async () => {
    const made = await makeFunction(world);
    const hour = new Date(Math.floor(Date.now() / HOUR) * HOUR - HOUR / 2);
    await world.instance.clients.metrics.send(
      new PutMetricDataCommand({
        Namespace: 'LambdaInsights',
        MetricData: [
          ['tx_bytes', 50_000_000],
          ['cpu_total_time', 1200],
        ].map(([MetricName, Value]) => ({
          MetricName: String(MetricName),
          Value: Number(Value),
          Timestamp: hour,
          Dimensions: [{ Name: 'function_name', Value: made.name }],
        })),
      }),
    );
    const { FunctionError, Payload } = await world.instance.clients.lambda.send(
      new InvokeCommand({
        FunctionName: `${prefix()}-learn`,
        Payload: Buffer.from(JSON.stringify({ 'detail-type': 'Scheduled Event' })),
      }),
    );

    expect([FunctionError, Buffer.from(Payload ?? '').toString()]).toEqual([undefined, expect.any(String)]);
    const { baseline } = (await baselineOf(made)) ?? {};
    expect(baseline?.series.sent.since).toBe(Math.floor(hour.getTime() / HOUR));
    expect(baseline?.series.processed.since).toBe(Math.floor(hour.getTime() / HOUR));
    expect(baseline?.series.reads.since).toBeNull();
  });

  it('refuses what is no log file, so that it is tried again and kept', async () => {
    const { lambda } = world.instance.clients;
    const key = `AWSLogs/broken-${randomUUID()}`;
    const invoke = async (event: unknown): Promise<string> => {
      const { FunctionError, Payload } = await lambda.send(
        new InvokeCommand({ FunctionName: `${prefix()}-learn`, Payload: Buffer.from(JSON.stringify(event)) }),
      );
      return FunctionError === undefined ? 'taken' : Buffer.from(Payload ?? '').toString();
    };

    expect(await invoke({ detail: { bucket: { name: 'nowhere-at-all' }, object: { key } } })).toMatch(
      /NoSuchBucket|AccessDenied|not exist/,
    );
    expect(await invoke({ detail: { bucket: {} } })).toContain('ZodError');
  });
});
