import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { AttachRolePolicyCommand, CreatePolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateAliasCommand,
  DeleteFunctionEventInvokeConfigCommand,
  InvokeCommand,
  ListFunctionEventInvokeConfigsCommand,
  PublishVersionCommand,
  PutFunctionEventInvokeConfigCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { startLocalAws } from '../../../local/aws/start';
import { type LocalAws, root } from '../../../local/aws/state';
import { stopLocalAws } from '../../../local/aws/stop';
import { type LocalClients, localClients } from '../../../local/clients';
import { contain } from '../../../shared/containment/contain';
import type { ControlTools } from '../../../shared/containment/control';
import { type HeldBefore, heldQueueUrl } from '../../../shared/containment/heldQueue';
import { readLedger } from '../../../shared/containment/ledger';
import type { Incident } from '../../../shared/incident/incident';
import { incidentKey } from '../../../shared/incident/keys';
import { deleteHeldQueue, describeKept, replayHeldEvents } from '../../../shared/recovery/replay';
import { restore } from '../../../shared/recovery/restore';
import { describeSuspect, type Suspect } from '../../../shared/suspect/describe';
import { parseFunctionArn } from '../../../shared/suspect/functionArn';
import { CHOICES } from '../../fixtures/choices';
import { type DeployedRoles, deployedRoles } from '../../fixtures/deployedRoles';
import { historyTableArn, makeHistoryTable } from '../../fixtures/historyTable';
import { anIncident } from '../../fixtures/incident';
import { assume, makeFunction, makeRole, type Statement } from '../localAws/account';
import { until } from '../localAws/eventually';
import { mortal } from './mortal';

const DIR = `.local/test-held-${process.pid}`;
const TABLE = 'incidents';
const PREFIX = 'tourniquet-test';
const REGION = 'us-east-1';

/** Writes down every event that it is given, and by which name it was called. */
const NOTES_EVENTS = `exports.handler = async (event, { invokedFunctionArn }) => {
  console.log('NOTED ' + (invokedFunctionArn.split(':')[7] ?? '') + ' ' + JSON.stringify(event));
};`;

const SENDS: readonly Statement[] = [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' }];

describe('held events', () => {
  let aws: LocalAws;
  let clients: LocalClients;
  let denyPolicyArn: string;
  let roles: DeployedRoles;

  beforeAll(async () => {
    aws = await startLocalAws({ dir: DIR, progress: () => undefined, owner: process.pid });
    clients = localClients(aws);
    await clients.db.send(
      new CreateTableCommand({
        TableName: TABLE,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      }),
    );
    await makeHistoryTable(clients.db, TABLE);
    const { Policy } = await clients.iam.send(
      new CreatePolicyCommand({
        PolicyName: 'quarantine',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Deny', NotAction: ['sqs:SendMessage'], Resource: '*' },
            {
              Effect: 'Deny',
              Action: 'sqs:SendMessage',
              NotResource: `arn:aws:sqs:*:*:${PREFIX}-held-*`,
            },
          ],
        }),
      }),
    );
    denyPolicyArn = Policy?.Arn ?? '';
    roles = deployedRoles(aws, PREFIX, {
      IncidentTable: `arn:aws:dynamodb:${REGION}:${aws.accountId}:table/${TABLE}`,
      HistoryTable: historyTableArn(aws, TABLE),
      QuarantinePolicy: denyPolicyArn,
    });
  }, 180_000);
  afterAll(async () => {
    await stopLocalAws(DIR);
    await rm(join(root, DIR), { recursive: true, force: true });
  });

  type Case = {
    readonly suspect: Suspect;
    readonly incident: Incident;
    /** What each function of the deployment works with, under its own role. */
    readonly tools: ControlTools;
    readonly releaser: ControlTools;
    readonly replayer: ControlTools;
    readonly closer: ControlTools;
    /** The events that the function was given, with the version that took each. */
    readonly noted: () => Promise<readonly string[]>;
  };

  const makeCase = async (statements: readonly Statement[] = SENDS): Promise<Case> => {
    const name = `held-${randomBytes(5).toString('hex')}`;
    const role = await makeRole(aws, name, statements);
    const functionArn = await makeFunction(aws, name, role, NOTES_EVENTS);
    await clients.lambda.send(new PublishVersionCommand({ FunctionName: name }));
    await clients.lambda.send(
      new CreateAliasCommand({ FunctionName: name, Name: 'live', FunctionVersion: '1' }),
    );
    const arn = parseFunctionArn(functionArn);
    const suspect = arn === null ? null : await describeSuspect(arn, clients.lambda);
    if (suspect === null) throw new Error('the function was not made');
    const incident = anIncident({
      id: `inc-20260101-${randomBytes(6).toString('hex')}`,
      functionArn: suspect.arn,
      functionName: name,
      roleArn: suspect.roleArn,
      region: REGION,
      accountId: aws.accountId,
    });
    const noted = async (): Promise<readonly string[]> => {
      const { events = [] } = await clients.logs.send(
        new FilterLogEventsCommand({ logGroupName: suspect.logGroup, filterPattern: 'NOTED' }),
      );
      return events
        .map(({ message = '' }) => message.slice(message.indexOf('NOTED ') + 6).trim())
        .toSorted((a, b) => (a < b ? -1 : 1));
    };
    const toolsAs = async (role: string): Promise<ControlTools> => {
      const { lambda, iam, sqs, scaling, db } = localClients(aws, await roles.as(role));
      return {
        lambda,
        iam,
        sqs,
        scaling,
        records: { db, table: TABLE, now: () => new Date() },
        denyPolicyArn,
        prefix: PREFIX,
        choices: CHOICES,
        inlineDeny: () => Promise.reject(new Error('no role is listed')),
        dependants: () => Promise.reject(new Error('every kind is off')),
        reach: null,
        reads: [],
        recycle: () => Promise.reject(new Error('no role is listed')),
        holder: `${incident.id}#1`,
        pause: () => Promise.resolve(),
      };
    };
    return {
      suspect,
      incident,
      noted,
      tools: await toolsAs('contain'),
      releaser: await toolsAs('release'),
      replayer: await toolsAs('replay'),
      closer: await toolsAs('postMortem'),
    };
  };

  const nothing = () => Promise.resolve();

  const settingsOf = async ({ suspect }: Case) => {
    const { FunctionEventInvokeConfigs = [] } = await clients.lambda.send(
      new ListFunctionEventInvokeConfigsCommand({ FunctionName: suspect.arn }),
    );
    return FunctionEventInvokeConfigs.map(({ LastModified: _at, ...rest }) => rest).toSorted((a, b) =>
      String(a.FunctionArn).localeCompare(String(b.FunctionArn)),
    );
  };

  const send = async ({ suspect }: Case, event: unknown, Qualifier?: string) => {
    await clients.lambda.send(
      new InvokeCommand({
        FunctionName: suspect.arn,
        InvocationType: 'Event',
        Payload: typeof event === 'string' ? event : JSON.stringify(event),
        Qualifier,
      }),
    );
  };

  const heldUrl = async ({ incident, tools }: Case): Promise<string> => {
    const record = await readLedger(tools.records, incident, 'held-events');
    const before = record?.before as HeldBefore | undefined;
    return (await heldQueueUrl(clients.sqs, before?.queue.name ?? '')) ?? '';
  };

  const countHeld = async (which: Case): Promise<number> => {
    const { Attributes } = await clients.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: await heldUrl(which), AttributeNames: ['All'] }),
    );
    return (
      Number(Attributes?.ApproximateNumberOfMessages) +
      Number(Attributes?.ApproximateNumberOfMessagesNotVisible)
    );
  };

  /** As the playbook leaves the incident after the release. */
  const release = async ({ suspect, incident, releaser }: Case): Promise<Incident> => {
    const released: Incident = { ...incident, status: 'watching' };
    await clients.db.send(
      new PutCommand({ TableName: TABLE, Item: { ...incidentKey(incident.id), ...released } }),
    );
    await restore(suspect, incident, releaser);
    return released;
  };

  const pace = () => ({ perSecond: 100, until: new Date(Date.now() + 60_000) });

  it('keeps asynchronous events of the function and of its alias, and puts the settings back exactly', async () => {
    const which = await makeCase();
    const { suspect, incident, tools } = which;
    const { QueueUrl: own } = await clients.sqs.send(
      new CreateQueueCommand({ QueueName: `own-${suspect.functionName}` }),
    );
    await clients.lambda.send(
      new PutFunctionEventInvokeConfigCommand({
        FunctionName: suspect.arn,
        Qualifier: 'live',
        MaximumRetryAttempts: 1,
        MaximumEventAgeInSeconds: 120,
        DestinationConfig: {
          OnSuccess: { Destination: `arn:aws:sqs:${REGION}:${aws.accountId}:own-${suspect.functionName}` },
          OnFailure: { Destination: `arn:aws:sqs:${REGION}:${aws.accountId}:own-${suspect.functionName}` },
        },
      }),
    );
    const before = await settingsOf(which);
    expect(before).toHaveLength(1);

    const outcomes = await contain(suspect, incident, tools, nothing);
    expect(outcomes).toContainEqual(expect.objectContaining({ control: 'held-events', state: 'held' }));
    expect(
      (await settingsOf(which)).map(
        ({ MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig }) => [
          MaximumRetryAttempts,
          MaximumEventAgeInSeconds,
          DestinationConfig?.OnSuccess?.Destination !== undefined,
          DestinationConfig?.OnFailure?.Destination?.includes(`:${PREFIX}-held-${incident.id}-1`),
        ],
      ),
    ).toEqual([
      [2, 21_600, false, true],
      [1, 120, true, true],
    ]);
    await send(which, { order: 1 });
    await send(which, { order: 2 }, 'live');
    await until(async () => (await countHeld(which)) === 2);

    await release(which);
    expect(await settingsOf(which)).toEqual(before);
    const { Attributes } = await clients.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: own, AttributeNames: ['ApproximateNumberOfMessages'] }),
    );
    expect(Attributes?.ApproximateNumberOfMessages).toBe('0');
  });

  it('admits the suspect alone to its queue, and lets it do nothing there but send', async () => {
    const which = await makeCase();
    await contain(which.suspect, which.incident, which.tools, nothing);
    const QueueUrl = await heldUrl(which);
    const stranger = await makeRole(aws, `stranger-${randomBytes(4).toString('hex')}`, [
      { Effect: 'Allow', Action: 'sqs:*', Resource: '*' },
    ]);
    const as = async (role: string) => localClients(aws, await assume(aws, role, 'session')).sqs;

    await expect(
      (await as(stranger)).send(new SendMessageCommand({ QueueUrl, MessageBody: 'forged' })),
    ).rejects.toThrow();
    const suspect = await as(which.suspect.roleArn);
    await suspect.send(new SendMessageCommand({ QueueUrl, MessageBody: 'stolen' }));
    await expect(suspect.send(new ReceiveMessageCommand({ QueueUrl }))).rejects.toThrow();
  });

  it('replays each event once, to the qualifier that it was sent to and to the letter, and refuses what is forged', async () => {
    const which = await makeCase();
    const { suspect, incident, tools, replayer, closer } = which;
    await contain(suspect, incident, tools, nothing);
    const orders = Array.from({ length: 12 }, (_, order) => ({ order, text: '„quoted“ {"}' }));
    for (const order of orders) await send(which, order);
    await send(which, '{"id": 12345678901234567890}', 'live');
    await until(async () => (await countHeld(which)) === 13);
    const thief = localClients(aws, await assume(aws, suspect.roleArn, 'thief')).sqs;
    const QueueUrl = await heldUrl(which);
    const forge = (functionArn: string) => ({
      version: '1.0',
      requestContext: { requestId: 'r', functionArn, condition: 'ZeroReservedConcurrency' },
      requestPayload: { forged: true },
    });
    for (const body of [
      'nonsense',
      JSON.stringify(forge(`${suspect.arn}-other:$LATEST`)),
      JSON.stringify(forge(`${suspect.arn}:1`)),
    ])
      await thief.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));

    const released = await release(which);
    expect(await describeKept(released, replayer)).toEqual([
      expect.stringContaining('16 held event(s) stay'),
    ]);
    const first = await replayHeldEvents(released, replayer, pace());
    expect(first).toMatchObject({ replayed: 13, left: 0, refused: 3 });
    await until(async () => (await which.noted()).length === 13);
    const seen = await which.noted();
    expect(seen).toEqual(
      [
        ...orders.map((order) => ` ${JSON.stringify(order)}`),
        `live ${JSON.stringify(JSON.parse('{"id": 12345678901234567890}'))}`,
      ]
        .map((line) => line.trim())
        .toSorted((a, b) => (a < b ? -1 : 1)),
    );

    expect(await replayHeldEvents(released, replayer, pace())).toEqual(first);
    expect(await which.noted()).toEqual(seen);
    await expect(deleteHeldQueue(released, closer)).rejects.toThrow('is open');
    expect(await deleteHeldQueue({ ...released, status: 'closed' }, closer)).toEqual([
      expect.stringContaining('3 held event(s) stay'),
    ]);
    await expect(thief.send(new SendMessageCommand({ QueueUrl, MessageBody: 'late' }))).rejects.toThrow();
  }, 60_000);

  it('goes on where a replay ended, and deletes the queue when it is empty and the incident over', async () => {
    const which = await makeCase();
    await contain(which.suspect, which.incident, which.tools, nothing);
    for (let order = 0; order < 3; order++) await send(which, { order });
    await until(async () => (await countHeld(which)) === 3);
    const released = await release(which);

    expect(
      await replayHeldEvents(released, which.replayer, { perSecond: 5, until: new Date(0) }),
    ).toMatchObject({
      replayed: 0,
      left: 3,
    });
    expect(await replayHeldEvents(released, which.replayer, pace())).toMatchObject({ replayed: 3, left: 0 });
    expect(await deleteHeldQueue({ ...released, status: 'closed' }, which.closer)).toEqual([]);
    expect(await heldUrl(which)).toBe('');
    expect(await replayHeldEvents(released, which.replayer, pace())).toMatchObject({ replayed: 0, left: 0 });
  }, 60_000);

  it('loses no event wherever a replay dies, and says which may have been sent twice', async () => {
    const which = await makeCase();
    await contain(which.suspect, which.incident, which.tools, nothing);
    for (let order = 0; order < 3; order++) await send(which, { order });
    await until(async () => (await countHeld(which)) === 3);
    const released = await release(which);
    for (let limit = 1; ; limit++) {
      const counter = { calls: 0, limit };
      const { lambda, sqs, db } = localClients(aws, await roles.as('replay'));
      // As if the time for which a message is out of sight were over when the next try begins.
      sqs.middlewareStack.add(
        (next) => (args) => {
          if ('VisibilityTimeout' in args.input) Object.assign(args.input, { VisibilityTimeout: 0 });
          return next(args);
        },
        { step: 'initialize' },
      );
      const dying = {
        ...which.replayer,
        lambda: mortal(lambda, counter),
        sqs: mortal(sqs, counter),
        records: { ...which.replayer.records, db: mortal(db, counter) },
      };
      const lived = await replayHeldEvents(released, dying, pace()).then(
        () => true,
        () => false,
      );
      if (lived) break;
    }
    const replay = await replayHeldEvents(released, which.replayer, pace());
    expect(replay).toMatchObject({ replayed: 3, left: 0, refused: 0 });
    await until(async () => (await which.noted()).length >= 3);
    const seen = await which.noted();
    expect([...new Set(seen)]).toEqual(['{"order":0}', '{"order":1}', '{"order":2}']);
    // What was sent and not noted as sent is sent again, and only that.
    expect(seen.length).toBeGreaterThan(3);
    expect(replay.detail).toContainEqual(expect.stringContaining('may have been sent twice'));
  }, 60_000);

  it('replays nothing once it came back', async () => {
    const which = await makeCase();
    await contain(which.suspect, which.incident, which.tools, nothing);
    await send(which, { order: 1 });
    await until(async () => (await countHeld(which)) === 1);
    const released = await release(which);
    await clients.db.send(
      new PutCommand({
        TableName: TABLE,
        Item: { ...incidentKey(released.id), ...released, relapse: 'a new finding' },
      }),
    );
    const replay = await replayHeldEvents(released, which.replayer, pace());
    expect(replay).toMatchObject({ replayed: 0, left: 0 });
    expect(replay.detail.join()).toContain('1 held event(s) stay');
  });

  it('is contained all the same where Lambda refuses the destination, and says that events are lost', async () => {
    const which = await makeCase([]);
    const outcomes = await contain(which.suspect, which.incident, which.tools, nothing);
    expect(outcomes).toContainEqual(
      expect.objectContaining({
        control: 'held-events',
        state: 'not-possible',
        detail: expect.stringMatching(/are LOST.*does not have permissions/),
      }),
    );
    expect(await settingsOf(which)).toEqual([]);
    await release(which);
    expect(await settingsOf(which)).toEqual([]);
  });

  it('leaves what somebody else set meanwhile, and takes back its own destination alone', async () => {
    const which = await makeCase();
    const { suspect, incident, tools, releaser } = which;
    await contain(suspect, incident, tools, nothing);
    const FunctionName = suspect.arn;
    const [, held] = await settingsOf(which);
    await clients.lambda.send(new DeleteFunctionEventInvokeConfigCommand({ FunctionName }));
    await clients.lambda.send(
      new PutFunctionEventInvokeConfigCommand({
        FunctionName,
        Qualifier: 'live',
        MaximumRetryAttempts: 0,
        DestinationConfig: held?.DestinationConfig,
      }),
    );
    const results = await restore(suspect, incident, releaser);
    // Nothing was there before, so a deletion is where a restore would have ended.
    expect(results.find(({ control }) => control === 'held-events')).toMatchObject({
      outcome: 'drift',
      detail: expect.stringContaining(`other asynchronous settings of ${suspect.functionName}:live`),
    });
    expect(await settingsOf(which)).toMatchObject([{ MaximumRetryAttempts: 0, DestinationConfig: {} }]);
    expect((await settingsOf(which))[0]?.DestinationConfig?.OnFailure?.Destination).toBeUndefined();
    await restore(suspect, incident, releaser, ['held-events']);
    expect(await settingsOf(which)).toEqual([]);
  });

  it('delivers with the role of the function: denied everywhere, an event is lost', async () => {
    const which = await makeCase();
    await contain(which.suspect, which.incident, which.tools, nothing);
    await clients.iam.send(
      new AttachRolePolicyCommand({
        RoleName: which.suspect.functionName,
        PolicyArn: 'arn:aws:iam::aws:policy/AWSDenyAll',
      }),
    );
    await send(which, { order: 1 });
    await clients.lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: which.suspect.arn, Description: 'waited' }),
    );
    expect(await countHeld(which)).toBe(0);
  });
});
