import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { DisableKeyCommand, ScheduleKeyDeletionCommand, SignCommand } from '@aws-sdk/client-kms';
import {
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  PutObjectRetentionCommand,
} from '@aws-sdk/client-s3';
import { SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { root } from '../../local/aws/state';
import { type Credentials, localClients } from '../../local/clients';
import { environmentOf } from '../../local/instance';
import { until } from '../../local/until';
import type { Incident } from '../../shared/incident/incident';
import { entryKey, historyTableOf } from '../../shared/incident/keys';
import { listEntries } from '../../shared/incident/store';
import { historyTableArn } from '../fixtures/historyTable';
import { decideAs } from './decisions';
import { enter, incidentOf, makeFunction, report, said, type World } from './world';

const run = promisify(execFile);

type Ran = { readonly code: number; readonly out: string; readonly err: string };

describe('the evidence of an incident that is over', () => {
  let world: World;
  let incident: Incident;
  let place: string;
  let dir: string;

  /** The command as a user runs it, without a terminal, with a state directory of its own. */
  const tourniquet = async (
    state: string,
    args: readonly string[],
    more: Readonly<Record<string, string>> = {},
  ): Promise<Ran> => {
    const env = {
      PATH: process.env.PATH,
      HOME: place,
      XDG_STATE_HOME: join(place, state),
      ...environmentOf(world.instance),
      ...more,
    };
    return run(process.execPath, [join(root, 'bin', 'tourniquet.cjs'), ...args], {
      cwd: root,
      env,
      maxBuffer: 16 * 1024 * 1024,
    }).then(
      ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
      (error: { code: number; stdout: string; stderr: string }) => ({
        code: error.code,
        out: error.stdout,
        err: error.stderr,
      }),
    );
  };
  const evidence = (...args: readonly string[]) => tourniquet('state', ['evidence', ...args]);

  /** A session of a new role that IAM allows everything. */
  const everythingAs = async (RoleName: string): Promise<Credentials> => {
    const { iam, sts } = world.instance.clients;
    const document = (statement: object) =>
      JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] });
    const trust = document({
      Principal: { AWS: 'arn:aws:iam::000000000000:root' },
      Action: 'sts:AssumeRole',
    });
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));
    const PolicyDocument = document({ Action: '*', Resource: '*' });
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'all', PolicyDocument }));
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: 'test' }),
    );
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  };

  beforeAll(async () => {
    world = await enter();
    place = await mkdtemp(join(tmpdir(), 'tourniquet-evidence-'));
    dir = join(place, 'bundle');
    const victim = await makeFunction(world, { mode: 'respond' });
    await report(world, victim);
    const { id } = await incidentOf(world, victim, 'contained');
    await said(world, id, 'artifacts sealed');
    await decideAs(world, { incidentId: id, action: 'false_positive', reason: 'a drill' });
    incident = await incidentOf(world, victim, 'closed');
  }, 180_000);
  afterAll(() => rm(place, { recursive: true, force: true }));

  it('is one chain of signed manifests, from the gathering to the post-mortem', async () => {
    const { code, out } = await evidence('list', incident.id, '--json');
    expect(code).toBe(0);
    const { manifests } = JSON.parse(out) as {
      manifests: { manifest: { kind: string; number: number; by: string } }[];
    };
    expect(manifests.map(({ manifest }) => manifest.number)).toEqual(manifests.map((_, index) => index + 1));
    const kinds = manifests.map(({ manifest }) => manifest.kind);
    expect(kinds).toEqual(expect.arrayContaining(['gathering', 'investigation', 'post-mortem']));
    expect(kinds.at(-1)).toBe('post-mortem');
    expect(manifests[0]?.manifest.by).toMatch(/assumed-role\/tourniquet-local-us-east-1-gatherEvidence\//);
  });

  it('has what every collector gathers: none was refused anything under its role', async () => {
    const { out } = await evidence('list', incident.id, '--json');
    const { manifests } = JSON.parse(out) as {
      manifests: { manifest: { entries: readonly { artifact?: string; missing?: string }[] } }[];
    };
    const entries = manifests.flatMap(({ manifest }) => manifest.entries);

    expect(entries.filter(({ missing }) => missing !== undefined)).toEqual([]);
    expect(entries.map(({ artifact }) => artifact)).toEqual(
      expect.arrayContaining([
        'configuration/environment.json',
        'identity/role.json',
        'behaviour/management-events.jsonl',
        'behaviour/role-sessions.jsonl',
        'behaviour/metrics.json',
        'behaviour/metrics.svg',
        'behaviour/traces.jsonl',
        'behaviour/step-functions.jsonl',
        'behaviour/invocation-trails.json',
      ]),
    );
  });

  it('keeps the values of the environment for the reader roles, and says so of a bundle without them', async () => {
    const { out } = await evidence('list', incident.id, '--json');
    const { manifests } = JSON.parse(out) as {
      manifests: {
        manifest: { entries: readonly { artifact?: string; key: string; versionId: string }[] };
      }[];
    };
    const [secret] = manifests
      .flatMap(({ manifest }) => manifest.entries)
      .filter(({ artifact }) => artifact === 'configuration/environment.json');
    const [reader, curious] = await Promise.all(['evidence-reader', 'evidence-curious'].map(everythingAs));
    const read = async (credentials: Credentials | undefined): Promise<unknown> => {
      const { s3 } = localClients(world.instance.aws, credentials);
      const of = {
        Bucket: world.instance.stack.evidenceBucket,
        Key: secret?.key,
        VersionId: secret?.versionId,
      };
      const { Body } = await s3.send(new GetObjectCommand(of));
      return JSON.parse((await Body?.transformToString()) ?? '');
    };

    expect(await read(reader)).toMatchObject({
      function: incident.functionArn,
      environments: [expect.objectContaining({ Version: '$LATEST' })],
    });
    await expect(read(curious)).rejects.toMatchObject({ name: 'AccessDenied' });

    const pull = await tourniquet(
      'curious',
      ['evidence', 'pull', incident.id, join(place, 'without-secrets')],
      {
        AWS_ACCESS_KEY_ID: curious?.accessKeyId ?? '',
        AWS_SECRET_ACCESS_KEY: curious?.secretAccessKey ?? '',
        AWS_SESSION_TOKEN: curious?.sessionToken ?? '',
      },
    );
    expect(pull).toMatchObject({ code: 0, out: expect.stringContaining('for its reader roles alone') });
  });

  it('pulls and verifies with exit code 0, and its key is pinned outside the bundle', async () => {
    const { code, out, err } = await evidence('pull', incident.id, dir);
    expect([code, err]).toEqual([0, expect.stringContaining('Pinned the signing key')]);
    expect(out).toContain('INTACT, and signed by a trusted key');
    expect(await evidence('verify', dir)).toMatchObject({ code: 0 });
  });

  it('says the fingerprint of the key in Slack and in the outputs, so that it can be compared', async () => {
    const [file = ''] = await readdir(join(dir, 'keys'));
    const fingerprint = `sha256:${file.replace('.pem', '')}`;
    await said(world, incident.id, fingerprint);
    expect(world.instance.stack.signingKeyFingerprint).toBe(fingerprint);
  });

  it('verifies without AWS against a fingerprint or a PEM file, and says where it knows no signer', async () => {
    const [file = ''] = await readdir(join(dir, 'keys'));
    const pem = join(dir, 'keys', file);
    const strange = join(place, 'strange.pem');
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    await writeFile(strange, publicKey.export({ format: 'pem', type: 'spki' }));
    const offline = async (...args: readonly string[]): Promise<number> =>
      run(process.execPath, [join(root, 'bin', 'tourniquet.cjs'), 'evidence', 'verify', ...args], {
        cwd: place,
        env: { PATH: process.env.PATH, HOME: place, XDG_STATE_HOME: join(place, 'another-machine') },
      }).then(
        () => 0,
        (error: { code: number }) => error.code,
      );

    expect(await offline(dir)).toBe(3);
    expect(await offline(dir, '--trust', pem)).toBe(0);
    expect(await offline(dir, '--trust', `sha256:${file.replace('.pem', '')}`)).toBe(0);
    expect(await offline(dir, '--trust', strange)).toBe(1);
    expect(await offline(dir, '--trust', 'nonsense')).toBe(2);
    expect(await offline(place)).toBe(2);
    expect(await offline()).toBe(2);
  });

  it('verifies with OpenSSL too, without Tourniquet', async () => {
    const [file = ''] = await readdir(join(dir, 'keys'));
    const manifest = join(dir, 'manifests', '0001.json');
    const { stdout } = await run('openssl', [
      'dgst',
      '-sha256',
      '-verify',
      join(dir, 'keys', file),
      '-signature',
      `${manifest}.sig`,
      manifest,
    ]);
    expect(stdout).toContain('Verified OK');
  });

  it('gives exit code 1 and names the file after one bit was flipped; a second pull mends it', async () => {
    const path = join(dir, 'artifacts', '0001', 'code', 'package.zip');
    const bytes = await readFile(path);
    bytes[10] = (bytes[10] ?? 0) ^ 1;
    await writeFile(path, bytes);
    const spoilt = await evidence('verify', dir);
    expect(spoilt).toMatchObject({ code: 1 });
    expect(spoilt.out).toContain('CHANGED artifacts/0001/code/package.zip');

    expect(await evidence('pull', incident.id, dir)).toMatchObject({ code: 0 });
  });

  it('goes on with a pull that broke off', async () => {
    const path = join(dir, 'artifacts', '0001', 'code', 'package.zip');
    const bytes = await readFile(path);
    await rm(path);
    await writeFile(`${path}.partial`, bytes.subarray(0, 50));
    await truncate(join(dir, 'artifacts', '0001', 'response', 'undo.txt'), 3);

    expect(await evidence('pull', incident.id, dir)).toMatchObject({ code: 0 });
    expect(await readFile(path)).toEqual(bytes);
  });

  it('is not pulled into a directory that holds something else', async () => {
    const other = await mkdtemp(join(place, 'other-'));
    await writeFile(join(other, 'thesis.txt'), 'mine');

    const { code, err } = await evidence('pull', incident.id, other);
    expect([code, err]).toEqual([1, expect.stringContaining('is not empty and is no bundle')]);
    expect(await readdir(other)).toEqual(['thesis.txt']);
  });

  it('stays as it was under an overwrite and a deletion, which are told', async () => {
    const { s3 } = world.instance.clients;
    const Bucket = world.instance.stack.evidenceBucket;
    // What vanishes first is in the first manifest.
    const folder = incident.evidence?.manifests?.[0]?.key.replace(/manifest\.json$/, '') ?? '';
    await s3.send(new PutObjectCommand({ Bucket, Key: `${folder}code/package.zip`, Body: 'harmless' }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: `${folder}response/undo.txt` }));

    const fresh = join(place, 'fresh');
    const { code, out } = await evidence('pull', incident.id, fresh);
    expect(code).toBe(0);
    expect(out).toMatch(/code\/package\.zip \(version [^)]+\): covered at .* by another version/);
    expect(out).toMatch(/response\/undo\.txt \(version [^)]+\): covered at .* by a delete marker/);
    expect((await evidence('verify', fresh)).out).toContain('by a delete marker');
    expect(await readFile(join(fresh, 'artifacts', '0001', 'code', 'package.zip'))).toEqual(
      await readFile(join(dir, 'artifacts', '0001', 'code', 'package.zip')),
    );
  });

  it('keeps a record of who listed and pulled it', async () => {
    const entries = await listEntries(world.records, incident.id);
    const reads = entries.filter(({ kind }) => kind === 'evidence-read').map(({ text }) => text);

    expect(reads).toEqual(
      expect.arrayContaining([
        'evidence listed by arn:aws:iam::000000000000:root',
        expect.stringMatching(/^evidence pulled \(manifests 1 to \d+\) by arn:aws:iam::000000000000:root$/),
      ]),
    );
  });

  it.each<[string, string, () => object]>([
    [
      's3',
      'DeleteBucketPolicy',
      () => ({ requestParameters: { bucketName: world.instance.stack.evidenceBucket } }),
    ],
    ['kms', 'PutKeyPolicy', () => ({ resources: [{ ARN: world.instance.stack.signingKeyArn }] })],
    [
      'dynamodb',
      'UpdateTimeToLive',
      () => ({ requestParameters: { tableName: historyTableOf(world.instance.stack.incidentTable) } }),
    ],
    [
      'dynamodb',
      'DeleteResourcePolicy',
      () => ({
        requestParameters: {
          resourceArn: historyTableArn(world.instance.aws, world.instance.stack.incidentTable),
        },
      }),
    ],
  ])('has people told when somebody calls %s:%s on what keeps it', async (service, eventName, what) => {
    const { events, sns, sqs } = world.instance.clients;
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'sns.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: '*',
        },
      ],
    });
    const { QueueUrl } = await sqs.send(
      new CreateQueueCommand({ QueueName: `told-${eventName}`, Attributes: { Policy } }),
    );
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    await sns.send(
      new SubscribeCommand({
        TopicArn: world.instance.stack.alertTopicArn,
        Protocol: 'sqs',
        Endpoint: Attributes?.QueueArn,
      }),
    );
    const call = { eventSource: `${service}.amazonaws.com`, eventName, ...what() };
    const elsewhere = {
      ...call,
      requestParameters: { bucketName: 'another' },
      resources: [{ ARN: 'another' }],
    };
    for (const detail of [elsewhere, call])
      await events.send(
        new PutEventsCommand({
          Entries: [
            {
              Source: `aws.${service}`,
              DetailType: 'AWS API Call via CloudTrail',
              Detail: JSON.stringify(detail),
            },
          ],
        }),
      );

    const told = await until('an alert', 30, async () => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
      );
      const ours = Messages.filter(({ Body = '' }) => Body.includes(eventName));
      return ours.length === 0 ? null : ours;
    });
    expect(told.map(({ Body = '' }) => Body.includes('another'))).toEqual([false]);
  });

  it('cannot be shortened, deleted or signed for by an administrator of the account', async () => {
    const administrator = localClients(world.instance.aws, await everythingAs('evidence-test-administrator'));
    const Bucket = world.instance.stack.evidenceBucket;
    const of = { Bucket, Key: incident.chain?.key, VersionId: incident.chain?.versionId ?? undefined };
    // What is denied is nothing but what is meant: the same principal reads what it likes.
    await administrator.s3.send(new GetObjectCommand(of));
    const KeyId = world.instance.stack.signingKeyArn;
    const attempts: Readonly<Record<string, () => Promise<unknown>>> = {
      delete: () =>
        administrator.s3.send(new DeleteObjectCommand({ ...of, BypassGovernanceRetention: true })),
      shorten: () =>
        administrator.s3.send(
          new PutObjectRetentionCommand({
            ...of,
            BypassGovernanceRetention: true,
            Retention: { Mode: 'GOVERNANCE', RetainUntilDate: new Date(Date.now() + 1000) },
          }),
        ),
      loosen: () => administrator.s3.send(new DeleteBucketPolicyCommand({ Bucket })),
      sign: () =>
        administrator.kms.send(
          new SignCommand({
            KeyId,
            Message: Buffer.alloc(32),
            MessageType: 'DIGEST',
            SigningAlgorithm: 'ECDSA_SHA_256',
          }),
        ),
      'delete the key': () => administrator.kms.send(new ScheduleKeyDeletionCommand({ KeyId })),
      'disable the key': () => administrator.kms.send(new DisableKeyCommand({ KeyId })),
    };
    for (const [what, attempt] of Object.entries(attempts))
      expect([
        what,
        await attempt().then(
          () => 'done',
          (error: Error) => error.name,
        ),
      ]).toEqual([what, expect.stringMatching(/^AccessDenied/)]);
  });

  it('has a trail: who did what, when and why, also what was refused, and that it is whole', async () => {
    const refused = await decideAs(world, { incidentId: incident.id, action: 'keep', reason: 'too late' });
    expect(refused.status).toBe(409);
    const { code: undone } = await tourniquet('state', ['undo', incident.id]);
    expect(undone).toBe(0);

    const { out } = await tourniquet('state', ['audit', '--since', incident.openedAt, '--json']);
    const { entries, faults } = JSON.parse(out) as {
      entries: { incident: string; number: number; kind: string; by?: string; text: string }[];
      faults: { incident: string }[];
    };
    const ours = entries.filter((entry) => entry.incident === incident.id);
    const by = 'arn:aws:iam::000000000000:root';
    for (const expected of [
      { number: 1, kind: 'opened' },
      { kind: 'decision', by, text: `${by} (aws) decided: false_positive, because: a drill` },
      { kind: 'released', by, text: expect.stringContaining('; ') },
      { kind: 'decision-refused', by, text: expect.stringContaining('was refused keep') },
      { kind: 'evidence-read', by },
      { kind: 'undo-read', by },
    ])
      expect(ours).toContainEqual(expect.objectContaining(expected));
    expect(faults.filter((fault) => fault.incident === incident.id)).toEqual([]);
    const { out: page } = await tourniquet('state', ['audit', '--against', join(place, 'fresh')]);
    expect(page).not.toContain(`${incident.id}: `);
  });

  it('has a trail that shows what somebody changed who could, by its own digests and by what was sealed', async () => {
    const { db } = world.instance.clients;
    const TableName = historyTableOf(world.instance.stack.incidentTable);
    const decision = (await listEntries(world.records, incident.id)).find(({ kind }) => kind === 'decision');
    const number = decision?.number ?? 0;
    const change = (by: string | undefined, digest: string | undefined) =>
      db.send(
        new UpdateCommand({
          TableName,
          Key: entryKey(incident.id, number),
          UpdateExpression: 'SET #by = :by, sha256 = :digest',
          ExpressionAttributeNames: { '#by': 'by' },
          ExpressionAttributeValues: { ':by': by, ':digest': digest },
        }),
      );
    await change('U0SOMEBODYELSE', '0'.repeat(64));
    const { code, out } = await tourniquet('state', ['audit', '--against', join(place, 'fresh')]);

    expect(code).toBe(1);
    expect(out).toContain(`${incident.id}: entry ${number} was changed: its digest does not fit`);
    expect(out).toContain(`${incident.id}: entry ${number + 1} does not follow the one before it`);
    expect(out).toMatch(
      new RegExp(`${incident.id}: entry ${number} is another one than in artifacts/\\d{4}/post-mortem.json`),
    );
    // As it was: others look at the history of the same stack.
    await change(decision?.by, decision?.sha256);
    expect(await tourniquet('state', ['audit', '--against', place])).toMatchObject({ code: 2 });
    expect(await tourniquet('state', ['audit', '--since', 'yesterday'])).toMatchObject({ code: 2 });
  });
});
