import { Readable } from 'node:stream';
import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import type { S3Client } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { chainManifest, type Manifest, type ManifestEntry } from '../../../../shared/evidence/manifest';
import {
  type Investigation,
  investigate,
  scanLogs,
  summarise,
} from '../../../../shared/investigation/investigate';
import { exposedOfKind, sayExposure } from '../../../../shared/investigation/readExposure';
import { anIncident } from '../../../fixtures/incident';
import { aSigner } from '../../../fixtures/signer';
import { aSuspect } from '../../../fixtures/suspect';
import { zipOf } from '../../../fixtures/zip';

const AT = '2026-11-20T10:00:00.000Z';
const line = (message: unknown, timestamp: unknown = AT): string =>
  `${JSON.stringify({ timestamp, message })}\n`;
const scan = (...chunks: readonly (string | Buffer)[]) =>
  scanLogs(Readable.from(chunks.map((chunk) => Buffer.from(chunk as string))));

describe('scanLogs', () => {
  it('counts the lines that bear a sign, and quotes the first', async () => {
    const found = await scan(
      line('START RequestId: 1'),
      line('connecting to stratum+tcp://pool.example', '2026-11-20T10:00:01.000Z'),
      line('connecting to stratum+tcp://pool.example', '2026-11-20T10:00:02.000Z'),
    );

    expect(found).toEqual([
      {
        sign: 'miner-protocol',
        title: 'a mining pool protocol',
        technique: 'T1496',
        lines: 2,
        first: '2026-11-20T10:00:01.000Z',
        example: 'connecting to stratum+tcp://pool.example',
      },
    ]);
  });

  it('finds nothing in nothing', async () => {
    expect(await scan()).toEqual([]);
    expect(await scan('')).toEqual([]);
    expect(await scan('\n\n')).toEqual([]);
  });

  it('reads a line that comes in pieces, between letters and within one', async () => {
    const bytes = Buffer.from(line('é stratum+tcp://pool.example é'));

    expect(await scan(...Array.from(bytes, (byte) => Buffer.from([byte])))).toMatchObject([{ lines: 1 }]);
  });

  it('reads a last line without its end', async () => {
    expect(await scan(line('x'), line('xmrig').trimEnd())).toMatchObject([{ sign: 'miner-name', lines: 1 }]);
  });

  it.each([
    'xmrig is no JSON',
    '{"message":"xmrig"',
    '"xmrig"',
    '["xmrig"]',
    '{"message":{"deep":"xmrig"}}',
    '{"message":null,"other":"xmrig"}',
    '{"message":"xmrig","timestamp":7}',
    '\u0000xmrig\u0000',
  ])('is not stopped by the line %j', async (garbage) => {
    const found = await scan(`${garbage}\n`, line('stratum+tcp://pool.example'));

    expect(found.map(({ sign }) => sign)).toEqual(['miner-name', 'miner-protocol']);
  });

  it.each(['\u2028', '\u2029', '\r', '\u0085', '\r\n', '\v', '\f'])(
    'is not stopped by %j, with which a message may try to end its line',
    async (breaker) => {
      const found = await scan(line(`a${breaker} xmrig ${breaker}b`), line('stratum+tcp://pool.example'));

      expect(found).toMatchObject([
        { sign: 'miner-name', lines: 1, first: AT },
        { sign: 'miner-protocol', lines: 1 },
      ]);
    },
  );

  it.each(['\n', '\t', '\r', '"', '\\', '\b'])(
    'finds a sign right after %j inside a message',
    async (before) => {
      expect(await scan(line(`done${before}xmrig started`))).toMatchObject([{ sign: 'miner-name' }]);
    },
  );

  it('quotes at most two hundred characters', async () => {
    const [found] = await scan(line(`xmrig ${'a'.repeat(10_000)}`));

    expect(found?.example).toHaveLength(200);
  });

  it('never throws over what is in the logs (property)', async () => {
    const anyLine = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.jsonValue().map((value) => JSON.stringify(value)),
      fc.string({ unit: 'binary' }).map((text) => line(`${text} xmrig`)),
    );

    await fc.assert(
      fc.asyncProperty(fc.array(anyLine), async (lines) => {
        const found = await scan(...lines.map((text) => `${text}\n`));
        expect(Array.isArray(found)).toBe(true);
      }),
    );
  });
});

