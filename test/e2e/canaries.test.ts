import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  TagResourceCommand,
  UpdateFunctionCodeCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { leftBehind } from '../../local/canaries/places';
import { type Canary, newCore, type Searched, search } from '../../local/canaries/search';
import { secretsOf } from '../../local/canaries/secrets';
import { findingDetail, putGuardDutyEvent } from '../../local/scenarios/guardDutyFinding';
import { until } from '../../local/until';
import { getIncident } from '../../shared/incident/store';
import { zipOf } from '../fixtures/zip';
import { tourniquet } from './commandLine';
import { decideAs } from './decisions';
import { enter, incidentOf, makeFunction, messageWith, plantedIn, type World } from './world';

/*
 * What is secret, or an attacker's, is planted wherever a suspect has such a thing, and searched for in everything that
 * is left behind: logs of our functions, executions, tables, parameters, evidence, messages, pages and what is printed.
 * This file runs after all others of the stack (test/lanes.cjs): it searches what they left behind as well, those that
 * make things fail among them. Every function that they contain carries two of the canaries, and every secret that they
 * made is one.
 */

describe('what is planted in a suspect', () => {
  let world: World;
  beforeAll(async () => {
    world = await enter();
  });

  it('is found where it belongs, and nowhere else: in no log, state, item, message or other artifact', async () => {
    const { clients } = world.instance;
    const core = Object.fromEntries(
      ['environment', 'secret', 'parameter', 'code', 'entry', 'log', 'tag', 'event', 'broken'].map((name) => [
        name,
        newCore(),
      ]),
    ) as Record<string, string>;
    const id = randomBytes(4).toString('hex');
    const { ARN: secretArn = '' } = await clients.secrets.send(
      new CreateSecretCommand({ Name: `canary-${id}`, SecretString: core.secret }),
    );
    await clients.ssm.send(
      new PutParameterCommand({ Name: `/canary/${id}`, Value: core.parameter, Type: 'SecureString' }),
    );
    const victim = await makeFunction(world, {
      mode: 'ask',
      environment: {
        PASSWORD: `${core.environment}"\\`,
        CANARY_SECRET_ARN: secretArn,
        PARAMETER: `/canary/${id}`,
      },
    });
    const ZipFile = await zipOf({
      'index.js': `exports.handler = async () => '${core.code}';`,
      [`${core.entry}.js`]: 'module.exports = 1;',
    });
    await clients.lambda.send(new UpdateFunctionCodeCommand({ FunctionName: victim.name, ZipFile }));
    await waitUntilFunctionUpdatedV2(
      { client: clients.lambda, maxWaitTime: 30, minDelay: 0.1, maxDelay: 1 },
      { FunctionName: victim.name },
    );
    await clients.lambda.send(
      new TagResourceCommand({ Resource: victim.arn, Tags: { note: core.tag ?? '' } }),
    );
    const logGroupName = `/aws/lambda/${victim.name}`;
    await clients.logs.send(new CreateLogGroupCommand({ logGroupName })).catch(() => undefined);
    await clients.logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: 'canary' }));
    await clients.logs.send(
      new PutLogEventsCommand({
        logGroupName,
        logStreamName: 'canary',
        logEvents: [{ timestamp: Date.now(), message: `password=${core.log}` }],
      }),
    );

    // A whole incident, with what goes wrong in one: an event that cannot be read, strangers, a question, a secret
    // that cannot be rotated, and a release.
    const detail = findingDetail({ functionArn: victim.arn, role: victim.role });
    await putGuardDutyEvent(clients, { ...detail, unexpected: { field: core.event } });
    await putGuardDutyEvent(clients, { ...detail, id: 5, resource: { resourceType: core.broken } });
    const { id: incidentId } = await incidentOf(world, victim, 'asking');
    await messageWith(world, victim.name, 'contain');
    await decideAs(world, { incidentId, action: 'contain', reason: 'it looks bad' });
    await incidentOf(world, victim, 'contained');
    await until(
      'the exposure map',
      60,
      async () => (await getIncident(world.records, incidentId)).exposure !== undefined,
    );
    const { ts } = await messageWith(world, victim.name, 'release');
    await world.desk.press(ts, 'details', 'U0ONCALL');
    await world.desk.press(ts, 'release', 'U0INTERN');
    const waiting = await secretsOf(world.instance);
    expect(waiting.some(({ name }) => name.startsWith(`task token of incident#${incidentId} `))).toBe(true);
    await decideAs(world, { incidentId, action: 'false_positive', reason: 'a test of ours' });
    await incidentOf(world, victim, 'closed');

    const inEvidence =
      (...artifacts: readonly RegExp[]) =>
      (place: string): boolean =>
        place.startsWith(`evidence incidents/${incidentId}/`) &&
        artifacts.some((artifact) => artifact.test(place));
    const never = () => false;
    const canaries: readonly Canary[] = [
      // Encrypted under a key of their own, for the reader roles alone.
      {
        name: 'environment',
        core: core.environment ?? '',
        belongs: inEvidence(/configuration\/environment/),
      },
      { name: 'secret', core: core.secret ?? '', belongs: never },
      { name: 'parameter', core: core.parameter ?? '', belongs: never },
      { name: 'code', core: core.code ?? '', belongs: inEvidence(/\/code\//) },
      { name: 'zip entry', core: core.entry ?? '', belongs: inEvidence(/\/code\//) },
      { name: 'log line', core: core.log ?? '', belongs: inEvidence(/behaviour\/logs/) },
      // A tag is set by a call, and who changed the function is evidence.
      { name: 'tag', core: core.tag ?? '', belongs: inEvidence(/configuration\//, /behaviour\/deployments/) },
      {
        name: 'event field',
        core: core.event ?? '',
        // The event as it was delivered is evidence.
        belongs: (place) =>
          /^execution input |^item \S+-incidents |^evidence .*(?:response|post-mortem)|^output of show \S+ --json/.test(
            place,
          ),
      },
      {
        name: 'field of an event that cannot be read',
        core: core.broken ?? '',
        belongs: (place) => /^execution input |^item |^Slack /.test(place),
      },
      {
        name: 'environment of a function of any test',
        core: plantedIn(world.instance, 'environment'),
        belongs: (place) => /^evidence .*configuration\/environment/.test(place),
      },
      {
        name: 'code of a function of any test',
        core: plantedIn(world.instance, 'code'),
        belongs: (place) => /^evidence .*\/code\//.test(place),
      },
      ...waiting,
      ...(await secretsOf(world.instance)).filter(({ name }) => !waiting.some((one) => one.name === name)),
    ];
    // What people print, and the pages that are made of it.
    const place = await mkdtemp(join(tmpdir(), 'tourniquet-canaries-'));
    const page = join(place, 'report.html');
    const printed: Searched[] = [];
    for (const args of [
      ['incidents', '--trends'],
      ['incidents', '--json'],
      ['show', incidentId],
      ['show', incidentId, '--json'],
      ['plan', victim.name],
      ['undo', incidentId],
      ['audit'],
      ['evidence', 'list', incidentId],
      ['report', incidentId],
      ['report', incidentId, '--html', page],
    ]) {
      const { code, out, err } = await tourniquet(...args);
      // Other tests change histories, and the audit tells.
      if (args[0] !== 'audit') expect([args, code, err]).toEqual([args, 0, expect.any(String)]);
      printed.push({ place: `output of ${args.join(' ')}`, bytes: Buffer.from(`${out}\n${err}`) });
    }
    printed.push({ place: 'page of the report', bytes: await readFile(page) });
    await rm(place, { recursive: true });
    const all = [...(await leftBehind(world.instance)), ...printed];
    for (const kind of [
      ...['evidence', 'log', 'execution input', 'execution history', 'item', 'Slack'],
      ...['PagerDuty', 'page of the desk', 'output deploy.log', 'output desk.log'],
    ])
      expect([
        kind,
        all.some(({ place: where, bytes }) => where.startsWith(kind) && bytes.length > 0),
      ]).toEqual([kind, true]);
    const found = await search(canaries, all);

    const leaks = [...found].flatMap(([name, { leaks: places }]) =>
      places.map((place) => `${name}: ${place}`),
    );
    expect(leaks).toEqual([]);
    // It can find what is there.
    const missed = ['environment', 'code', 'zip entry', 'log line', 'tag', 'event field'].filter(
      (name) => (found.get(name)?.belongs.length ?? 0) === 0,
    );
    expect(missed).toEqual([]);
  }, 600_000);
});
