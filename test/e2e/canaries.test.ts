import { randomBytes } from 'node:crypto';
import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  TagResourceCommand,
  UpdateFunctionCodeCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { GetObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import {
  DescribeExecutionCommand,
  paginateGetExecutionHistory,
  paginateListExecutions,
} from '@aws-sdk/client-sfn';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { paginateScan } from '@aws-sdk/lib-dynamodb';
import { findingDetail, putGuardDutyEvent } from '../../local/scenarios/guardDutyFinding';
import { until } from '../../local/until';
import { getIncident } from '../../shared/incident/store';
import { type Canary, newCore, type Searched, search } from '../fixtures/canaries';
import { zipOf } from '../fixtures/zip';
import { decideAs } from './decisions';
import { enter, incidentOf, makeFunction, messageWith, type World } from './world';

/*
 * What is secret, or an attacker's, is planted wherever a suspect has such a thing, and searched for in everything that
 * an incident leaves behind: logs of our functions, executions, tables, evidence, messages.
 */

describe('what is planted in a suspect', () => {
  let world: World;
  /** What is older was there before anything was planted: other tests leave thousands of objects. */
  const since = new Date(Date.now() - 1000);
  beforeAll(async () => {
    world = await enter();
  });

  const objects = async (): Promise<readonly Searched[]> => {
    const { s3 } = world.instance.clients;
    const Bucket = world.instance.stack.evidenceBucket;
    const found: Searched[] = [];
    for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket }))
      for (const { Key = '', LastModified = since } of Contents) {
        if (LastModified < since) continue;
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
        found.push({
          place: `evidence ${Key}`,
          bytes: Buffer.from((await Body?.transformToByteArray()) ?? []),
        });
      }
    return found;
  };
  const logs = async (): Promise<readonly Searched[]> => {
    const { logs: client } = world.instance.clients;
    const found: Searched[] = [];
    const logGroupNamePrefix = '/aws/lambda/tourniquet-local-';
    for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, { logGroupNamePrefix }))
      for (const { logGroupName = '' } of logGroups) {
        const lines: string[] = [];
        for await (const { events = [] } of paginateFilterLogEvents(
          { client },
          { logGroupName, startTime: since.getTime() },
        ))
          lines.push(...events.map(({ message = '' }) => message));
        found.push({ place: `log ${logGroupName}`, bytes: Buffer.from(lines.join('\n')) });
      }
    return found;
  };
  const executions = async (): Promise<readonly Searched[]> => {
    const client = world.instance.clients.stepFunctions;
    const { stateMachineArn } = world.instance.stack;
    const found: Searched[] = [];
    for await (const { executions: some = [] } of paginateListExecutions({ client }, { stateMachineArn }))
      for (const { executionArn = '', startDate = since } of some) {
        if (startDate < since) continue;
        const { input, output } = await client.send(new DescribeExecutionCommand({ executionArn }));
        const events: unknown[] = [];
        for await (const page of paginateGetExecutionHistory({ client }, { executionArn }))
          events.push(...(page.events ?? []));
        // What arrived is kept as it came: it is the first state's input too.
        const later = events.filter(
          (event) => JSON.stringify(event).includes(JSON.stringify(input).slice(1, -1)) === false,
        );
        found.push(
          { place: `execution input ${executionArn}`, bytes: Buffer.from(input ?? '') },
          { place: `execution output ${executionArn}`, bytes: Buffer.from(output ?? '') },
          { place: `execution history ${executionArn}`, bytes: Buffer.from(JSON.stringify(later)) },
        );
      }
    return found;
  };
  const items = async (): Promise<readonly Searched[]> => {
    const client = world.instance.clients.db;
    const found: Searched[] = [];
    for (const TableName of [
      world.instance.stack.incidentTable,
      'tourniquet-local-history',
      'tourniquet-local-counts',
      'tourniquet-local-approved',
      'tourniquet-local-baselines',
    ])
      for await (const { Items = [] } of paginateScan({ client }, { TableName }))
        for (const item of Items)
          found.push({
            place: `item ${TableName} ${String(item.pk)} ${String(item.sk)}`,
            bytes: Buffer.from(JSON.stringify(item)),
          });
    return found;
  };
  const messages = async (): Promise<readonly Searched[]> => [
    ...(await world.desk.messages()).map((message) => ({
      place: `Slack ${message.ts}`,
      bytes: Buffer.from(JSON.stringify(message)),
    })),
    ...(await world.desk.views()).map((view) => ({
      place: `Slack view ${view.id}`,
      bytes: Buffer.from(JSON.stringify(view)),
    })),
    { place: 'PagerDuty', bytes: Buffer.from(JSON.stringify(await world.desk.pagerDuty())) },
  ];

  it('is found where it belongs, and nowhere else: in no log, state, item, message or other artifact', async () => {
    const { clients, desk } = world.instance;
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
    const tokens: Canary[] = [];
    for await (const { Items = [] } of paginateScan(
      { client: clients.db },
      { TableName: world.instance.stack.incidentTable },
    ))
      for (const { pk, sk, token } of Items)
        if (typeof token === 'string' && String(pk).includes(incidentId))
          tokens.push({
            name: `task token of ${String(sk)}`,
            core: token,
            // Step Functions itself writes what it passes to a task into the history of its execution.
            belongs: (place) => place.startsWith('item ') || place.startsWith('execution history '),
          });
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
          /^execution input |^item \S+-incidents |^evidence .*(?:response|post-mortem)/.test(place),
      },
      {
        name: 'field of an event that cannot be read',
        core: core.broken ?? '',
        belongs: (place) => /^execution input |^item |^Slack /.test(place),
      },
      { name: 'Slack token', core: desk.botToken, belongs: never },
      { name: 'Slack signing secret', core: desk.signingSecret, belongs: never },
      { name: 'routing key', core: desk.pagerDutyRoutingKey, belongs: never },
      { name: 'pre-signed URL', core: 'X-Amz-Signature=', belongs: never },
      ...tokens,
    ];
    expect(tokens.length).toBeGreaterThan(0);
    const all = (await Promise.all([objects(), logs(), executions(), items(), messages()])).flat();
    for (const kind of ['evidence', 'log', 'execution input', 'execution history', 'item', 'Slack'])
      expect(all.some(({ place, bytes }) => place.startsWith(kind) && bytes.length > 0)).toBe(true);
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
  });
});
