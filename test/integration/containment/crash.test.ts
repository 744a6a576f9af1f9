import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { AttachRolePolicyCommand, CreatePolicyCommand, CreateRoleCommand } from '@aws-sdk/client-iam';
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  PutFunctionConcurrencyCommand,
} from '@aws-sdk/client-lambda';
import { CreateQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { startLocalAws } from '../../../local/aws/start';
import { root } from '../../../local/aws/state';
import { stopLocalAws } from '../../../local/aws/stop';
import { type LocalClients, localClients } from '../../../local/clients';
import { differences, readLiveState } from '../../../local/liveState';
import { packageFunction } from '../../../local/workload/package';
import { contain } from '../../../shared/containment/contain';
import type { ControlTools } from '../../../shared/containment/control';
import { readLedgers } from '../../../shared/containment/ledger';
import type { Incident } from '../../../shared/incident/incident';
import { restore } from '../../../shared/recovery/restore';
import { describeSuspect, type Suspect } from '../../../shared/suspect/describe';
import { parseFunctionArn } from '../../../shared/suspect/functionArn';
import { CHOICES } from '../../fixtures/choices';

const DIR = `.local/test-crash-${process.pid}`;
const TABLE = 'incidents';

/** The process died: what a client throws once its calls are used up. */
class Died extends Error {
  override readonly name = 'Died';
}

type Counter = { calls: number; limit: number };

/** Lets a client make a number of calls and then die, after the call was made and before its answer is seen. */
const mortal = <T extends { middlewareStack: { add: (...args: never[]) => void } }>(
  client: T,
  counter: Counter,
): T => {
  const add = client.middlewareStack.add as unknown as (
    middleware: (next: (args: unknown) => Promise<unknown>) => (args: unknown) => Promise<unknown>,
    options: { step: 'initialize'; name: string },
  ) => void;
  add.call(
    client.middlewareStack,
    (next) => async (args) => {
      if (counter.calls >= counter.limit) throw new Died('dead before the call');
      const answer = await next(args);
      counter.calls += 1;
      if (counter.calls >= counter.limit) throw new Died('dead after the call');
      return answer;
    },
    { step: 'initialize', name: 'mortal' },
  );
  return client;
};

describe('containment dies at any call and is retried (invariants 1, 2 and 3)', () => {
  let clients: LocalClients;
  let fresh: () => LocalClients;
  /** Clients of somebody whom AWS does not know: every call is denied. */
  let stranger: () => LocalClients;
  let denyPolicyArn: string;

  beforeAll(async () => {
    const aws = await startLocalAws({ dir: DIR, progress: () => undefined, owner: process.pid });
    fresh = () => localClients(aws);
    stranger = () => localClients(aws, { accessKeyId: 'AKIANOBODY0000000000', secretAccessKey: 'none' });
    clients = fresh();
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
    const { Policy } = await clients.iam.send(
      new CreatePolicyCommand({
        PolicyName: 'quarantine',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
        }),
      }),
    );
    denyPolicyArn = Policy?.Arn ?? '';
  }, 180_000);
  afterAll(async () => {
    await stopLocalAws(DIR);
    await rm(join(root, DIR), { recursive: true, force: true });
  });

  const makeSuspect = async (reserved: number | null): Promise<Suspect> => {
    const name = `crash-${randomBytes(5).toString('hex')}`;
    const { Role } = await clients.iam.send(
      new CreateRoleCommand({
        RoleName: name,
        AssumeRolePolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
          ],
        }),
      }),
    );
    await clients.iam.send(
      new AttachRolePolicyCommand({
        RoleName: name,
        PolicyArn: 'arn:aws:iam::aws:policy/AmazonSQSFullAccess',
      }),
    );
    const { FunctionArn = '' } = await clients.lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Role: Role?.Arn,
        Code: { ZipFile: await packageFunction('invoiceMailer') },
      }),
    );
    if (reserved !== null) {
      await clients.lambda.send(
        new PutFunctionConcurrencyCommand({ FunctionName: name, ReservedConcurrentExecutions: reserved }),
      );
    }
    const { QueueUrl } = await clients.sqs.send(new CreateQueueCommand({ QueueName: name }));
    const { Attributes } = await clients.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    await clients.lambda.send(
      new CreateEventSourceMappingCommand({ FunctionName: name, EventSourceArn: Attributes?.QueueArn }),
    );
    const arn = parseFunctionArn(FunctionArn);
    const suspect = arn === null ? null : await describeSuspect(arn, clients.lambda);
    if (suspect === null) throw new Error('the function was not made');
    return suspect;
  };

  const incidentOf = (suspect: Suspect): Incident => ({
    id: `inc-20260101-${randomBytes(6).toString('hex')}`,
    status: 'containing',
    openedAt: new Date().toISOString(),
    executionArn: 'an-execution',
    functionArn: suspect.arn,
    functionName: suspect.functionName,
    accountId: suspect.accountId,
    region: suspect.region,
    qualifier: null,
    roleArn: suspect.roleArn,
    logGroup: suspect.logGroup,
    timeoutSeconds: 3,
    mode: 'respond',
    disposition: 'respond',
    because: [],
    witnesses: {},
    containment: 1,
    round: 1,
  });

  const toolsOf = (incident: Incident, limit = Number.POSITIVE_INFINITY): ControlTools => {
    const counter = { calls: 0, limit };
    const { lambda, iam, sqs, scaling, db } = fresh();
    return {
      lambda: mortal(lambda, counter),
      iam: mortal(iam, counter),
      sqs: mortal(sqs, counter),
      scaling: mortal(scaling, counter),
      records: { db: mortal(db, counter), table: TABLE, now: () => new Date() },
      denyPolicyArn,
      prefix: 'tourniquet-test',
      choices: CHOICES,
      holder: incident.id,
      pause: () => Promise.resolve(),
    };
  };

  const quietly = async (work: Promise<unknown>): Promise<boolean> =>
    work.then(
      () => true,
      () => false,
    );

  const nothing = () => Promise.resolve();

  /** Every number of calls after which the first try may die, until it lives to the end. */
  const LIMITS = Array.from({ length: 60 }, (_, index) => index + 1);

  it.each([{ reserved: null }, { reserved: 4 }])(
    'completes when retried and restores exactly, wherever it died (reservation $reserved)',
    async ({ reserved }) => {
      let lived = false;
      for (const limit of LIMITS) {
        const suspect = await makeSuspect(reserved);
        const incident = incidentOf(suspect);
        const before = await readLiveState(clients, suspect.arn);
        lived = await quietly(contain(suspect, incident, toolsOf(incident, limit), nothing));

        await contain(suspect, incident, toolsOf(incident), nothing);
        const ledger = await readLedgers(toolsOf(incident).records, incident);
        expect(ledger.find(({ control }) => control === 'concurrency')?.before).toEqual({ reserved });

        await quietly(restore(suspect, incident, toolsOf(incident, limit)));
        await restore(suspect, incident, toolsOf(incident));
        expect([limit, differences(before, await readLiveState(clients, suspect.arn))]).toEqual([limit, []]);
        if (lived) break;
      }
      expect(lived).toBe(true);
    },
    180_000,
  );

  it('puts on the other controls when one cannot be put on, says which, and completes when the cause is gone', async () => {
    const suspect = await makeSuspect(2);
    const incident = incidentOf(suspect);
    const before = await readLiveState(clients, suspect.arn);
    const crippled = { ...toolsOf(incident), iam: stranger().iam };
    await expect(contain(suspect, incident, crippled, nothing)).rejects.toMatchObject({
      name: 'ContainmentIncompleteError',
      outcomes: [
        { control: 'provisioned', state: 'not-needed' },
        { control: 'concurrency', state: 'held' },
        { control: 'managed-instances', state: 'not-needed' },
        { control: 'role', state: 'failed' },
        { control: 'event-sources', state: 'held' },
        { control: 'durable', state: 'not-needed' },
      ],
    });
    await contain(suspect, incident, toolsOf(incident), nothing);
    await restore(suspect, incident, toolsOf(incident));
    expect(differences(before, await readLiveState(clients, suspect.arn))).toEqual([]);
  });

  it('does no harm when it is done twice, and released twice', async () => {
    const suspect = await makeSuspect(null);
    const incident = incidentOf(suspect);
    const before = await readLiveState(clients, suspect.arn);
    await contain(suspect, incident, toolsOf(incident), nothing);
    await contain(suspect, incident, toolsOf(incident), nothing);
    await restore(suspect, incident, toolsOf(incident));
    const results = await restore(suspect, incident, toolsOf(incident));
    expect(results.map(({ outcome }) => outcome)).toEqual(['restored', 'restored', 'restored']);
    expect(differences(before, await readLiveState(clients, suspect.arn))).toEqual([]);
  });
});
