import { createHash, randomBytes } from 'node:crypto';
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DetachRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import {
  AddPermissionCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  DeleteFunctionCommand,
  GetEventSourceMappingCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionUrlConfigCommand,
  PutFunctionConcurrencyCommand,
  UpdateEventSourceMappingCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { CreateBucketCommand, DeleteObjectCommand, GetObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import type { LocalClients } from '../../../local/clients';
import { differences, readLiveState } from '../../../local/liveState';
import { contain } from '../../../shared/containment/contain';
import { checkDrift, type DriftTools } from '../../../shared/containment/drift';
import { leaveBook, type Message, takeBook, untilUnwatched } from '../../../shared/containment/driftBook';
import { readLedgers } from '../../../shared/containment/ledger';
import { isPiece, type Manifest } from '../../../shared/evidence/manifest';
import type { Vault } from '../../../shared/evidence/seal';
import type { Incident } from '../../../shared/incident/incident';
import {
  closeIncident,
  getIncident,
  listEntries,
  listOpenIncidents,
  openIncident,
  type Records,
  updateIncident,
} from '../../../shared/incident/store';
import type { Choices } from '../../../shared/policy/choices';
import { restore } from '../../../shared/recovery/restore';
import { asContained, readDeployed } from '../../../shared/suspect/deployed';
import { describeSuspect, type Suspect } from '../../../shared/suspect/describe';
import { parseFunctionArn } from '../../../shared/suspect/functionArn';
import { aSigningKey, aVault } from '../../fixtures/vault';
import { zipOf } from '../../fixtures/zip';
import { awsError, instrument } from './instrument';
import { incidentOf, type Stage, startStage } from './stage';

const ROOT = 'arn:aws:iam::000000000000:root';
const OURS = 'tourniquet-test-';
const BUCKET = 'drift-evidence';

/** What a test changes about the world of the watch. */
type Wanted = {
  readonly choices?: Partial<Choices>;
  readonly neverContain?: readonly string[];
  readonly clients?: LocalClients;
  /** How far its clock is ahead. */
  readonly later?: number;
};

describe('the watch over what is contained', () => {
  let stage: Stage;
  /** The responder's own clients, under a role of its own: CloudTrail tells it from others. */
  let own: LocalClients;
  let vault: Vault;
  beforeAll(async () => {
    stage = await startStage('drift');
    await stage.clients.s3.send(
      new CreateBucketCommand({ Bucket: BUCKET, ObjectLockEnabledForBucket: true }),
    );
    const signingKey = await aSigningKey(stage.clients);
    own = await stage.as('driftWatch', { EvidenceBucket: `arn:aws:s3:::${BUCKET}`, SigningKey: signingKey });
    vault = await aVault(own, BUCKET, stage.records.now, signingKey);
  }, 180_000);
  afterAll(() => stage.stop());

  const trust = (Principal: Readonly<Record<string, string>>): string =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }],
    });

  const makeRole = async (RoleName: string): Promise<string> => {
    const { Role } = await stage.clients.iam.send(
      new CreateRoleCommand({
        RoleName,
        AssumeRolePolicyDocument: trust({ Service: 'lambda.amazonaws.com' }),
      }),
    );
    return Role?.Arn ?? '';
  };

  /** A function with a reservation of 5 and a queue that it reads. */
  const makeSuspect = async (): Promise<Suspect & { readonly mapping: string }> => {
    const { lambda, iam, sqs } = stage.clients;
    const name = `drift-${randomBytes(5).toString('hex')}`;
    const role = await makeRole(name);
    await iam.send(
      new AttachRolePolicyCommand({
        RoleName: name,
        PolicyArn: 'arn:aws:iam::aws:policy/AmazonSQSFullAccess',
      }),
    );
    const { FunctionArn = '' } = await lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Role: role,
        Code: { ZipFile: await zipOf({ 'index.js': 'exports.handler = async () => 1;' }) },
        Environment: { Variables: { TOKEN: 'a-value-that-nobody-may-see' } },
      }),
    );
    await waitUntilFunctionActiveV2(
      { client: lambda, maxWaitTime: 60, minDelay: 0.05, maxDelay: 0.5 },
      { FunctionName: name },
    );
    await reserve(name, 5);
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    const { UUID = '' } = await lambda.send(
      new CreateEventSourceMappingCommand({ FunctionName: name, EventSourceArn: Attributes?.QueueArn }),
    );
    const arn = parseFunctionArn(FunctionArn);
    const suspect = arn === null ? null : await describeSuspect(arn, lambda);
    if (suspect === null) throw new Error('the function was not made');
    return { ...suspect, mapping: UUID };
  };

  const reserve = (FunctionName: string, ReservedConcurrentExecutions: number) =>
    stage.clients.lambda.send(
      new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions }),
    );
  const reservedOf = async (FunctionName: string): Promise<number | undefined> =>
    (await stage.clients.lambda.send(new GetFunctionConcurrencyCommand({ FunctionName })))
      .ReservedConcurrentExecutions;
  const isDenied = async (RoleName: string): Promise<boolean> => {
    const { AttachedPolicies = [] } = await stage.clients.iam.send(
      new ListAttachedRolePoliciesCommand({ RoleName }),
    );
    return AttachedPolicies.some(({ PolicyArn }) => PolicyArn === stage.denyPolicyArn);
  };
  const mappingOf = async (UUID: string): Promise<string | undefined> =>
    (await stage.clients.lambda.send(new GetEventSourceMappingCommand({ UUID }))).State;

  /** Contains it as the playbook does, on the record. */
  const containIt = async (suspect: Suspect, clients: LocalClients = own): Promise<Incident> => {
    const { records } = stage;
    const begun = { ...incidentOf(suspect), functionArn: suspect.arn, containedDigest: suspect.codeSha256 };
    await openIncident(records, begun, {}, 'a finding');
    await contain(suspect, begun, stage.tools(begun, clients), () => Promise.resolve()).catch(
      () => undefined,
    );
    const deployed = await readDeployed(suspect, begun.id, suspect.codeSha256, own.lambda);
    const contained = await updateIncident(records, begun.id, {
      status: 'contained',
      containedAt: new Date().toISOString(),
      containedConfiguration: asContained(begun, deployed),
    });
    if (contained === null) throw new Error('the incident was not written');
    return contained;
  };

  const watch = (wanted: Wanted = {}) => {
    const clients = wanted.clients ?? own;
    const { lambda, s3, cloudTrail } = clients;
    const records: Records = {
      ...stage.records,
      db: clients.db,
      now: () => new Date(Date.now() + (wanted.later ?? 0)),
    };
    const told: Message[] = [];
    const tools: DriftTools = {
      records,
      cloudTrail,
      collectors: { lambda, records, fetch },
      vault: { ...vault, s3, now: records.now },
      ours: OURS,
      guards: {
        service: 'tourniquet',
        ownAccountId: '000000000000',
        ownRegion: 'us-east-1',
        neverContain: wanted.neverContain ?? [],
      },
      losses: clients,
      controls: (incident) => stage.tools(incident, clients, wanted.choices),
      tell: (_id, message) => {
        told.push(message);
        return Promise.resolve();
      },
    };
    return {
      told,
      look: async ({ id }: Incident) => checkDrift(await getIncident(stage.records, id), tools),
      /** As one that read the incident a while ago. */
      lookAs: (seen: Incident) => checkDrift(seen, tools),
    };
  };

  const said = (told: readonly Message[]): readonly string[] =>
    told.map(({ about, detail }) => `${about}: ${detail.join(' / ')}`);

  const ledgerOf = async (incident: Incident) =>
    new Map((await readLedgers(stage.records, incident)).map((record) => [record.control, record]));

  it('changes nothing and tells nobody while everything holds', async () => {
    const suspect = await makeSuspect();
    const incident = await containIt(suspect);
    const before = await readLiveState(stage.clients, suspect.arn);
    const { told, look } = watch();

    expect(await look(incident)).toBe('checked');
    expect(await look(incident)).toBe('checked');

    expect(told).toEqual([]);
    expect(differences(before, await readLiveState(stage.clients, suspect.arn))).toEqual([]);
  });

  it('says when the first event is lost, and warns once where that is before the expected end', async () => {
    const suspect = await makeSuspect();
    const { sqs } = stage.clients;
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: suspect.functionName }));
    await sqs.send(
      new SetQueueAttributesCommand({ QueueUrl, Attributes: { MessageRetentionPeriod: '3600' } }),
    );
    const incident = await containIt(suspect);
    const { told, look } = watch();

    await look(incident);
    await look(incident);

    const { losses, containedAt = '' } = await getIncident(stage.records, incident.id);
    expect(losses?.firstLossAt).toBe(new Date(Date.parse(containedAt) + 3_600_000).toISOString());
    expect(losses?.lines.join()).toContain(`${suspect.functionName} (SQS) keeps what waits 1 hour`);
    expect(told.map(({ about }) => about)).toEqual(['losses']);
    const entries = await listEntries(stage.records, incident.id);
    expect(entries.filter(({ kind }) => kind === 'losses')).toHaveLength(1);
  });

  it('puts back a raised concurrency, says who raised it, and leaves what was there before as it is in the ledger', async () => {
    const suspect = await makeSuspect();
    const incident = await containIt(suspect);
    const before = (await ledgerOf(incident)).get('concurrency');
    await reserve(suspect.functionName, 9);
    const { told, look } = watch();
    await look(incident);

    expect(await reservedOf(suspect.functionName)).toBe(0);
    expect((await ledgerOf(incident)).get('concurrency')).toEqual(before);
    expect(said(told)).toEqual([
      expect.stringMatching(/^drift: .*reservation of 9.*Put back.*PutFunctionConcurrency/),
    ]);
    // It may have run until now: what it was given then lives longer than what it had at the containment.
    const { lastInFlightAt = '' } = await getIncident(stage.records, incident.id);
    expect(lastInFlightAt > (incident.lastInFlightAt ?? '')).toBe(true);
    expect(said(told)[0]).toContain(ROOT);
    expect(said(told)[0]).not.toContain('driftWatch');
    const kinds = (await listEntries(stage.records, incident.id)).map(({ kind }) => kind);
    expect(kinds).toContain('drift-concurrency');
  });

  it('puts back an enabled mapping and a detached deny, and the release restores exactly what was there at first', async () => {
    const suspect = await makeSuspect();
    const before = await readLiveState(stage.clients, suspect.arn);
    const incident = await containIt(suspect);
    await stage.clients.lambda.send(
      new UpdateEventSourceMappingCommand({ UUID: suspect.mapping, Enabled: true }),
    );
    await stage.clients.iam.send(
      new DetachRolePolicyCommand({ RoleName: suspect.functionName, PolicyArn: stage.denyPolicyArn }),
    );
    const { told, look } = watch();
    await look(incident);

    expect(await mappingOf(suspect.mapping)).toBe('Disabled');
    expect(await isDenied(suspect.functionName)).toBe(true);
    expect(told.map(({ about }) => about)).toEqual(['drift', 'drift']);
    await restore(suspect, incident, stage.tools(incident));
    expect(differences(before, await readLiveState(stage.clients, suspect.arn))).toEqual([]);
  });

  it('closes a way in that was opened since, with a ledger record of its own', async () => {
    const suspect = await makeSuspect();
    const incident = await containIt(suspect);
    expect((await ledgerOf(incident)).get('function-url')).toMatchObject({ state: 'not-needed' });
    await stage.clients.lambda.send(
      new CreateFunctionUrlConfigCommand({ FunctionName: suspect.arn, AuthType: 'NONE' }),
    );
    const { told, look } = watch();
    await look(incident);

    const url = await stage.clients.lambda.send(
      new GetFunctionUrlConfigCommand({ FunctionName: suspect.arn }),
    );
    expect(url.AuthType).toBe('AWS_IAM');
    expect((await ledgerOf(incident)).get('function-url')).toMatchObject({ state: 'held' });
    expect(said(told)).toEqual([expect.stringContaining('new since containment')]);
    const results = await restore(suspect, incident, stage.tools(incident));
    expect(results.map(({ outcome }) => outcome)).not.toContain('drift');
  });

  it('removes what lets the public in since, and names it', async () => {
    const suspect = await makeSuspect();
    const incident = await containIt(suspect);
    await stage.clients.lambda.send(
      new AddPermissionCommand({
        FunctionName: suspect.arn,
        StatementId: 'way-in',
        Action: 'lambda:InvokeFunction',
        Principal: '*',
      }),
    );
    const { told, look } = watch();
    await look(incident);

    const { GetPolicy } = await readLiveState(stage.clients, suspect.arn);
    expect(JSON.stringify(GetPolicy)).not.toContain('way-in');
    expect((await ledgerOf(incident)).get('resource-policy')).toMatchObject({ state: 'held' });
    expect(said(told)).toEqual([expect.stringContaining('way-in')]);
  });

  it('leaves it to people where policy says so, pages once an hour, and no longer calls it contained', async () => {
    const suspect = await makeSuspect();
    const incident = await containIt(suspect);
    await reserve(suspect.functionName, 9);
    const { told, look } = watch({ choices: { driftAction: 'escalate' } });
    await look(incident);
    await look(incident);

    expect(await reservedOf(suspect.functionName)).toBe(9);
    expect(said(told)).toEqual([expect.stringMatching(/^drift-escalated: .*does NOT hold.*policy/)]);
    expect((await ledgerOf(incident)).get('concurrency')).toMatchObject({
      state: 'failed',
      before: { reserved: 5 },
    });

    // Somebody sets it right by hand: it holds again, and the next time is news.
    await reserve(suspect.functionName, 0);
    await look(incident);
    expect((await ledgerOf(incident)).get('concurrency')).toMatchObject({ state: 'held' });
    await reserve(suspect.functionName, 9);
    await look(incident);
    expect(told).toHaveLength(2);
  });

  it('stops putting back after three times within an hour, and pages', async () => {
    const suspect = await makeSuspect();
    const incident = await containIt(suspect);
    const { told, look } = watch();
    for (let time = 0; time < 4; time++) {
      await reserve(suspect.functionName, 9);
      await look(incident);
    }

    expect(await reservedOf(suspect.functionName)).toBe(9);
    expect(told.map(({ about }) => about)).toEqual(['drift', 'drift', 'drift', 'drift-escalated']);
    expect(said(told)[3]).toContain('3 times within an hour');
  });

  it('changes nothing where a guard refuses by now, and pages', async () => {
    const suspect = await makeSuspect();
    const incident = await containIt(suspect);
    await reserve(suspect.functionName, 9);
    const { told, look } = watch({ neverContain: [suspect.functionName] });
    await look(incident);

    expect(await reservedOf(suspect.functionName)).toBe(9);
    expect(said(told)).toEqual([expect.stringMatching(/^drift-escalated: .*a guard refuses/)]);
  });

  it('changes nothing where the guard cannot be evaluated, and pages', async () => {
    const suspect = await makeSuspect();
    const incident = await containIt(suspect);
    await reserve(suspect.functionName, 9);
    const clients = instrument(stage.fresh(), ({ command }) =>
      command === 'GetFunction' ? awsError('AccessDeniedException') : 'made',
    );
    const { told, look } = watch({ clients });
    await expect(look(incident)).rejects.toMatchObject({ name: 'AccessDeniedException' });

    expect(await reservedOf(suspect.functionName)).toBe(9);
    expect(said(told)).toEqual([expect.stringMatching(/^drift-escalated: .*nothing was changed/)]);
    // It is not left taken: the next look goes on.
    expect(await watch().look(incident)).toBe('checked');
    expect(await reservedOf(suspect.functionName)).toBe(0);
  });

  it('tries again what could not be put on at containment', async () => {
    const suspect = await makeSuspect();
    const crippled = instrument(stage.fresh(), ({ command }) =>
      command === 'AttachRolePolicy' ? awsError('AccessDenied') : 'made',
    );
    const incident = await containIt(suspect, crippled);
    expect(await isDenied(suspect.functionName)).toBe(false);

    const still = watch({ clients: crippled });
    await still.look(incident);
    await still.look(incident);
    expect(said(still.told)).toEqual([expect.stringMatching(/^drift-escalated: .*still NOT in place/)]);

    const { told, look } = watch();
    await look(incident);
    expect(await isDenied(suspect.functionName)).toBe(true);
    expect(said(told)).toEqual([expect.stringMatching(/^drift: .*is in place now/)]);
    expect((await ledgerOf(incident)).get('role')).toMatchObject({
      state: 'held',
      before: { attached: false },
    });
  });

  it('records new code with who deployed it, seals it, tells the approver once, and keeps it contained', async () => {
    const { lambda, s3 } = stage.clients;
    const suspect = await makeSuspect();
    const incident = await containIt(suspect);
    const ZipFile = await zipOf({ 'index.js': 'exports.handler = async () => 2;' });
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: suspect.functionName, ZipFile }));
    await waitUntilFunctionUpdatedV2(
      { client: lambda, maxWaitTime: 60, minDelay: 0.05, maxDelay: 0.5 },
      { FunctionName: suspect.functionName },
    );
    const { told, look } = watch();
    await look(incident);
    await look(incident);

    expect(await reservedOf(suspect.functionName)).toBe(0);
    const digest = createHash('sha256').update(ZipFile).digest();
    const { candidate, status } = await getIncident(stage.records, incident.id);
    expect(status).toBe('contained');
    expect(candidate).toMatchObject({
      number: 1,
      codeSha256: digest.toString('base64'),
      by: ROOT,
      manifestKey: `incidents/${incident.id}/candidates/1.json`,
    });
    expect(told.map(({ about }) => about)).toEqual(['candidate']);
    expect(said(told)[0]).toContain(ROOT);

    const key = `incidents/${incident.id}/candidates/1.json`;
    const read = async (Key: string) =>
      (await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }))).Body?.transformToByteArray();
    const manifest = JSON.parse(Buffer.from((await read(key)) ?? []).toString()) as Manifest;
    expect(manifest).toMatchObject({
      kind: 'candidate',
      function: suspect.arn,
      about: { candidate: 1, deployedBy: ROOT },
    });
    const sealed = manifest.entries.find((entry) => isPiece(entry) && entry.artifact === 'code/package.zip');
    expect(sealed).toMatchObject({ sha256: digest.toString('hex') });
    const { VersionId } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
    await expect(
      s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key, VersionId })),
    ).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('records new configuration as the next candidate, and shows no value of the environment', async () => {
    const suspect = await makeSuspect();
    const incident = await containIt(suspect);
    const configure = (Variables: Record<string, string>) =>
      stage.clients.lambda.send(
        new UpdateFunctionConfigurationCommand({
          FunctionName: suspect.functionName,
          Environment: { Variables },
        }),
      );
    const { told, look } = watch();
    await configure({ TOKEN: 'another-value', NODE_OPTIONS: '--require /tmp/evil.js' });
    await look(incident);
    await configure({ TOKEN: 'another-value' });
    await look(incident);

    const { candidate } = await getIncident(stage.records, incident.id);
    expect(candidate).toMatchObject({ number: 2, changes: ['environment variable NODE_OPTIONS removed'] });
    expect(told.map(({ about }) => about)).toEqual(['candidate', 'candidate']);
    expect(said(told)[0]).toContain('environment variable NODE_OPTIONS added');
    expect(JSON.stringify([told, candidate])).not.toMatch(/another-value|evil|nobody-may-see/);
  });

  it('does again what a watch that died left half done: sealed and told in the end', async () => {
    const suspect = await makeSuspect();
    const incident = await containIt(suspect);
    await stage.clients.lambda.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName: suspect.functionName,
        Handler: 'other.handler',
      }),
    );
    const broken = instrument(stage.fresh(), ({ command }) =>
      command === 'PutObject' ? awsError('ServiceUnavailable') : 'made',
    );
    const first = watch({ clients: broken });
    await expect(first.look(incident)).rejects.toMatchObject({ name: 'DriftNotCheckedError' });
    expect(said(first.told)[0]).toContain('NOT sealed');

    const second = watch();
    await second.look(incident);
    expect(said(second.told)).toEqual([expect.stringMatching(/candidate: Candidate 1.*sealed as s3:/)]);
    expect((await getIncident(stage.records, incident.id)).candidate?.manifestKey).toBeDefined();
  });

  it('pages when the role was changed: the new one is not denied, and is not touched', async () => {
    const suspect = await makeSuspect();
    const incident = await containIt(suspect);
    const other = `${suspect.functionName}-other`;
    const Role = await makeRole(other);
    await stage.clients.lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: suspect.functionName, Role }),
    );
    const { told, look } = watch();
    await look(incident);
    await look(incident);

    expect(said(told).filter((text) => text.startsWith('drift-escalated'))).toEqual([
      expect.stringContaining(`to ${Role}, which is NOT denied`),
    ]);
    expect(await isDenied(other)).toBe(false);
    expect(await isDenied(suspect.functionName)).toBe(true);
  });

  it('says once that the function was deleted, goes on watching its role, and says once that this was deleted too', async () => {
    const { lambda, iam } = stage.clients;
    const suspect = await makeSuspect();
    const incident = await containIt(suspect);
    const RoleName = suspect.functionName;
    await lambda.send(new DeleteFunctionCommand({ FunctionName: suspect.functionName }));
    await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn: stage.denyPolicyArn }));
    const { told, look } = watch();
    await look(incident);
    await look(incident);
    expect(await isDenied(RoleName)).toBe(true);

    for (const PolicyArn of [stage.denyPolicyArn, 'arn:aws:iam::aws:policy/AmazonSQSFullAccess'])
      await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
    await iam.send(new DeleteRoleCommand({ RoleName }));
    await look(incident);
    await look(incident);

    expect(said(told).filter((text) => text.includes('was deleted'))).toEqual([
      expect.stringContaining('The function was deleted'),
      expect.stringContaining('The role'),
    ]);
  });

  it('puts nothing on again behind a release: one waits for the other', async () => {
    const suspect = await makeSuspect();
    const before = await readLiveState(stage.clients, suspect.arn);
    const incident = await containIt(suspect);
    const { records } = stage;
    await takeBook(records, incident.id, 1, 'a watch', 300);
    await updateIncident(records, incident.id, { status: 'releasing' }, { from: ['contained'] });
    const waits: number[] = [];
    await untilUnwatched(records, incident.id, async (milliseconds) => {
      waits.push(milliseconds);
      if (waits.length === 2) await leaveBook(records, incident.id, 'a watch');
    });
    expect(waits).toHaveLength(2);
    await restore(suspect, incident, stage.tools(incident));

    // What saw it contained before looks again once it has the book.
    const { told, lookAs } = watch();
    expect(await lookAs(incident)).toBe('not-contained');
    expect(told).toEqual([]);
    expect(differences(before, await readLiveState(stage.clients, suspect.arn))).toEqual([]);
  });

  it('may die at any call: the next look completes it, and the release restores exactly (invariants 1 and 3)', async () => {
    let lived = false;
    for (let limit = 0; !lived && limit < 200; limit++) {
      const suspect = await makeSuspect();
      const before = await readLiveState(stage.clients, suspect.arn);
      const incident = await containIt(suspect);
      await reserve(suspect.functionName, 9);
      await stage.clients.iam.send(
        new DetachRolePolicyCommand({ RoleName: suspect.functionName, PolicyArn: stage.denyPolicyArn }),
      );
      const mortal = instrument(stage.fresh(), ({ index }) => (index < limit ? 'made' : 'dies-after'));
      lived = await watch({ clients: mortal })
        .lookAs(incident)
        .then(
          () => true,
          () => false,
        );
      await watch({ later: 301_000 }).look(incident);

      expect([limit, await reservedOf(suspect.functionName), await isDenied(suspect.functionName)]).toEqual([
        limit,
        0,
        true,
      ]);
      await restore(suspect, incident, stage.tools(incident));
      expect([limit, differences(before, await readLiveState(stage.clients, suspect.arn))]).toEqual([
        limit,
        [],
      ]);
    }
    expect(lived).toBe(true);
  }, 300_000);

  it('is done by one at a time, and by the next when one has died', async () => {
    const suspect = await makeSuspect();
    const incident = await containIt(suspect);
    const dead = { ...stage.records, now: () => new Date(Date.now() - 301_000) };
    await takeBook(stage.records, incident.id, 1, 'a watch', 300);
    expect(await watch().look(incident)).toBe('busy');
    await leaveBook(stage.records, incident.id, 'a watch');
    await takeBook(dead, incident.id, 1, 'a watch that died', 300);
    expect(await watch().look(incident)).toBe('checked');
  });

  it('finds what is open without looking at what is over', async () => {
    const suspect = await makeSuspect();
    const incident = await containIt(suspect);
    const ids = async () => (await listOpenIncidents(stage.records)).map(({ id }) => id);
    expect(await ids()).toContain(incident.id);
    await closeIncident(stage.records, incident);
    expect(await ids()).not.toContain(incident.id);
  });
});
