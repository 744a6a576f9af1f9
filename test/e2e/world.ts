import { createHash, randomBytes } from 'node:crypto';
import { AttachRolePolicyCommand, CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  GetFunctionConcurrencyCommand,
  PutFunctionConcurrencyCommand,
  UpdateFunctionCodeCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { CreateQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import yazl from 'yazl';
import { buttonsOf, type DeskMessage, deskClient } from '../../local/deskClient';
import { connect, type Instance } from '../../local/instance';
import {
  type FindingOptions,
  findingDetail,
  putGuardDutyEvent,
} from '../../local/scenarios/guardDutyFinding';
import { until } from '../../local/until';
import type { Incident } from '../../shared/incident/incident';
import { getIncident, listIncidents, type Records } from '../../shared/incident/store';
import { TEST_INSTANCE } from './instance';

export type World = {
  readonly instance: Instance;
  readonly records: Records;
  readonly desk: ReturnType<typeof deskClient>;
};

/** The deployed stack that the tests run against. */
export const enter = async (): Promise<World> => {
  const instance = await connect(TEST_INSTANCE);
  if (instance === null) throw new Error('the test instance is not up: jest starts it in test/e2e/setup.ts');
  const records = { db: instance.clients.db, table: instance.stack.incidentTable, now: () => new Date() };
  return { instance, records, desk: deskClient(instance.desk.url) };
};

export const zip = async (source: string): Promise<Buffer> => {
  const file = new yazl.ZipFile();
  file.addBuffer(Buffer.from(source), 'index.js');
  file.end();
  const chunks: Buffer[] = [];
  for await (const chunk of file.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

export type Made = {
  readonly name: string;
  readonly arn: string;
  readonly role: string;
  readonly roleName: string;
};

export type Wanted = {
  readonly mode?: string;
  readonly reserved?: number;
  readonly queue?: boolean;
  readonly url?: boolean;
  /** Runs under this role instead of one of its own. */
  readonly shareWith?: Made;
  readonly environment?: Readonly<Record<string, string>>;
  readonly name?: string;
  /** Its package, where another one is to have the same bytes. */
  readonly code?: Buffer;
  readonly layers?: readonly string[];
};

const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

/** A role as somebody else would make it: inline and attached policies. */
const makeRole = async ({ instance }: World, roleName: string): Promise<string> => {
  const { iam } = instance.clients;
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: roleName, AssumeRolePolicyDocument: TRUST }),
  );
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: roleName,
      PolicyName: 'work',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: ['sqs:*', 'logs:*'], Resource: '*' }],
      }),
    }),
  );
  const PolicyArn = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';
  await iam.send(new AttachRolePolicyCommand({ RoleName: roleName, PolicyArn }));
  return Role?.Arn ?? '';
};

/**
 * What every function that is made here carries, so that canaries.test.ts can search for it in whatever all tests have
 * left behind. The same in every test of an instance.
 */
export const plantedIn = ({ desk }: Instance, where: 'environment' | 'code'): string =>
  `cnry${createHash('sha256').update(`${desk.botToken} ${where}`).digest('hex').slice(0, 20)}`;