describe('investigate', () => {
  const sealed = (artifact: string, size = 100): ManifestEntry => ({
    artifact,
    source: 'test',
    collectedAt: AT,
    completeness: 'complete',
    key: `incidents/x/${artifact}`,
    sha256: 'abc',
    size,
    versionId: 'v1',
    lockedUntil: AT,
    lockMode: 'GOVERNANCE',
    s3Checksum: 'abc',
    by: 'arn:aws:sts::000000000000:assumed-role/gather/gather',
  });
  const manifest = (...entries: readonly ManifestEntry[]): Manifest =>
    chainManifest({
      incident: 'inc-20261120-0123456789ab',
      function: aSuspect().arn,
      kind: 'gathering',
      number: 1,
      previous: null,
      bucket: 'evidence',
      about: { window: { from: AT, to: AT } },
      sealedAt: AT,
      by: 'arn:aws:sts::000000000000:assumed-role/gather/gather',
      signer: aSigner().key,
      entries,
    });
  const evidence = {
    bucket: 'evidence',
    manifestKey: 'incidents/x/manifest.json',
    manifestVersionId: 'v1',
    manifestSha256: 'abc',
    artifacts: 2,
    missing: [],
    lockedUntil: AT,
  };
  const toolsFor = (bodies: Readonly<Record<string, Buffer>>, events: readonly unknown[] | Error = []) => {
    const asked: unknown[] = [];
    const s3 = {
      send: async ({ input }: { input: { Key: string } }) => {
        asked.push(input);
        const body = bodies[input.Key];
        if (body === undefined) throw new Error(`no ${input.Key}`);
        return { Body: Readable.from([body]) };
      },
    } as unknown as S3Client;
    const cloudTrail = {
      send: async () => {
        if (events instanceof Error) throw events;
        return { Events: events };
      },
    } as unknown as CloudTrailClient;
    return {
      asked,
      tools: {
        s3,
        cloudTrail,
        now: () => new Date(AT),
        knownDeployers: [],
        isOurs: ({ name }: { name: string }) => name.startsWith('tourniquet-'),
      },
    };
  };
  const run = (
    bodies: Readonly<Record<string, Buffer>>,
    listed: Manifest,
    events?: readonly unknown[] | Error,
  ) => {
    const { asked, tools } = toolsFor(bodies, events);
    return investigate(anIncident({ evidence }), aSuspect(), [listed], tools).then(
      ({ investigation, exposure, conclusions }) => ({ asked, result: investigation, exposure, conclusions }),
    );
  };

  it('reads the sealed version of the evidence, never the live function', async () => {
    const { asked, result } = await run(
      {
        'incidents/x/code/package.zip': await zipOf({ 'index.js': 'xmrig' }),
        'incidents/x/behaviour/logs.jsonl': Buffer.from(line('bash -i')),
      },
      manifest(sealed('code/package.zip'), sealed('behaviour/logs.jsonl')),
    );

    expect(result.codeSigns).toMatchObject([{ sign: 'miner-name', entry: 'index.js' }]);
    expect(result.logSigns).toMatchObject([{ sign: 'reverse-shell' }]);
    expect(result.gaps).toEqual([]);
    for (const input of asked) expect(input).toMatchObject({ Bucket: 'evidence', VersionId: 'v1' });
  });

  it.each<[string, Manifest, Readonly<Record<string, Buffer>>, string]>([
    ['was not gathered', manifest(sealed('behaviour/logs.jsonl')), {}, 'code/package.zip was not gathered'],
    [
      'is too large',
      manifest(sealed('code/package.zip', 257 * 1024 * 1024), sealed('behaviour/logs.jsonl')),
      {},
      'too large to be scanned',
    ],
    [
      'is no package',
      manifest(sealed('code/package.zip'), sealed('behaviour/logs.jsonl')),
      { 'incidents/x/code/package.zip': Buffer.from('garbage') },
      'code: ',
    ],
    [
      'is no longer there',
      manifest(sealed('code/package.zip'), sealed('behaviour/logs.jsonl')),
      {},
      'code: Error: no incidents/x/code/package.zip',
    ],
  ])('still reads the logs when the code %s, and says so', async (_why, listed, bodies, gap) => {
    const { result } = await run(
      { 'incidents/x/behaviour/logs.jsonl': Buffer.from(line('bash -i')), ...bodies },
      listed,
    );

    expect(result.logSigns).toHaveLength(1);
    expect(result.gaps.join('\n')).toContain(gap);
  });

  it('lists the changes to the function, newest first, without reads and calls', async () => {
    const event = (EventName: string, second: number, ReadOnly = 'false') => ({
      EventName,
      ReadOnly,
      EventTime: new Date(Date.parse(AT) + second * 1000),
      Username: 'mallory',
    });
    const { result } = await run({}, manifest(), [
      event('UpdateFunctionCode20150331v2', 1),
      event('GetFunction20150331v2', 2, 'true'),
      event('Invoke', 3),
      event('UpdateFunctionConfiguration20150331v2', 4),
    ]);
    const names = result.changes.map(({ event: name }) => name);

    expect(new Set(names)).toEqual(
      new Set(['UpdateFunctionConfiguration20150331v2', 'UpdateFunctionCode20150331v2']),
    );
    expect(result.changes.map(({ at }) => at)).toEqual(
      result.changes
        .map(({ at }) => at)
        .toSorted()
        .toReversed(),
    );
  });

  it('says that CloudTrail could not be asked', async () => {
    const { result } = await run({}, manifest(), new Error('throttled'));

    expect(result.gaps).toContain('CloudTrail: Error: throttled');
  });

  it('makes the exposure map of what was sealed: what its role could, what its sessions did, what the code names', async () => {
    const secret = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf';
    const table = 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders';
    const call = (
      at: string,
      eventSource: string,
      eventName: string,
      requestParameters: object,
      errorCode?: string,
    ) =>
      JSON.stringify({
        eventTime: at,
        record: {
          eventSource,
          eventName,
          errorCode,
          awsRegion: 'eu-west-1',
          recipientAccountId: '123456789012',
          requestParameters,
        },
      });
    const policy = (Statement: object[]) => ({ PolicyName: 'own', PolicyDocument: { Statement } });
    const { exposure } = await run(
      {
        'incidents/x/identity/role.json': Buffer.from(
          JSON.stringify({
            role: { Arn: 'arn:aws:iam::123456789012:role/order-worker' },
            boundary: null,
            inline: [
              policy([{ Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: secret }]),
            ],
            attached: [
              policy([{ Effect: 'Allow', Action: ['dynamodb:GetItem', 's3:*'], Resource: '*' }]),
              // Our own deny, which is on it while it is contained: what it could before that is what counts.
              {
                PolicyName: 'tourniquet-dev-quarantine',
                PolicyArn: 'x',
                PolicyDocument: { Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] },
              },
            ],
          }),
        ),
        'incidents/x/identity/targets.json': Buffer.from(
          JSON.stringify({ targets: [{ arn: secret, variables: ['DB_SECRET'], policy: null }] }),
        ),
        'incidents/x/behaviour/role-sessions.jsonl': Buffer.from(
          [
            call('2026-11-19T00:00:00Z', 'dynamodb.amazonaws.com', 'GetItem', { tableName: 'orders' }),
            call('2026-11-21T00:00:00Z', 'secretsmanager.amazonaws.com', 'GetSecretValue', {
              secretId: secret,
            }),
            call(
              '2026-11-21T00:00:01Z',
              'iam.amazonaws.com',
              'CreateAccessKey',
              { userName: 'admin' },
              'AccessDenied',
            ),
            'not a line',
          ].join('\n'),
        ),
        'incidents/x/code/package.zip': await zipOf({
          'index.js': `const q = '${table.replace('dynamodb', 'sqs').replace('table/', '')}';`,
        }),
      },
      manifest(
        sealed('identity/role.json'),
        sealed('identity/targets.json'),
        sealed('behaviour/role-sessions.jsonl'),
        sealed('code/package.zip'),
      ),
    );

    expect(
      exposure.resources.map(({ kind, did, tried, unusual, namedIn }) => [
        kind,
        did,
        tried,
        unusual,
        namedIn,
      ]),
    ).toEqual([
      ['secret', 1, 0, true, ['variable DB_SECRET']],
      ['table', 1, 0, false, []],
      ['queue', 0, 0, false, ['index.js']],
      ['user', 0, 1, true, []],
    ]);
    expect(exposure.resources.map(({ arn, could }) => [arn, could])).toContainEqual([
      secret,
      ['secretsmanager:GetSecretValue'],
    ]);
    expect(exposure.could.filter(({ pattern }) => pattern === '*').map(({ kind }) => kind)).toEqual([
      'table',
      'bucket',
    ]);
    expect(exposedOfKind(exposure, 'secret')).toEqual([secret]);
    expect(exposedOfKind(exposure, 'parameter')).toEqual([]);
    const said = sayExposure(exposure);
    expect(said).toContain(`Did, and not before the first sign: secret ${secret}, 1 call(s)`);
    expect(said).toContain(
      'Could, of all there is: read every table; read, write, change, delete every bucket',
    );
    expect(exposure.gaps).toEqual([]);
  });

  it('weighs what was sealed, in whatever manifest, and says of the rest that it was not gathered', async () => {
    const { tools } = toolsFor({
      'incidents/x/code/package.zip': await zipOf({
        'index.js': "require('./price')",
        'node_modules/lodahs/package.json': '{"name":"lodahs","version":"0.0.1"}',
      }),
      'incidents/x/behaviour/role-sessions.jsonl': Buffer.from(''),
    });
    const { conclusions } = await investigate(
      anIncident({ evidence }),
      aSuspect(),
      [manifest(sealed('behaviour/role-sessions.jsonl')), manifest(sealed('code/package.zip'))],
      tools,
    );

    expect(conclusions.hypotheses[0]).toMatchObject({
      cause: 'supply-chain',
      dependency: 'lodahs@0.0.1',
      supports: [{ artifacts: ['code/package.zip'] }],
    });
    expect(conclusions.gaps).toEqual(
      expect.arrayContaining([
        'behaviour/logs.jsonl was not gathered',
        expect.stringContaining('no other version to compare'),
      ]),
    );
  });

  it('never takes what was not gathered for what could not be reached', async () => {
    const { exposure } = await run({}, manifest());
    expect(exposure.gaps).toHaveLength(3);
    expect(sayExposure(exposure)).toEqual(exposure.gaps.map((gap) => `Not known: ${gap}`));
  });

  it('says how many files it could not read, when they are many (invariant 8)', async () => {
    const names = Array.from({ length: 15 }, (_, index) => `d${String(index).padStart(2, '0')}.js`);
    const archive = await zipOf(Object.fromEntries(names.map((name) => [name, 'a'.repeat(500)])));
    for (const name of names) {
      const at = archive.indexOf(name) + name.length;
      archive.fill(0xff, at, at + 6);
    }
    const { result } = await run(
      { 'incidents/x/code/package.zip': archive },
      manifest(sealed('code/package.zip')),
    );
    const said = result.gaps.join('\n');

    expect(names.every((name) => said.includes(name)) || /\b5\b|\b15\b/.test(said)).toBe(true);
  });
});

