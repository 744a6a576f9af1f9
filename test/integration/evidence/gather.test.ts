import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  PublishLayerVersionCommand,
  PublishVersionCommand,
  PutFunctionCodeSigningConfigCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda';
import { CreateBucketCommand, GetObjectCommand } from '@aws-sdk/client-s3';
import type { LocalClients } from '../../../local/clients';
import type { Artifact, Collector, CollectorInput, CollectorTools } from '../../../shared/evidence/collector';
import { COLLECTORS } from '../../../shared/evidence/collectors';
import { code } from '../../../shared/evidence/collectors/code';
import { latestCode } from '../../../shared/evidence/collectors/latestCode';
import { layers } from '../../../shared/evidence/collectors/layers';
import { logs } from '../../../shared/evidence/collectors/logs';
import { signing } from '../../../shared/evidence/collectors/signing';
import { gather } from '../../../shared/evidence/gather';
import { isPiece, type Manifest } from '../../../shared/evidence/manifest';
import { runCollector } from '../../../shared/evidence/runCollector';
import type { Vault } from '../../../shared/evidence/seal';
import type { Incident } from '../../../shared/incident/incident';
import { getIncident, openIncident, updateIncident } from '../../../shared/incident/store';
import { describeSuspect, type Suspect } from '../../../shared/suspect/describe';
import { parseFunctionArn } from '../../../shared/suspect/functionArn';
import { collect } from '../../fixtures/collected';
import { collectorTools } from '../../fixtures/collectorTools';
import { aSuspect } from '../../fixtures/suspect';
import { aVault } from '../../fixtures/vault';
import { zipOf } from '../../fixtures/zip';
import { incidentOf, type Stage, startStage } from '../containment/stage';
import { assume, makeFunction, makeRole } from '../localAws/account';

const BUCKET = 'gathered-evidence';
const WINDOW = { from: '1970-01-01T00:00:00.000Z', to: '2100-01-01T00:00:00.000Z' };

