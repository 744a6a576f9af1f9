import { setTimeout as sleep } from 'node:timers/promises';
import { AttachRolePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  CreateEventSourceMappingCommand,
  CreateFunctionUrlConfigCommand,
  DeleteFunctionConcurrencyCommand,
  GetEventSourceMappingCommand,
  GetFunctionConcurrencyCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  PutFunctionConcurrencyCommand,
  UpdateEventSourceMappingCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  UpdateFunctionUrlConfigCommand,
} from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { assume, invoke, keyOf, makeFunction, makeRole, showsEnvironment, zipOf } from './account';
import { until } from './eventually';
import { clientOptions, useLocalAws } from './instance';

const localAws = useLocalAws();

let role = '';
const lambda = () => new LambdaClient(clientOptions(localAws()));

beforeAll(async () => {
  role = await makeRole(localAws(), 'suspect', [{ Effect: 'Allow', Action: '*', Resource: '*' }]);
});

describe('reserved concurrency of 0', () => {
  beforeAll(async () => {
    await makeFunction(
      localAws(),
      'throttled',
      role,
      'exports.handler = async () => ({ statusCode: 200, body: "on" });',
    );
  });

  it('makes every way to call the function throttle, and its removal lets calls through again', async () => {
    const FunctionName = 'throttled';
    const { FunctionUrl = '' } = await lambda().send(
      new CreateFunctionUrlConfigCommand({ FunctionName, AuthType: 'NONE' }),
    );
    const id = new URL(FunctionUrl).hostname.split('.')[0];
    const callUrl = async () => (await fetch(`${localAws().endpoint}/_aws/lambda-url/${id}/`)).status;
    expect(await callUrl()).toBe(200);

    await lambda().send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }));
    const called = lambda().send(new InvokeCommand({ FunctionName }));
    await expect(called).rejects.toMatchObject({
      name: 'TooManyRequestsException',
      $metadata: { httpStatusCode: 429 },
    });
    expect(await callUrl()).toBe(429);
    const { ReservedConcurrentExecutions } = await lambda().send(
      new GetFunctionConcurrencyCommand({ FunctionName }),
    );
    expect(ReservedConcurrentExecutions).toBe(0);

    await lambda().send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
    expect(await callUrl()).toBe(200);
  });

  it('leaves a function URL that asks for a signature closed to the unsigned', async () => {
    const { FunctionUrl = '' } = await lambda().send(
      new UpdateFunctionUrlConfigCommand({ FunctionName: 'throttled', AuthType: 'AWS_IAM' }),
    );
    const response = await fetch(
      `${localAws().endpoint}/_aws/lambda-url/${new URL(FunctionUrl).hostname.split('.')[0]}/`,
    );
    expect(response.status).toBe(403);
  });
});

describe('an event source mapping', () => {
  it('takes nothing from its queue while it is disabled, and resumes', async () => {
    const sqs = new SQSClient(clientOptions(localAws()));
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'work' }));
    const AttributeNames = ['QueueArn' as const, 'ApproximateNumberOfMessages' as const];
    const attributes = async () =>
      (await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }))).Attributes;
    const waiting = async () => Number((await attributes())?.ApproximateNumberOfMessages);
    await makeFunction(localAws(), 'consumer', role, 'exports.handler = async () => {};');
    const EventSourceArn = (await attributes())?.QueueArn;
    const { UUID } = await lambda().send(
      new CreateEventSourceMappingCommand({ EventSourceArn, FunctionName: 'consumer' }),
    );
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'first' }));
    await until(async () => (await waiting()) === 0);

    const disabled = await lambda().send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
    expect(disabled.LastModified).toBeInstanceOf(Date);
    await until(
      async () => (await lambda().send(new GetEventSourceMappingCommand({ UUID }))).State === 'Disabled',
    );
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'second' }));
    await sleep(2_500);
    expect(await waiting()).toBe(1);

    await lambda().send(new UpdateEventSourceMappingCommand({ UUID, Enabled: true }));
    await until(async () => (await waiting()) === 0);
  });
});

describe('permissions of Lambda', () => {
  it.each([
    ['GetFunctionConcurrency', new GetFunctionConcurrencyCommand({ FunctionName: 'consumer' })],
    ['DeleteFunctionConcurrency', new DeleteFunctionConcurrencyCommand({ FunctionName: 'consumer' })],
    [
      'UpdateEventSourceMapping',
      new UpdateEventSourceMappingCommand({ UUID: crypto.randomUUID(), Enabled: false }),
    ],
    ['GetEventSourceMapping', new GetEventSourceMappingCommand({ UUID: crypto.randomUUID() })],
    [
      'UpdateFunctionUrlConfig',
      new UpdateFunctionUrlConfigCommand({ FunctionName: 'consumer', AuthType: 'NONE' }),
    ],
  ])('are asked for by their own name: %s', async (name, command) => {
    const other = await makeRole(localAws(), `without-${name}`, [
      { Effect: 'Allow', Action: 's3:*', Resource: '*' },
    ]);
    const client = new LambdaClient(clientOptions(localAws(), await assume(localAws(), other, 'probe')));
    const call: Promise<unknown> = client.send(command as GetFunctionConcurrencyCommand);
    await expect(call).rejects.toThrow(`lambda:${name} `);
  });
});

describe('a change of a function', () => {
  const slow = 'exports.handler = () => new Promise((done) => setTimeout(done, 1500, { answer: "old" }));';

  it('lets what runs run to its end, and answers the next call with what is new', async () => {
    await makeFunction(localAws(), 'slow', role, slow);
    const running = invoke(localAws(), 'slow');
    await sleep(500);
    const ZipFile = await zipOf('exports.handler = async () => ({ answer: "new" });');
    await lambda().send(new UpdateFunctionCodeCommand({ FunctionName: 'slow', ZipFile }));
    await expect(invoke(localAws(), 'slow')).resolves.toEqual({ answer: 'new' });
    await expect(running).resolves.toEqual({ answer: 'old' });
  });

  it('of its role is what its next call runs with', async () => {
    await makeFunction(localAws(), 'swapped', role, showsEnvironment);
    await keyOf(localAws(), 'swapped');
    const Role = await makeRole(localAws(), 'quarantine', []);
    await lambda().send(new UpdateFunctionConfigurationCommand({ FunctionName: 'swapped', Role }));
    const sts = new STSClient(clientOptions(localAws(), await keyOf(localAws(), 'swapped')));
    const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
    expect(Arn).toBe('arn:aws:sts::000000000000:assumed-role/quarantine/swapped');
  });
});

describe('AWSDenyAll', () => {
  it('denies all to the role it is attached to', async () => {
    const denied = await makeRole(localAws(), 'denied', [
      { Effect: 'Allow', Action: 'lambda:*', Resource: '*' },
    ]);
    const client = new LambdaClient(clientOptions(localAws(), await assume(localAws(), denied, 'probe')));
    await expect(client.send(new ListFunctionsCommand({}))).resolves.toBeDefined();
    const PolicyArn = 'arn:aws:iam::aws:policy/AWSDenyAll';
    const iam = new IAMClient(clientOptions(localAws()));
    await iam.send(new AttachRolePolicyCommand({ RoleName: 'denied', PolicyArn }));
    const refused = client.send(new ListFunctionsCommand({}));
    await expect(refused).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});
