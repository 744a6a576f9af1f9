import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateTrailCommand,
  PutEventSelectorsCommand,
  StartLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  PutRolePermissionsBoundaryCommand,
} from '@aws-sdk/client-iam';
import { CreateKeyCommand } from '@aws-sdk/client-kms';
import {
  CreateAliasCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionUrlConfigCommand,
  InvokeCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  TagResourceCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { CreateBucketCommand, GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { PutTraceSegmentsCommand } from '@aws-sdk/client-xray';
import type { LocalClients } from '../../../local/clients';
import type { Collector, CollectorInput, CollectorTools } from '../../../shared/evidence/collector';
import { changes } from '../../../shared/evidence/collectors/changes';
import { configuration } from '../../../shared/evidence/collectors/configuration';
import { durableExecutions } from '../../../shared/evidence/collectors/durableExecutions';
import { environment } from '../../../shared/evidence/collectors/environment';
import { eventSources } from '../../../shared/evidence/collectors/eventSources';
import { invocations } from '../../../shared/evidence/collectors/invocations';
import { metrics } from '../../../shared/evidence/collectors/metrics';
import { role } from '../../../shared/evidence/collectors/role';
import { roleSessions } from '../../../shared/evidence/collectors/roleSessions';
import { stepFunctions } from '../../../shared/evidence/collectors/stepFunctions';
import { traces } from '../../../shared/evidence/collectors/traces';
import { seal } from '../../../shared/evidence/seal';
import { describeSuspect, type Suspect } from '../../../shared/suspect/describe';
import { parseFunctionArn } from '../../../shared/suspect/functionArn';
import { collect } from '../../fixtures/collected';
import { collectorTools } from '../../fixtures/collectorTools';
import { aVault } from '../../fixtures/vault';
import { DURABLE } from '../containment/generated';
import { incidentOf, type Stage, startStage } from '../containment/stage';
import { assume, invoke, keyOf, makeFunction, makeRole, showsEnvironment, zipOf } from '../localAws/account';

const SECRET = 'hunter2-the-value-of-a-secret';
const EVERYTHING = [{ Effect: 'Allow', Action: '*', Resource: '*' }] as const;

describe('the evidence of what a function is and did', () => {
  let stage: Stage;
  /** Under the permissions of the deployment's role. */
  let gatherer: LocalClients;
  let suspect: Suspect;
  let input: CollectorInput;
  const name = 'exfiltrator';

  beforeAll(async () => {
    stage = await startStage('behaviour');
    const { lambda, sqs } = stage.clients;
    gatherer = await stage.as('gatherEvidence');
    const roleArn = await makeRole(stage.aws, 'exfiltrator-role', EVERYTHING);
    await makeFunction(stage.aws, name, roleArn, showsEnvironment, {
      Environment: { Variables: { PAYMENT_KEY: SECRET } },
      Tags: { team: 'shop' },
    });
    const FunctionName = name;
    await lambda.send(new PublishVersionCommand({ FunctionName }));
    await lambda.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName,
        Environment: { Variables: { PAYMENT_KEY: `${SECRET}-2` } },
      }),
    );
    await lambda.send(
      new UpdateFunctionCodeCommand({ FunctionName, ZipFile: await zipOf(`${showsEnvironment}//`) }),
    );
    await lambda.send(new PublishVersionCommand({ FunctionName }));
    const { FunctionVersion } = await lambda.send(
      new CreateAliasCommand({
        FunctionName,
        Name: 'live',
        FunctionVersion: '2',
        RoutingConfig: { AdditionalVersionWeights: { '1': 0.1 } },
      }),
    );
    expect(FunctionVersion).toBe('2');
    await lambda.send(
      new CreateFunctionUrlConfigCommand({ FunctionName, AuthType: 'NONE', Qualifier: 'live' }),
    );
    await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 7 }));
    await sqs.send(new CreateQueueCommand({ QueueName: 'orders' }));
    const queue = `arn:aws:sqs:us-east-1:${stage.aws.accountId}:orders`;
    await lambda.send(
      new PutFunctionEventInvokeConfigCommand({
        FunctionName,
        DestinationConfig: { OnFailure: { Destination: queue } },
      }),
    );
    await lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: `${name}:live`,
        EventSourceArn: queue,
        Enabled: false,
      }),
    );
    const arn = parseFunctionArn(`arn:aws:lambda:us-east-1:${stage.aws.accountId}:function:${name}`);
    if (arn === null) throw new Error('this is no function');
    suspect = (await describeSuspect(arn, lambda)) as Suspect;
    const now = Date.now();
    input = {
      incident: incidentOf(suspect),
      suspect,
      window: { from: new Date(now - 3_600_000).toISOString(), to: new Date(now + 3_600_000).toISOString() },
    };
  }, 180_000);
  afterAll(() => stage.stop());

  const gathered = <Tools>(
    collector: Collector<Tools>,
    more: Partial<CollectorTools> = {},
    of: CollectorInput = input,
  ) => collect(collector, of, collectorTools(gatherer, { ...stage.records, db: gatherer.db }, more) as Tools);

  describe('configuration', () => {
    it('has every version and alias, tags, capacity, doors and destinations', async () => {
      const { json } = await gathered(configuration);

      expect(json('configuration/function.json')).toMatchObject({
        FunctionName: name,
        Tags: { team: 'shop' },
        Concurrency: { reserved: 7 },
      });
      expect(json('configuration/versions.json')).toMatchObject({
        versions: [{ Version: '$LATEST' }, { Version: '1' }, { Version: '2' }],
        aliases: [{ Name: 'live', RoutingConfig: { AdditionalVersionWeights: { '1': 0.1 } } }],
      });
      expect(json('configuration/access.json')).toMatchObject({ functionUrls: [{ AuthType: 'NONE' }] });
      expect(json('configuration/destinations.json')).toMatchObject({
        invokeConfigs: [
          { DestinationConfig: { OnFailure: { Destination: expect.stringMatching(/:orders$/) } } },
        ],
      });
    });

    it('has the mappings of an alias, which are under its name alone', async () => {
      const { json } = await gathered(eventSources);

      expect(json('configuration/event-sources.json')).toMatchObject({
        mappings: [{ FunctionArn: expect.stringMatching(/:live$/) }],
      });
    });

    it('says what it was refused, and goes on', async () => {
      const { lambda } = stage.fresh(
        await assume(
          stage.aws,
          await makeRole(stage.aws, 'no-policies', [
            ...EVERYTHING,
            { Effect: 'Deny', Action: ['lambda:GetPolicy', 'lambda:ListTags'], Resource: '*' },
          ]),
          'test',
        ),
      );
      const { json, completeness } = await gathered(configuration, { lambda });

      expect(completeness('configuration/access.json')).toMatch(
        /missing: the policy of the function: AccessDenied/,
      );
      expect(completeness('configuration/function.json')).toMatch(/missing: tags: AccessDenied/);
      expect(json('configuration/access.json')).toMatchObject({ functionUrls: [{ AuthType: 'NONE' }] });
    });
  });

  describe('values of an environment', () => {
    it('are in one artifact alone, for the reader roles; the rest has fingerprints', async () => {
      const all = await Promise.all(
        [configuration, eventSources, role, changes, roleSessions].map((collector) => gathered(collector)),
      );
      for (const { texts } of all) for (const text of texts) expect(text).not.toContain(SECRET);

      const { artifacts, json } = await gathered(environment);
      expect(artifacts.map(({ name: artifact, secret }) => [artifact, secret])).toEqual([
        ['configuration/environment.json', true],
      ]);
      expect(json('configuration/environment.json')).toMatchObject({
        environments: [
          { Version: '$LATEST', Variables: { PAYMENT_KEY: `${SECRET}-2` } },
          { Version: '1', Variables: { PAYMENT_KEY: SECRET } },
          { Version: '2', Variables: { PAYMENT_KEY: `${SECRET}-2` } },
        ],
      });
    });

    it('are sealed under a key that its readers can use and an administrator cannot, and under no other', async () => {
      const { kms, s3 } = stage.clients;
      const readerArn = await makeRole(stage.aws, 'reader', EVERYTHING);
      const administratorArn = await makeRole(stage.aws, 'administrator', EVERYTHING);
      const { secretsKeyPolicy } = require('../../../infrastructure/evidencePolicies.cjs') as {
        secretsKeyPolicy: (readers: readonly string[], breakGlassRole: string) => object;
      };
      const Policy = JSON.stringify(secretsKeyPolicy([readerArn], ''))
        .replaceAll(/\{"Fn::Sub":("[^"]*")\}/g, '$1')
        .replaceAll(/\$\{AWS::Partition\}/g, 'aws')
        .replaceAll(/\$\{AWS::AccountId\}/g, stage.aws.accountId);
      const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Policy }));
      const Bucket = 'secret-evidence';
      await s3.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
      const vault = await aVault(stage.clients, Bucket, () => new Date());
      const { artifacts } = await gathered(environment);
      const body = String(artifacts[0]?.body);

      await expect(seal(vault, 'none', 'application/json', body, { secret: true })).rejects.toMatchObject({
        name: 'NoSecretsKeyError',
      });
      const withKey = { ...vault, secretsKeyArn: KeyMetadata?.Arn ?? '' };
      const { key: Key } = await seal(withKey, 'secret', 'application/json', body, { secret: true });

      expect(await s3.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject({
        SSEKMSKeyId: KeyMetadata?.Arn,
        ObjectLockMode: 'GOVERNANCE',
      });
      const read = async (roleArn: string) =>
        stage
          .fresh(await assume(stage.aws, roleArn, 'test'))
          .s3.send(new GetObjectCommand({ Bucket, Key }))
          .then(({ Body }) => Body?.transformToString());
      expect(await read(readerArn)).toBe(body);
      await expect(read(administratorArn)).rejects.toMatchObject({ name: 'AccessDenied' });
    });
  });

  it('has the role with its documents, its boundary, and who else runs on it', async () => {
    const { iam } = stage.clients;
    const document = (Action: string) =>
      JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });
    const [attached, boundary] = await Promise.all(
      ['attached', 'boundary'].map((PolicyName) =>
        iam.send(
          new CreatePolicyCommand({
            PolicyName,
            PolicyDocument: document(PolicyName === 'boundary' ? '*' : 's3:GetObject'),
          }),
        ),
      ),
    );
    const RoleName = 'exfiltrator-role';
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: attached?.Policy?.Arn }));
    await iam.send(
      new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary: boundary?.Policy?.Arn }),
    );
    await makeFunction(stage.aws, 'sibling', suspect.roleArn, showsEnvironment);
    const { json } = await gathered(role);

    expect(json('identity/role.json')).toMatchObject({
      role: { RoleName, AssumeRolePolicyDocument: { Statement: [{ Action: 'sts:AssumeRole' }] } },
      boundary: { PolicyName: 'boundary', PolicyDocument: { Statement: [{ Action: '*' }] } },
      inline: [{ PolicyName: 'own', PolicyDocument: { Statement: [{ Action: '*' }] } }],
      attached: [{ PolicyName: 'attached', PolicyDocument: { Statement: [{ Action: 's3:GetObject' }] } }],
    });
    expect(json('identity/functions.json')).toMatchObject({ otherFunctions: ['sibling'] });
  });

  describe('the trail', () => {
    it('has every change of the function: who deployed what, from where, with what approval tag', async () => {
      await stage.clients.lambda.send(
        new TagResourceCommand({ Resource: suspect.arn, Tags: { 'approved-by': 'CHG-1234' } }),
      );
      const thief = stage.fresh(await assume(stage.aws, suspect.roleArn, 'thief'));
      await thief.lambda.send(
        new UpdateFunctionCodeCommand({
          FunctionName: name,
          ZipFile: await zipOf(`${showsEnvironment}// changed`),
        }),
      );
      const { json, lines, completeness } = await gathered(changes);

      expect(lines('behaviour/management-events.jsonl').map(({ eventName }) => eventName)).toEqual(
        expect.arrayContaining(['UpdateFunctionCode20150331v2', 'PutFunctionConcurrency20171031']),
      );
      const { deployments } = json('behaviour/deployments.json') as {
        deployments: readonly Record<string, unknown>[];
      };
      expect(deployments.at(-1)).toMatchObject({
        event: 'UpdateFunctionCode20150331v2',
        by: expect.stringMatching(/:assumed-role\/exfiltrator-role\/thief$/),
        fromAddress: expect.any(String),
      });
      expect(completeness('behaviour/management-events.jsonl')).toMatch(/reaches back 90 days/);
    });

    it("has what the role's sessions did, those of others who assumed it too, and no one else's", async () => {
      const own = stage.fresh(await keyOf(stage.aws, name));
      await own.sqs.send(new CreateQueueCommand({ QueueName: 'own-queue' }));
      const key = await assume(stage.aws, suspect.roleArn, 'intruder');
      await stage.fresh(key).sqs.send(new CreateQueueCommand({ QueueName: 'loot' }));
      // Somebody else, under the function's name.
      const other = await makeRole(stage.aws, 'unrelated', EVERYTHING);
      await stage
        .fresh(await assume(stage.aws, other, name))
        .sqs.send(new CreateQueueCommand({ QueueName: 'innocent' }));
      const { lines } = await gathered(roleSessions);
      const found = lines('behaviour/role-sessions.jsonl');

      const text = JSON.stringify(found);
      expect(text).toContain('own-queue');
      expect(text).toContain('loot');
      expect(text).not.toContain('innocent');
      expect(found).toContainEqual(expect.objectContaining({ eventName: 'AssumeRole' }));
    });

    it('goes on where a gathering was interrupted, and leaves nothing out', async () => {
      const whole = await gathered(changes);
      const ids = (of: typeof whole) =>
        of.lines('behaviour/management-events.jsonl').map(({ eventId }) => String(eventId));
      const found: string[] = [];
      let cursor: CollectorInput['cursor'];
      let rounds = 0;
      do {
        const part: typeof whole = await gathered(
          changes,
          { deadline: new Date(0) },
          { ...input, ...(cursor === undefined ? {} : { cursor }) },
        );
        found.push(...ids(part));
        cursor = part.continueWith ?? undefined;
        rounds += 1;
      } while (cursor !== undefined && rounds < 50);

      expect(rounds).toBeGreaterThan(1);
      expect(rounds).toBeLessThan(50);
      expect(new Set(found)).toEqual(new Set([...ids(whole), ...found]));
      for (const id of ids(whole)) expect(found).toContain(id);
    });

    it('says that nobody recorded who invoked it, or which trail did', async () => {
      const before = await gathered(invocations);
      expect(before.completeness('behaviour/invocation-trails.json')).toMatch(/^missing: no trail logs/);

      const { cloudTrail, s3 } = stage.clients;
      await s3.send(new CreateBucketCommand({ Bucket: 'trail-bucket' }));
      await cloudTrail.send(new CreateTrailCommand({ Name: 'all', S3BucketName: 'trail-bucket' }));
      await cloudTrail.send(new StartLoggingCommand({ Name: 'all' }));
      await cloudTrail.send(
        new PutEventSelectorsCommand({
          TrailName: 'all',
          EventSelectors: [
            { DataResources: [{ Type: 'AWS::Lambda::Function', Values: ['arn:aws:lambda'] }] },
          ],
        }),
      );
      const after = await gathered(invocations);
      expect(after.completeness('behaviour/invocation-trails.json')).toMatch(
        /logs them to s3:\/\/trail-bucket\/AWSLogs\/; missing: none of these trails writes to a log group/,
      );
    });
  });

  it('has the metrics of the window as numbers and as a chart', async () => {
    await invoke(stage.aws, name).catch(() => undefined);
    await invoke(stage.aws, 'sibling');
    const { json, text } = await gathered(
      metrics,
      {},
      {
        ...input,
        suspect: { ...suspect, functionName: 'sibling' },
      },
    );
    const { metrics: measured } = json('behaviour/metrics.json') as {
      metrics: readonly { metric: string; points: readonly { value: number }[] }[];
    };

    const invocationsOf = measured.find(({ metric }) => metric === 'Invocations')?.points ?? [];
    expect(invocationsOf.reduce((sum, { value }) => sum + value, 0)).toBeGreaterThan(0);
    expect(text('behaviour/metrics.svg')).toMatch(/^<svg .*<polyline .*<\/svg>\n$/s);
  });

  it('has its traces, five at a time and through more than six hours, as a sample', async () => {
    const now = Math.floor(Date.now() / 1000);
    const put = (at: number, index: number, service = name) =>
      stage.clients.xray.send(
        new PutTraceSegmentsCommand({
          TraceSegmentDocuments: [
            JSON.stringify({
              trace_id: `1-${at}-${index}-${service}`,
              id: '70de5b6f19ff9a0a',
              name: service,
              origin: 'AWS::Lambda::Function',
              start_time: at,
              end_time: at + 1,
            }),
          ],
        }),
      );
    for (let index = 0; index < 7; index++) await put(now - 60, index);
    await put(now - 8 * 3600, 0);
    await put(now - 60, 0, 'another');
    const window = { ...input.window, from: new Date((now - 24 * 3600) * 1000).toISOString() };
    const { lines, completeness } = await gathered(traces, {}, { ...input, window });
    const found = lines('behaviour/traces.jsonl');

    expect(found).toHaveLength(8);
    expect(JSON.stringify(found)).not.toContain('another');
    expect(found[0]).toMatchObject({ trace: { Segments: [{ Document: expect.stringContaining(name) }] } });
    expect(completeness('behaviour/traces.jsonl')).toMatch(/^a sample: 8 traces/);
  });

  it('has the executions of the state machines that name it, with their histories', async () => {
    const { stepFunctions: states } = stage.clients;
    const roleArn = await makeRole(stage.aws, 'machine', EVERYTHING);
    const machine = async (title: string, Resource: string, type: 'STANDARD' | 'EXPRESS' = 'STANDARD') =>
      (
        await states.send(
          new CreateStateMachineCommand({
            name: title,
            roleArn,
            type,
            definition: JSON.stringify({
              StartAt: 'Run',
              States: { Run: { Type: 'Task', Resource, End: true } },
            }),
          }),
        )
      ).stateMachineArn;
    const naming = await machine(
      'runs-it',
      `arn:aws:lambda:us-east-1:${stage.aws.accountId}:function:sibling`,
    );
    await machine('runs-another', suspect.arn.replace(name, 'siblings-of-mine'));
    await machine('express', `arn:aws:lambda:us-east-1:${stage.aws.accountId}:function:sibling`, 'EXPRESS');
    const { executionArn } = await states.send(
      new StartExecutionCommand({ stateMachineArn: naming, input: '{}' }),
    );
    for (let tries = 0; tries < 100; tries++) {
      const { status } = await states.send(new DescribeExecutionCommand({ executionArn }));
      if (status !== 'RUNNING') break;
      await sleep(100);
    }
    const of = {
      ...input,
      suspect: { ...suspect, functionName: 'sibling', arn: suspect.arn.replace(name, 'sibling') },
    };
    const { lines, completeness } = await gathered(stepFunctions, {}, of);
    const found = lines('behaviour/step-functions.jsonl');

    expect(found.filter((line) => 'stateMachine' in line)).toHaveLength(2);
    expect(found).toContainEqual(expect.objectContaining({ callsOfTheFunction: 1, history: true }));
    expect(completeness('behaviour/step-functions.jsonl')).toMatch(
      /^2 of 3 state machines name the function, with 1 executions; .*missing: AWS keeps no executions of the express workflow \S+:express,/,
    );
  });

  it('has its durable executions with their steps, and nothing of a function that is not durable', async () => {
    expect((await gathered(durableExecutions)).artifacts).toEqual([]);

    const { lambda } = stage.clients;
    const arn = await makeFunction(
      stage.aws,
      'lasting',
      suspect.roleArn,
      'exports.handler = async () => ({ Status: "SUCCEEDED", Result: "1" });',
      DURABLE,
    );
    await lambda.send(new PublishVersionCommand({ FunctionName: 'lasting' }));
    await lambda.send(new InvokeCommand({ FunctionName: 'lasting', Qualifier: '1', Payload: '{"a":1}' }));
    const lasting = { ...suspect, arn, functionName: 'lasting', durable: true };
    const { lines } = await gathered(durableExecutions, {}, { ...input, suspect: lasting });
    const found = lines('behaviour/durable-executions.jsonl');

    expect(found[0]).toMatchObject({
      execution: { DurableExecutionArn: expect.stringContaining(':lasting:1/') },
    });
    expect(found.slice(1)).toContainEqual({ execution: expect.any(String), event: expect.anything() });
  });

  it('is not held up by one that was ended: what hangs or was ended fails as a whole', async () => {
    const ended = AbortSignal.abort();
    for (const collector of [changes, roleSessions, role, metrics, stepFunctions] as readonly Collector[])
      await expect(gathered(collector, { signal: ended })).rejects.toMatchObject({ name: 'AbortError' });
  });
});