describe('the gathering of evidence', () => {
  let stage: Stage;
  /** Under the permissions of the deployment's role. */
  let gatherer: LocalClients;
  let vault: Vault;
  let roleArn: string;
  beforeAll(async () => {
    stage = await startStage('gather');
    gatherer = await stage.as('gatherEvidence');
    await stage.clients.s3.send(
      new CreateBucketCommand({ Bucket: BUCKET, ObjectLockEnabledForBucket: true }),
    );
    vault = await aVault(stage.clients, BUCKET, () => new Date());
    roleArn = await makeRole(stage.aws, 'suspect-role', []);
  }, 60_000);
  afterAll(() => stage.stop());

  const tools = (changes: Partial<CollectorTools> = {}): CollectorTools =>
    collectorTools(gatherer, stage.records, changes);
  const overdue = { deadline: new Date(0) };
  const inputOf = (suspect: Suspect): CollectorInput => ({
    incident: incidentOf(suspect),
    suspect,
    window: WINDOW,
  });
  const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64');
  /** The bytes of an artifact, consumed as when it is sealed. */
  const bytesOf = async ({ body }: Artifact): Promise<Buffer> =>
    typeof body === 'string' ? Buffer.from(body) : Buffer.concat(await body.toArray());

  describe('when a collector', () => {
    const artifact = (name: string, body: Artifact['body'] = name): Artifact => ({
      name,
      contentType: 'text/plain',
      source: 'a test',
      body,
    });
    const run = (collect: Collector['collect'], changes: Partial<CollectorTools> = {}) => {
      const collector: Collector = { id: 'test', title: 'Test', permissions: [], collect };
      return runCollector(collector, inputOf(aSuspect()), tools(changes), vault, 'incidents/run');
    };

    it('fails, keeps what it gave before and says what is missing', async () => {
      const { entries, continueWith } = await run(async function* () {
        yield artifact('before');
        throw new RangeError('no more of it');
      });

      expect(entries).toMatchObject([
        { artifact: 'before', completeness: 'complete' },
        { collector: 'test', missing: 'RangeError: no more of it' },
      ]);
      expect(continueWith).toBeNull();
    });

    it('breaks off in the middle of an artifact, does not list half of it as sealed', async () => {
      const { entries } = await run(async function* () {
        yield artifact(
          'half',
          Readable.from(
            (async function* () {
              yield Buffer.from('the first half');
              throw new Error('connection reset');
            })(),
          ),
        );
      });

      expect(entries).toEqual([
        { collector: 'test', missing: 'Error: connection reset', noticedAt: expect.any(String) },
      ]);
    });

    it.each([
      [
        'before it gives anything',
        async function* (): AsyncGenerator<Artifact> {
          yield* [];
          await new Promise(() => undefined);
        },
        [],
      ],
      [
        'between two artifacts',
        async function* () {
          yield artifact('first');
          await new Promise(() => undefined);
        },
        [expect.objectContaining({ artifact: 'first' })],
      ],
      [
        'within an artifact',
        async function* () {
          yield artifact('endless', new Readable({ read: () => undefined }));
        },
        [],
      ],
    ])('hangs %s, is left behind and said to be', async (_where, collect, sealed) => {
      const { entries } = await run(collect, { signal: AbortSignal.timeout(1500) });

      expect(entries).toEqual([
        ...sealed,
        {
          collector: 'test',
          missing: 'it did not end in time, and was left behind',
          noticedAt: expect.any(String),
        },
      ]);
    });

    it('may not read what it is to collect, says what was refused it', async () => {
      const mayNothing = await makeRole(stage.aws, 'may-nothing', []);
      const { lambda } = stage.fresh(await assume(stage.aws, mayNothing, 'gatherer'));
      const { entries } = await runCollector(
        signing,
        inputOf(await functionWith({})),
        tools({ lambda }),
        vault,
        'incidents/denied',
      );

      expect(entries).toEqual([
        expect.objectContaining({ collector: 'signing', missing: expect.stringContaining('AccessDenied') }),
      ]);
    });
  });

  let functions = 0;
  const functionWith = async (
    settings: Parameters<typeof makeFunction>[4],
    source = 'exports.handler = async () => 1;',
  ): Promise<Suspect> => {
    functions += 1;
    const arn = await makeFunction(stage.aws, `suspect-${functions}`, roleArn, source, settings);
    return suspectAt(arn);
  };
  const suspectAt = async (arn: string): Promise<Suspect> => {
    const name = parseFunctionArn(arn);
    const suspect = name === null ? null : await describeSuspect(name, stage.clients.lambda);
    if (suspect === null) throw new Error(`there is no ${arn}`);
    return suspect;
  };

  describe('of code', () => {
    it('takes the package of the version that the finding names, and $LATEST beside it', async () => {
      const { arn, functionName: FunctionName } = await functionWith({});
      const { lambda } = stage.clients;
      const { Version } = await lambda.send(new PublishVersionCommand({ FunctionName }));
      const implant = await zipOf({
        'index.js': 'exports.handler = async () => "implant";',
        'node_modules/evil/package.json': '{"name":"evil","version":"6.6.6"}',
      });
      await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: implant }));
      const suspect = await suspectAt(`${arn}:${Version}`);

      const [published] = (await firstOf(code, suspect)).map(sha256);
      const [latest] = (await firstOf(latestCode, suspect)).map(sha256);
      expect(published).toBe((await versionDigests(suspect))[String(Version)]);
      expect(latest).toBe(sha256(implant));
      expect(published).not.toBe(latest);

      const both = await collect(latestCode, inputOf(suspect), tools());
      expect(both.artifacts.map(({ name }) => name)).toEqual(['code/latest.zip', 'code/latest.cdx.json']);
      expect(both.json('code/latest.cdx.json')).toMatchObject({
        components: [{ purl: 'pkg:npm/evil@6.6.6' }],
      });
      expect(both.completeness('code/latest.zip')).toBe('complete');
    });

    const firstOf = async (collector: Collector, suspect: Suspect): Promise<readonly Buffer[]> => {
      const all: Buffer[] = [];
      for await (const given of collector.collect(inputOf(suspect), tools()))
        if (!('continueWith' in given)) all.push(await bytesOf(given));
      return all;
    };
    const versionDigests = async (suspect: Suspect): Promise<Readonly<Record<string, string>>> => {
      const { versions } = (await collect(signing, inputOf(suspect), tools())).json('code/digests.json') as {
        versions: { Version: string; CodeSha256: string }[];
      };
      return Object.fromEntries(versions.map(({ Version, CodeSha256 }) => [Version, CodeSha256]));
    };

    it('does not take $LATEST twice', async () => {
      const { artifacts } = await collect(latestCode, inputOf(await functionWith({})), tools());

      expect(artifacts).toEqual([]);
    });

    it('asks for a new link when the first has expired', async () => {
      const suspect = await functionWith({});
      const links: string[] = [];
      const expired: typeof fetch = async (link, options) => {
        links.push(String(link));
        return links.length === 1
          ? new Response('Request has expired', { status: 403 })
          : fetch(link, options);
      };

      const { completeness } = await collect(code, inputOf(suspect), tools({ fetch: expired }));
      expect(links).toHaveLength(2);
      expect(completeness('code/package.zip')).toBe('complete');
    });

    it('says that the package is missing when no link works', async () => {
      const gone: typeof fetch = async () => new Response('Request has expired', { status: 403 });
      const { entries } = await runCollector(
        code,
        inputOf(await functionWith({})),
        tools({ fetch: gone }),
        vault,
        'incidents/expired',
      );

      expect(entries).toEqual([
        expect.objectContaining({
          missing: expect.stringMatching(/^CodeNotAvailableError: .* answered 403$/),
        }),
      ]);
    });

    it('says so when the link gives other bytes than Lambda names', async () => {
      const other: typeof fetch = async () => new Response(await zipOf({ 'index.js': 'harmless' }));
      const { completeness } = await collect(code, inputOf(await functionWith({})), tools({ fetch: other }));

      expect(completeness('code/package.zip')).toMatch(/^not what Lambda names: /);
    });

    it('takes the digest of a container image, and says that the image is not there', async () => {
      const suspect = aSuspect({ arn: 'arn:aws:lambda:us-east-1:000000000000:function:container' });
      const ImageUri = '000000000000.dkr.ecr.us-east-1.amazonaws.com/shop:latest';
      const ResolvedImageUri = ImageUri.replace(':latest', `@sha256:${'a'.repeat(64)}`);
      const lambda = stage.fresh().lambda;
      // In the shape of AWS: the local one runs no images.
      lambda.middlewareStack.add(
        () => async () => ({
          response: {},
          output: {
            $metadata: {},
            Configuration: { PackageType: 'Image' },
            Code: { RepositoryType: 'ECR', ImageUri, ResolvedImageUri },
          },
        }),
        { step: 'initialize', priority: 'high' },
      );

      const { json, completeness } = await collect(code, inputOf(suspect), tools({ lambda }));
      expect(json('code/image.json')).toEqual({ imageUri: ImageUri, resolvedImageUri: ResolvedImageUri });
      expect(completeness('code/image.json')).toContain('digest only');
    });

    it('says what Lambda does with code that nobody signed, and the digest of every version', async () => {
      const { lambda } = stage.clients;
      const CodeSigningConfigArn =
        'arn:aws:lambda:us-east-1:000000000000:code-signing-config:csc-0123456789abcdef0';
      const suspect = await functionWith({});
      const { functionName: FunctionName } = suspect;
      await lambda.send(new PublishVersionCommand({ FunctionName }));
      await lambda.send(new PutFunctionCodeSigningConfigCommand({ FunctionName, CodeSigningConfigArn }));

      // The local AWS knows which configuration a function has, and no configuration: its answer in the shape of AWS.
      const asked: unknown[] = [];
      const signed = (await stage.as('gatherEvidence')).lambda;
      signed.middlewareStack.add(
        (next, { commandName }) =>
          async (args) => {
            if (commandName !== 'GetCodeSigningConfigCommand') return next(args);
            asked.push(args.input);
            const CodeSigningConfig = {
              CodeSigningConfigArn,
              CodeSigningPolicies: { UntrustedArtifactOnDeployment: 'Warn' as const },
            };
            return { response: {}, output: { $metadata: {}, CodeSigningConfig } };
          },
        { step: 'initialize' },
      );

      const { json, completeness } = await collect(signing, inputOf(suspect), tools({ lambda: signed }));
      expect(asked).toEqual([{ CodeSigningConfigArn }]);
      expect(completeness('code/digests.json')).toBe('complete');
      expect(json('code/digests.json')).toMatchObject({
        versions: [
          { Version: '$LATEST', CodeSha256: suspect.codeSha256, SigningJobArn: null },
          { Version: '1', CodeSha256: suspect.codeSha256 },
        ],
        codeSigningConfig: { CodeSigningPolicies: { UntrustedArtifactOnDeployment: 'Warn' } },
      });
    });

    it('takes every layer, and goes on with them in another invocation', async () => {
      const made = await Promise.all(
        ['one', 'two'].map(async (name) => {
          const ZipFile = await zipOf({
            [`nodejs/node_modules/${name}/package.json`]: JSON.stringify({ name, version: '1.0.0' }),
          });
          const { LayerVersionArn = '' } = await stage.clients.lambda.send(
            new PublishLayerVersionCommand({ LayerName: name, Content: { ZipFile } }),
          );
          return { name, ZipFile, LayerVersionArn };
        }),
      );
      const suspect = await functionWith({ Layers: made.map(({ LayerVersionArn }) => LayerVersionArn) });

      const late = await collect(layers, inputOf(suspect), tools(overdue));
      expect([late.artifacts, late.continueWith]).toEqual([[], { next: 0 }]);
      const all = await collect(layers, { ...inputOf(suspect), cursor: { next: 0 } }, tools());
      expect(all.artifacts.map(({ name }) => name)).toEqual([
        'code/layers/1-one-1.zip',
        'code/layers/1-one-1.cdx.json',
        'code/layers/2-two-1.zip',
        'code/layers/2-two-1.cdx.json',
      ]);
      expect(all.json('code/layers/2-two-1.cdx.json')).toMatchObject({
        components: [{ purl: 'pkg:npm/two@1.0.0' }],
      });
      expect(all.completeness('code/layers/1-one-1.zip')).toBe('complete');
    });
  });

  describe('of logs', () => {
    let groups = 0;
    /** A log group with events in its streams: `[milliseconds, message]`. */
    const groupWith = async (
      streams: Readonly<Record<string, readonly (readonly [number, string])[]>>,
    ): Promise<Suspect> => {
      groups += 1;
      const logGroupName = `/aws/lambda/logs-${groups}`;
      await stage.clients.logs.send(new CreateLogGroupCommand({ logGroupName }));
      for (const [logStreamName, events] of Object.entries(streams)) {
        await stage.clients.logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
        const logEvents = events.map(([timestamp, message]) => ({ timestamp, message }));
        await stage.clients.logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
      }
      return aSuspect({ logGroup: logGroupName });
    };
    const many = (count: number, from: number, text: string) =>
      Array.from({ length: count }, (_, index) => [from + 2 * index, `${text} ${index}`] as const);
    const MANY = 9000;

    it('goes on where it had to stop, until every line of every stream is there once', async () => {
      const suspect = await groupWith({ a: many(MANY, 1000, 'a'), b: many(MANY, 1001, 'b') });
      const messages: unknown[] = [];
      let input = inputOf(suspect);
      let invocations = 0;
      for (;;) {
        invocations += 1;
        const part = await collect(logs, input, tools(overdue));
        messages.push(...part.lines('behaviour/logs.jsonl').map(({ message }) => message));
        if (part.continueWith === null) {
          expect(part.completeness('behaviour/logs.jsonl')).toBe('complete');
          expect(part.json('behaviour/logs.json')).toMatchObject({
            lines: 2 * MANY,
            firstEvent: '1970-01-01T00:00:01.000Z',
            lastEvent: new Date(1001 + 2 * (MANY - 1)).toISOString(),
          });
          break;
        }
        expect(part.completeness('behaviour/logs.jsonl')).toMatch(/^\d+ lines; more follows/);
        // It waits in DynamoDB until the next invocation.
        expect(JSON.stringify(part.continueWith).length).toBeLessThan(4096);
        input = { ...input, cursor: JSON.parse(JSON.stringify(part.continueWith)) };
      }

      expect(invocations).toBeGreaterThan(1);
      expect(messages).toHaveLength(2 * MANY);
      expect(new Set(messages).size).toBe(2 * MANY);
    });

    it('keeps what was read of a log group that is deleted meanwhile, and says so', async () => {
      const suspect = await groupWith({ a: many(MANY, 1000, 'a'), b: many(MANY, 1001, 'b') });
      const first = await collect(logs, inputOf(suspect), tools(overdue));
      expect(first.continueWith).not.toBeNull();
      await stage.clients.logs.send(new DeleteLogGroupCommand({ logGroupName: suspect.logGroup }));

      const rest = await collect(logs, { ...inputOf(suspect), cursor: first.continueWith as never }, tools());
      expect(rest.continueWith).toBeNull();
      expect(rest.completeness('behaviour/logs.json')).toMatch(/was deleted after \d+ lines were read$/);
      expect(rest.json('behaviour/logs.json')).toMatchObject({
        lines: first.lines('behaviour/logs.jsonl').length,
      });
    });

    it('says that there is no log group where there is none', async () => {
      const suspect = aSuspect({ logGroup: '/aws/lambda/never-was' });
      const { completeness } = await collect(logs, inputOf(suspect), tools());

      expect(completeness('behaviour/logs.jsonl')).toBe('the log group /aws/lambda/never-was does not exist');
    });

    it('says of an empty one that it has no first and no last event', async () => {
      const { json } = await collect(logs, inputOf(await groupWith({})), tools());

      expect(json('behaviour/logs.json')).toMatchObject({ lines: 0, firstEvent: null, lastEvent: null });
    });

    it('keeps a line that is made to hurt as one line, whole', async () => {
      const hostile = 'a\u001b[2J\u001b]0;owned\u0007\r\n{"message":"forged"}\u2028<script>';
      const suspect = await groupWith({ a: [[1, hostile]] });
      const { text, lines } = await collect(logs, inputOf(suspect), tools());
      const written = text('behaviour/logs.jsonl');

      expect(written.split(/[\r\n\u2028]/)).toHaveLength(2);
      expect(written).not.toContain('\u001b');
      expect(lines('behaviour/logs.jsonl')).toMatchObject([
        { message: expect.stringContaining('{"message":"forged"}') },
      ]);
    });
  });

  describe('as a whole', () => {
    const opened = async (): Promise<{ incident: Incident; suspect: Suspect }> => {
      const suspect = await functionWith({});
      const incident = incidentOf(suspect);
      await openIncident(stage.records, { ...incident, functionArn: suspect.arn }, {}, 'opened');
      return { incident: await getIncident(stage.records, incident.id), suspect };
    };
    const all = (changes: Partial<CollectorTools> = {}) =>
      collectorTools(stage.clients, stage.records, changes);
    const manifestsOf = async ({ evidence }: Incident): Promise<readonly Manifest[]> =>
      Promise.all(
        (evidence?.manifests ?? []).map(async ({ key, versionId }) => {
          const { Body } = await stage.clients.s3.send(
            new GetObjectCommand({ Bucket: BUCKET, Key: key, VersionId: versionId ?? undefined }),
          );
          return JSON.parse((await Body?.transformToString()) ?? '') as Manifest;
        }),
      );
    const piecesOf = ({ entries }: Manifest): readonly string[] =>
      entries.filter(isPiece).map(({ artifact }) => artifact);

    it('seals what vanishes first under a manifest of its own, before the rest', async () => {
      const { incident, suspect } = await opened();
      const { summary, more } = await gather({ incident, suspect }, false, all(), vault);
      const after = await getIncident(stage.records, incident.id);
      const [first, second, ...none] = await manifestsOf(after);
      if (first === undefined || second === undefined) throw new Error('there are not two manifests');

      expect([more, none, after.gathering]).toEqual([false, [], undefined]);
      expect(piecesOf(first)).toEqual(expect.arrayContaining(['code/package.zip', 'response/undo.txt']));
      expect(piecesOf(first)).not.toContain('behaviour/logs.jsonl');
      expect(piecesOf(second)).toContain('behaviour/logs.jsonl');
      expect(summary.volatileSealedAt).toBe(first.sealedAt);
      expect(second.previous?.number).toBe(first.number);
      expect(summary.artifacts).toBe(piecesOf(first).length + piecesOf(second).length);
    });

    it('does not wait with the signature and the rest for a download that hangs', async () => {
      const { incident, suspect } = await opened();
      const hangs: typeof fetch = () => new Promise(() => undefined);
      const { more } = await gather({ incident, suspect }, false, all({ fetch: hangs }), vault, 5000);
      const [first, second] = await manifestsOf(await getIncident(stage.records, incident.id));

      expect(more).toBe(false);
      expect(first?.entries).toContainEqual(
        expect.objectContaining({ collector: 'code', missing: expect.stringContaining('left behind') }),
      );
      expect(first === undefined ? [] : piecesOf(first)).toContain('response/undo.txt');
      expect(second === undefined ? [] : piecesOf(second)).toContain('behaviour/logs.jsonl');
    });

    it('stops in time and goes on where it stopped, also in another process', async () => {
      const { incident, suspect } = await opened();
      // Time for what vanishes first, and not for more.
      let looked = 0;
      const late = { get: () => (looked++ < 1 ? new Date(Date.now() + 60_000) : new Date(0)) };
      const tight = Object.defineProperty({ ...all() }, 'deadline', late) as CollectorTools;

      const begun = await gather({ incident, suspect }, false, tight, vault);
      expect(begun.more).toBe(true);
      const between = await getIncident(stage.records, incident.id);
      expect(between.gathering).toMatchObject({ invocations: 1, closing: false });
      expect(between.gathering?.left.map(({ collector }) => collector)).toContain('logs');

      const ended = await gather({ incident: between, suspect }, false, all(), vault);
      expect(ended.more).toBe(false);
      const manifests = await manifestsOf(await getIncident(stage.records, incident.id));
      const collected = manifests.flatMap(piecesOf);
      expect(manifests).toHaveLength(2);
      expect(collected).toHaveLength(new Set(collected).size);
      // The window is that of the beginning: nothing is read twice and nothing is left out.
      expect(manifests[1]?.about).toMatchObject({ window: manifests[0]?.about.window });
    });

    it('gathers anew for another containment, whatever was left of the one before, which leaves the record to it', async () => {
      const { incident, suspect } = await opened();
      let looked = 0;
      const late = { get: () => (looked++ < 1 ? new Date(Date.now() + 60_000) : new Date(0)) };
      const tight = Object.defineProperty({ ...all() }, 'deadline', late) as CollectorTools;
      await gather({ incident, suspect }, false, tight, vault);
      await updateIncident(stage.records, incident.id, { containment: incident.containment + 1 });
      const anew = await getIncident(stage.records, incident.id);
      expect(anew.gathering?.left).not.toEqual([]);

      const { summary, more } = await gather({ incident: anew, suspect }, false, all(), vault);
      expect(more).toBe(false);
      const manifests = await manifestsOf(await getIncident(stage.records, incident.id));
      expect(manifests.flatMap(piecesOf)).toEqual(
        expect.arrayContaining(['code/package.zip', 'behaviour/logs.jsonl']),
      );
      // One of the containment before that was still running.
      await gather({ incident, suspect }, false, all(), vault);
      const { evidence, gathering } = await getIncident(stage.records, incident.id);
      expect(evidence).toEqual(summary);
      expect(gathering).toBeUndefined();
    });

    it('gathers again at the closing what came since, and nothing that cannot have changed', async () => {
      const { incident, suspect } = await opened();
      const first = await gather({ incident, suspect }, false, all(), vault);
      const { summary } = await gather(
        { incident: await getIncident(stage.records, incident.id), suspect },
        true,
        all(),
        vault,
      );
      const closing = (await manifestsOf(await getIncident(stage.records, incident.id))).slice(
        first.summary.manifests?.length,
      );
      const collected = closing.flatMap(piecesOf);

      expect(collected).toEqual(expect.arrayContaining(['behaviour/logs.jsonl', 'response/history.json']));
      expect(collected).not.toContain('code/package.zip');
      expect(closing.map(({ about }) => about.closing)).toEqual(closing.map(() => true));
      // What was late for the first window is in the second.
      expect(Date.parse(summary.window?.from ?? '')).toBeLessThan(Date.parse(first.summary.window?.to ?? ''));
      expect(summary.volatileSealedAt).toBe(first.summary.volatileSealedAt);
    });

    it('comes to an end where a collector would go on for ever, and says so', async () => {
      const { incident, suspect } = await opened();
      const window = { from: WINDOW.from, to: new Date().toISOString() };
      const left = COLLECTORS.filter(({ id }) => id === 'logs').map(({ id }) => ({ collector: id }));
      await updateIncident(stage.records, incident.id, {
        gathering: { closing: false, containment: incident.containment, window, invocations: 60, left },
      });

      const { summary, more } = await gather(
        { incident: await getIncident(stage.records, incident.id), suspect },
        false,
        all(),
        vault,
      );
      expect([more, summary.missing]).toEqual([
        false,
        ['logs: cut off: it was not done after 60 invocations'],
      ]);
    });
  });
});