/** A function that somebody else created. */
export const makeFunction = async (world: World, wanted: Wanted = {}): Promise<Made> => {
  const { lambda, sqs } = world.instance.clients;
  const name = wanted.name ?? `victim-${randomBytes(5).toString('hex')}`;
  const roleName = wanted.shareWith?.roleName ?? `${name}-role`;
  const role = wanted.shareWith?.role ?? (await makeRole(world, roleName));
  const { FunctionArn = '' } = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: role,
      Code: {
        ZipFile:
          wanted.code ??
          (await zip(
            `exports.handler = async () => ({ ok: true, build: '${plantedIn(world.instance, 'code')}' });`,
          )),
      },
      ...(wanted.layers === undefined ? {} : { Layers: [...wanted.layers] }),
      Environment: {
        Variables: { BUILD_NOTE: plantedIn(world.instance, 'environment'), ...wanted.environment },
      },
      ...(wanted.mode === undefined ? {} : { Tags: { 'tourniquet:mode': wanted.mode } }),
    }),
  );
  await waitUntilFunctionActiveV2(
    { client: lambda, maxWaitTime: 30, minDelay: 0.1, maxDelay: 1 },
    { FunctionName: name },
  );
  if (wanted.reserved !== undefined) {
    await lambda.send(
      new PutFunctionConcurrencyCommand({
        FunctionName: name,
        ReservedConcurrentExecutions: wanted.reserved,
      }),
    );
  }
  if (wanted.url)
    await lambda.send(new CreateFunctionUrlConfigCommand({ FunctionName: name, AuthType: 'AWS_IAM' }));
  if (wanted.queue) {
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: `${name}-queue` }));
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    await lambda.send(
      new CreateEventSourceMappingCommand({ FunctionName: name, EventSourceArn: Attributes?.QueueArn }),
    );
  }
  return { name, arn: FunctionArn, role, roleName };
};

/** Deploys another version of a function's code, as a fix would. */
export const patch = async ({ instance }: World, { name }: Made): Promise<void> => {
  const { lambda } = instance.clients;
  const ZipFile = await zip(
    `exports.handler = async () => ({ ok: true, fixed: '${randomBytes(4).toString('hex')}' });`,
  );
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: name, ZipFile }));
  await waitUntilFunctionUpdatedV2(
    { client: lambda, maxWaitTime: 30, minDelay: 0.1, maxDelay: 1 },
    { FunctionName: name },
  );
};

/** Puts GuardDuty's finding about a function on the default bus; gives its detail. */
export const report = async (
  { instance }: World,
  { arn, role }: Pick<Made, 'arn' | 'role'>,
  options: Partial<FindingOptions> = {},
) => {
  const detail = findingDetail({ functionArn: arn, role, ...options });
  await putGuardDutyEvent(instance.clients, detail);
  return detail;
};

/** The newest incident of a function, once it stands as wanted. */
export const incidentOf = (
  world: World,
  { arn }: Pick<Made, 'arn'>,
  ...statuses: readonly Incident['status'][]
): Promise<Incident> =>
  until(`an incident of ${arn} that is ${statuses.join(' or ')}`, 60, async () => {
    const found = (await listIncidents(world.records)).find(({ functionArn }) => functionArn === arn);
    return found !== undefined && statuses.includes(found.status) ? found : null;
  });

/** The message about a function, once it has a button. */
export const messageWith = (world: World, name: string, button: string): Promise<DeskMessage> =>
  until(
    `a message about ${name} with ${button}`,
    60,
    async () =>
      (await world.desk.messages()).find(
        (message) => message.text.includes(name) && buttonsOf(message).includes(button),
      ) ?? null,
  );

/** What is said about an incident, in its message or under it, once it contains a text. Other tests share the desk. */
export const said = (world: World, id: string, text: string): Promise<DeskMessage> =>
  until(`a message about ${id} with ${text}`, 120, async () => {
    const { slack } = await getIncident(world.records, id);
    if (slack === undefined) return null;
    const about = (await world.desk.messages()).filter(({ ts, thread_ts }) => slack.ts === (thread_ts ?? ts));
    return about.find((message) => JSON.stringify(message).includes(text)) ?? null;
  });

/** What one person alone is told about an incident, once it contains a text. */
export const saidTo = (world: World, user: string, id: string, text: string): Promise<DeskMessage> =>
  until(
    `a message to ${user} about ${id} with ${text}`,
    60,
    async () =>
      (await world.desk.messages()).find(
        (message) =>
          message.ephemeral_to === user && message.text.includes(id) && message.text.includes(text),
      ) ?? null,
  );

export const reservedOf = async ({ instance }: World, { name }: Pick<Made, 'name'>): Promise<number | null> =>
  (await instance.clients.lambda.send(new GetFunctionConcurrencyCommand({ FunctionName: name })))
    .ReservedConcurrentExecutions ?? null;