describe('summarise', () => {
  const OURS = 'tourniquet-prod-';
  const nothing: Investigation = {
    incident: 'inc-20261120-0123456789ab',
    at: AT,
    codeSigns: [],
    logSigns: [],
    advisories: [],
    changes: [],
    gaps: [],
  };

  it('says that nothing was found', () => {
    expect(summarise(nothing, OURS)).toEqual(['No known sign in the code or the logs that were gathered']);
  });

  it('says what was found, where, what changed and what was not looked at', () => {
    const changed = {
      ...nothing,
      codeSigns: [{ sign: 's', title: 'a reverse shell', technique: 'T1059', entry: 'index.js' }],
      logSigns: [
        { sign: 's', title: 'a reverse shell', technique: 'T1059', lines: 2, first: AT, example: 'bash -i' },
      ],
      changes: [{ at: AT, event: 'UpdateFunctionCode', by: 'mallory' }],
      gaps: ['CloudTrail: Error: throttled'],
    };

    expect(summarise(changed, OURS)).toEqual([
      'The code bears a reverse shell (T1059), in index.js',
      `The logs bear a reverse shell (T1059): 2 line(s), first at ${AT}`,
      `${AT} UpdateFunctionCode by mallory`,
      'Not looked at: CloudTrail: Error: throttled',
    ]);
  });

  it('names what others changed before what the containment did, however much that is', () => {
    const ours = Array.from({ length: 9 }, () => ({
      at: '2026-11-20T10:06:00.000Z',
      event: 'PutFunctionConcurrency',
      by: 'tourniquet-prod-contain',
    }));
    const sentences = summarise(
      { ...nothing, changes: [...ours, { at: AT, event: 'UpdateFunctionCode', by: 'mallory' }] },
      OURS,
    );

    expect(sentences[1]).toBe(`${AT} UpdateFunctionCode by mallory`);
    expect(sentences).toHaveLength(6);
  });
});
