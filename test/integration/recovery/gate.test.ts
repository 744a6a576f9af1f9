import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  PublishVersionCommand,
  UpdateFunctionCodeCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { CreateQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { LocalClients } from '../../../local/clients';
import type { LedgerRecord } from '../../../shared/containment/ledger';
import type { RootCause } from '../../../shared/incident/incident';
import { code } from '../../../shared/recovery/checks/code';
import { dependency } from '../../../shared/recovery/checks/dependency';
import { staging } from '../../../shared/recovery/checks/staging';
import { dependencyFacts } from '../../../shared/recovery/facts/livePackage';
import { livePolicies } from '../../../shared/recovery/facts/livePolicies';
import { stagingFacts } from '../../../shared/recovery/facts/staged';
import { containedAgain, started } from '../../../shared/recovery/facts/started';
import { describeSuspect, type Suspect } from '../../../shared/suspect/describe';
import { parseFunctionArn } from '../../../shared/suspect/functionArn';
import { zipOf } from '../../fixtures/zip';
import { incidentOf, type Stage, startStage } from '../containment/stage';
import { assume, makeRole } from '../localAws/account';

describe('what a release is checked by', () => {
  let stage: Stage;
  /** Under the permissions of the deployment's role. */
  let verifier: LocalClients;
  let roleArn: string;
  beforeAll(async () => {
    stage = await startStage('gate');
    verifier = await stage.as('verify');
    roleArn = await makeRole(stage.aws, 'gated-role', []);
  }, 60_000);
  afterAll(() => stage.stop());

  const made = async (name: string, files: Readonly<Record<string, string>>): Promise<Suspect> => {
    const { lambda } = stage.clients;
    const { FunctionArn = '' } = await lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Role: roleArn,
        Code: { ZipFile: await zipOf({ 'index.js': 'exports.handler = async () => 1;', ...files }) },
      }),
    );
    await waitUntilFunctionActiveV2(
      { client: lambda, maxWaitTime: 30, minDelay: 0.1, maxDelay: 1 },
      { FunctionName: name },
    );
    const parsed = parseFunctionArn(FunctionArn);
    const suspect = parsed === null ? null : await describeSuspect(parsed, lambda);
    if (suspect === null) throw new Error(`${name} was not made`);
    return suspect;
  };
  const packageJson = (name: string, version: string) => ({
    [`node_modules/${name}/package.json`]: JSON.stringify({ name, version }),
  });

  describe('the live package', () => {
    const judged = async (suspect: Suspect, files: readonly string[] = []) => {
      const rootCause = { cause: 'supply-chain', dependency: 'left-pad@1.3.1' } as RootCause;
      const incident = { ...incidentOf(suspect), rootCause, remains: { grants: null, planted: [], files } };
      return dependency(await dependencyFacts(incident, { lambda: verifier.lambda, fetch }));
    };

    it('is read for the dependency by which somebody came in, in bounds, under the role of verify', async () => {
      const still = await made('still', packageJson('left-pad', '1.3.1'));
      expect(await judged(still)).toMatchObject({ outcome: 'failed' });
      const mended = await made('mended', packageJson('left-pad', '1.3.2'));
      expect(await judged(mended)).toMatchObject({ outcome: 'passed' });
    });

    it('is held against a release where there is none to read, and not read where nobody is looked for', async () => {
      const suspect = await made('gone', {});
      const gone = { ...suspect, arn: `${suspect.arn}-not` };
      expect(await judged(gone)).toMatchObject({
        outcome: 'failed',
        because: expect.stringContaining('ResourceNotFoundException'),
      });
      const nothing = {
        lambda: verifier.lambda,
        fetch: () => Promise.reject(new Error('nothing is fetched')),
      };
      expect(await dependencyFacts(incidentOf(suspect), nothing)).toBeNull();
    });
  });

  describe('a rehearsal', () => {
    const rules = [{ functions: 'rehearsed', in: '{name}:staging' }];
    const MINUTE = 60_000;

    it('counts from the first whole minute after it was deployed, by alias, with its errors', async () => {
      const suspect = await made('rehearsed', {});
      const { lambda, metrics } = stage.clients;
      const FunctionName = 'rehearsed';
      const later = () => new Date(Date.now() + 5 * MINUTE);
      const facts = () =>
        stagingFacts(FunctionName, rules, { lambda: verifier.lambda, metrics: verifier.metrics, now: later });
      const judged = async () => staging(await facts(), suspect.codeSha256);
      expect(await judged()).toMatchObject({ because: 'there is no rehearsed:staging' });

      const { Version, LastModified = '' } = await lambda.send(new PublishVersionCommand({ FunctionName }));
      await lambda.send(new CreateAliasCommand({ FunctionName, Name: 'staging', FunctionVersion: Version }));
      const put = (MetricName: string, Value: number, minutes: number, version = Version) =>
        metrics.send(
          new PutMetricDataCommand({
            Namespace: 'AWS/Lambda',
            MetricData: [
              {
                MetricName,
                Value,
                Timestamp: new Date(Math.ceil(Date.parse(LastModified) / MINUTE) * MINUTE + minutes * MINUTE),
                Dimensions: [
                  { Name: 'FunctionName', Value: FunctionName },
                  { Name: 'Resource', Value: 'rehearsed:staging' },
                  { Name: 'ExecutedVersion', Value: version },
                ],
              },
            ],
          }),
        );
      // Before it: of whatever the alias pointed to then.
      await put('Invocations', 9, -2);
      expect(await judged()).toMatchObject({
        outcome: 'failed',
        because: expect.stringContaining('did not run'),
      });
      // Of another version, to which it pointed until then.
      await put('Invocations', 9, 1, '99');
      expect(await judged()).toMatchObject({ outcome: 'failed' });
      await put('Invocations', 2, 1);
      await put('Invocations', 1, 2);
      expect(await judged()).toMatchObject({
        outcome: 'passed',
        because: expect.stringContaining('ran 3 time(s) without an error'),
      });
      await put('Errors', 1, 2);
      expect(await judged()).toMatchObject({ outcome: 'failed' });
    });

    it('of a function itself counts all that its aliases run: with other code behind one, that one is to be named', async () => {
      const { lambda } = stage.clients;
      const suspect = await made('mixed', {});
      const { Version } = await lambda.send(new PublishVersionCommand({ FunctionName: 'mixed' }));
      await lambda.send(
        new CreateAliasCommand({ FunctionName: 'mixed', Name: 'old', FunctionVersion: Version }),
      );
      const judged = async (codeSha256: string) =>
        staging(
          await stagingFacts('mixed', [{ functions: 'mixed', in: '{name}' }], {
            lambda: verifier.lambda,
            metrics: verifier.metrics,
            now: () => new Date(),
          }),
          codeSha256,
        );
      expect(await judged(suspect.codeSha256)).toMatchObject({
        outcome: 'failed',
        because: expect.stringContaining('did not run'),
      });
      const { CodeSha256 = '' } = await lambda.send(
        new UpdateFunctionCodeCommand({
          FunctionName: 'mixed',
          ZipFile: await zipOf({ 'index.js': 'exports.handler = async () => 2;' }),
        }),
      );
      expect(await judged(CodeSha256)).toMatchObject({
        outcome: 'failed',
        because: expect.stringContaining('name one (mixed:<alias>)'),
      });
    });

    it('is asked of nothing but what policy names', async () => {
      expect(
        await stagingFacts('another', rules, {
          lambda: verifier.lambda,
          metrics: verifier.metrics,
          now: () => new Date(),
        }),
      ).toBeNull();
    });
  });

  it('sees a numbered version with the contained code that the release would feed, open or provision again', async () => {
    const { lambda, sqs } = stage.clients;
    const suspect = await made('numbered', {});
    const { Version = '' } = await lambda.send(new PublishVersionCommand({ FunctionName: 'numbered' }));
    await lambda.send(
      new UpdateFunctionCodeCommand({
        FunctionName: 'numbered',
        ZipFile: await zipOf({ 'index.js': 'exports.handler = async () => 2;' }),
      }),
    );
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'numbered' }));
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    const source = Attributes?.QueueArn ?? '';
    const { UUID: uuid = '' } = await lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: `numbered:${Version}`,
        EventSourceArn: source,
        Enabled: false,
      }),
    );
    const incident = { ...incidentOf(suspect), containedDigest: suspect.codeSha256 };
    const judged = async (control: string, before: unknown) =>
      code(incident, await started(incident, [{ control, before } as LedgerRecord], verifier.lambda));
    const statement = { Sid: 'door', Effect: 'Allow', Principal: '*' };

    for (const [control, before] of [
      ['event-sources', { enabled: [{ uuid, source }] }],
      ['resource-policy', { removed: [{ qualifier: Version, statement }], left: [], unread: 0 }],
      ['provisioned', { configurations: [{ qualifier: Version, requested: 1 }], targets: [] }],
    ] as const)
      expect(await judged(control, before)).toMatchObject({
        outcome: 'failed',
        because: expect.stringContaining(`version ${Version} again`),
      });
    // What the record has of a version that was deleted since, and of the function itself.
    expect(
      await judged('provisioned', { configurations: [{ qualifier: '99', requested: 1 }] }),
    ).toMatchObject({ outcome: 'passed' });
    expect(await judged('resource-policy', { removed: [{ qualifier: null, statement }] })).toMatchObject({
      outcome: 'passed',
    });
  });

  it('sees contained code that is back, and nothing of it in a function that was deleted', async () => {
    const suspect = await made('back', {});
    const incident = { ...incidentOf(suspect), containedDigest: suspect.codeSha256 };
    expect(await containedAgain(incident, verifier.lambda)).toContain('was contained before');
    expect(await containedAgain({ ...incident, containedDigest: 'another' }, verifier.lambda)).toBeNull();
    const gone = { ...incident, functionArn: `${suspect.arn}-not` };
    expect(await containedAgain(gone, verifier.lambda)).toBeNull();
  });

  it('reads the policies of function, alias and role, and says why where it cannot', async () => {
    const suspect = await made('opened', {});
    const { lambda } = stage.clients;
    const { Version } = await lambda.send(new PublishVersionCommand({ FunctionName: 'opened' }));
    await lambda.send(
      new CreateAliasCommand({ FunctionName: 'opened', Name: 'live', FunctionVersion: Version }),
    );
    for (const Qualifier of [undefined, 'live'])
      await lambda.send(
        new AddPermissionCommand({
          FunctionName: 'opened',
          Qualifier,
          StatementId: 'door',
          Action: 'lambda:InvokeFunction',
          Principal: '*',
        }),
      );
    const read = (clients: LocalClients) =>
      livePolicies(incidentOf(suspect), { role: roleArn, aliases: { live: Version ?? '' } }, [], {
        lambda: clients.lambda,
        iam: clients.iam,
        records: stage.records,
        ours: 'tourniquet-',
      });
    const live = await read(verifier);
    expect(Object.keys('now' in live ? live.now : {})).toEqual(
      expect.arrayContaining(['resource policy', 'resource policy of live', 'trust of the role']),
    );
    const mayNothing = await makeRole(stage.aws, 'reads-nothing', []);
    const nobody = stage.fresh(await assume(stage.aws, mayNothing, 'reader'));
    expect(await read(nobody)).toEqual({ error: expect.stringContaining('AccessDenied') });
  });
});
