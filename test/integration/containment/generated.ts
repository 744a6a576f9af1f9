import { randomBytes } from 'node:crypto';
import { RegisterScalableTargetCommand } from '@aws-sdk/client-application-auto-scaling';
import { AttachRolePolicyCommand, CreateRoleCommand } from '@aws-sdk/client-iam';
import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  InvokeCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  PutFunctionScalingConfigCommand,
  PutProvisionedConcurrencyConfigCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { CreateQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import type { LocalClients } from '../../../local/clients';
import { packageFunction } from '../../../local/workload/package';
import { describeSuspect, type Suspect } from '../../../shared/suspect/describe';
import { parseFunctionArn } from '../../../shared/suspect/functionArn';
import { zipOf } from '../../fixtures/zip';

/** Where something hangs: on the function itself, on its one alias or on its one published version. */
const place = fc.constantFrom('function', 'alias', 'version');

const OURS = '000000000000';
const FOREIGN = '999999999999';
const PRINCIPAL = {
  public: '*',
  foreign: FOREIGN,
  'foreign source': 'sns.amazonaws.com',
  own: OURS,
  service: 's3.amazonaws.com',
} as const;

const statement = fc.record({
  on: place,
  who: fc.constantFrom('public', 'foreign', 'foreign source', 'own', 'service'),
  organisation: fc.boolean(),
});

/** Durable functions answer how their execution stands; a second of work is long enough to be paused in. */
export const DURABLE_CODE = `exports.handler = async ({ InitialExecutionState }) => {
  const input = InitialExecutionState?.Operations?.[0]?.ExecutionDetails?.InputPayload ?? '';
  if (input.includes('slow')) await new Promise((resolve) => setTimeout(resolve, 1500));
  return { Status: input.includes('end') ? 'SUCCEEDED' : 'PENDING' };
};`;
export const DURABLE = { DurableConfig: { ExecutionTimeout: 3600, RetentionPeriodInDays: 1 } } as const;
export const MANAGED = {
  CapacityProviderConfig: {
    LambdaManagedInstancesCapacityProviderConfig: {
      CapacityProviderArn: `arn:aws:lambda:us-east-1:${OURS}:capacity-provider:shared`,
    },
  },
} as const;

/** Any mix of what containment may find on a function. */
export const anyFunction = fc.record({
  /** On managed instances it has no reservation and no provisioned concurrency; what runs durably is begun on each place. */
  runs: fc.oneof(
    { weight: 5, arbitrary: fc.constant({ as: 'ordinary' as const }) },
    {
      weight: 1,
      arbitrary: fc.record({ as: fc.constant('durable' as const), begun: fc.array(place, { maxLength: 3 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        as: fc.constant('managed' as const),
        environments: fc.record({
          MinExecutionEnvironments: fc.integer({ min: 0, max: 3 }),
          MaxExecutionEnvironments: fc.integer({ min: 3, max: 9 }),
        }),
      }),
    },
  ),
  reserved: fc.option(fc.integer({ min: 0, max: 50 }), { nil: null }),
  /** Published, with the alias `live` on it; what hangs on an alias or version needs it. */
  published: fc.boolean(),
  provisioned: fc.option(
    fc.record({
      count: fc.integer({ min: 1, max: 5 }),
      scaling: fc.option(fc.record({ scheduled: fc.boolean() }), { nil: null }),
    }),
    { nil: null },
  ),
  mappings: fc.array(fc.record({ on: place, enabled: fc.boolean() }), { maxLength: 3 }),
  urls: fc.uniqueArray(
    fc.record({
      on: fc.constantFrom('function', 'alias'),
      auth: fc.constantFrom('NONE', 'AWS_IAM'),
      cors: fc.option(
        fc.record({
          AllowOrigins: fc.constantFrom('*', 'https://shop.example').map((origin) => [origin]),
          AllowMethods: fc.uniqueArray(fc.constantFrom('GET', 'POST', 'PUT'), { minLength: 1 }),
          AllowCredentials: fc.boolean(),
          MaxAge: fc.integer({ min: 0, max: 86_400 }),
        }),
        { nil: null },
      ),
      stream: fc.boolean(),
    }),
    { maxLength: 2, selector: ({ on }) => on },
  ),
  statements: fc.array(statement, { maxLength: 4 }),
  invokeConfigs: fc.uniqueArray(
    fc.record({
      on: place,
      retries: fc.option(fc.integer({ min: 0, max: 2 }), { nil: null }),
      age: fc.option(fc.integer({ min: 60, max: 21_600 }), { nil: null }),
      destination: fc.constantFrom('none', 'failure', 'success', 'both'),
    }),
    { maxLength: 3, selector: ({ on }) => on },
  ),
  sharedRole: fc.boolean(),
  /** Whether the deny policy was on the role before, for a reason of somebody else's. */
  deniedBefore: fc.boolean(),
  suspectedAs: place,
});
export type AnyFunction = typeof anyFunction extends fc.Arbitrary<infer Shape> ? Shape : never;

const unique = () => randomBytes(5).toString('hex');

export type Made = {
  readonly suspect: Suspect;
  readonly sibling: string | null;
  /** ARNs of its durable executions, all running. */
  readonly executions: readonly string[];
};

/** Makes functions like the generated ones in a local AWS. */
export const maker = async (clients: LocalClients, denyPolicyArn: string) => {
  const { lambda, iam, sqs, scaling } = clients;
  const ZipFile = await packageFunction('invoiceMailer');

  const makeRole = async (name: string): Promise<string> => {
    const { Role } = await iam.send(
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
    await iam.send(
      new AttachRolePolicyCommand({
        RoleName: name,
        PolicyArn: 'arn:aws:iam::aws:policy/AmazonSQSFullAccess',
      }),
    );
    return Role?.Arn ?? '';
  };

  const makeQueue = async (name: string): Promise<string> => {
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    return Attributes?.QueueArn ?? '';
  };

  const makeFunction = async (
    name: string,
    roleArn: string,
    runs: AnyFunction['runs']['as'] = 'ordinary',
  ): Promise<string> => {
    const { FunctionArn = '' } = await lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Role: roleArn,
        Code: { ZipFile: runs === 'durable' ? await zipOf({ 'index.js': DURABLE_CODE }) : ZipFile },
        ...(runs === 'durable' ? DURABLE : runs === 'managed' ? MANAGED : {}),
      }),
    );
    await waitUntilFunctionActiveV2(
      { client: lambda, maxWaitTime: 60, minDelay: 0.05, maxDelay: 0.5 },
      { FunctionName: name },
    );
    return FunctionArn;
  };

  return async (shape: AnyFunction): Promise<Made> => {
    const name = `any-${unique()}`;
    const roleArn = await makeRole(name);
    const { runs } = shape;
    const arn = await makeFunction(name, roleArn, runs.as);
    const sibling = shape.sharedRole ? `${name}-sibling` : null;
    if (sibling !== null) await makeFunction(sibling, roleArn);

    let version: string | undefined;
    if (shape.published) {
      ({ Version: version } = await lambda.send(new PublishVersionCommand({ FunctionName: name })));
      await lambda.send(
        new CreateAliasCommand({ FunctionName: name, Name: 'live', FunctionVersion: version }),
      );
    }
    const there = (on: string): boolean => on === 'function' || version !== undefined;
    const qualifierOf = (on: string): string | undefined =>
      on === 'function' ? undefined : on === 'alias' ? 'live' : version;

    if (runs.as === 'managed' && version !== undefined)
      await lambda.send(
        new PutFunctionScalingConfigCommand({
          FunctionName: name,
          Qualifier: version,
          FunctionScalingConfig: runs.environments,
        }),
      );
    const begin = async (Qualifier = '$LATEST'): Promise<string> => {
      const { DurableExecutionArn = '' } = await lambda.send(
        new InvokeCommand({ FunctionName: name, Qualifier, Payload: '"begin"' }),
      );
      return DurableExecutionArn;
    };
    const executions: string[] = [];
    for (const on of runs.as === 'durable' ? runs.begun.filter(there) : [])
      executions.push(await begin(qualifierOf(on)));

    if (shape.reserved !== null && runs.as !== 'managed') {
      await lambda.send(
        new PutFunctionConcurrencyCommand({
          FunctionName: name,
          ReservedConcurrentExecutions: shape.reserved,
        }),
      );
    }
    const { provisioned } = shape;
    if (
      provisioned !== null &&
      version !== undefined &&
      runs.as !== 'managed' &&
      (shape.reserved ?? 100) >= provisioned.count
    ) {
      await lambda.send(
        new PutProvisionedConcurrencyConfigCommand({
          FunctionName: name,
          Qualifier: 'live',
          ProvisionedConcurrentExecutions: provisioned.count,
        }),
      );
      if (provisioned.scaling !== null) {
        await scaling.send(
          new RegisterScalableTargetCommand({
            ServiceNamespace: 'lambda',
            ScalableDimension: 'lambda:function:ProvisionedConcurrency',
            ResourceId: `function:${name}:live`,
            MinCapacity: 1,
            MaxCapacity: 9,
            SuspendedState: { ScheduledScalingSuspended: provisioned.scaling.scheduled },
          }),
        );
      }
    }
    for (const { on, enabled } of shape.mappings.filter((mapping) => there(mapping.on))) {
      const qualifier = qualifierOf(on);
      await lambda.send(
        new CreateEventSourceMappingCommand({
          FunctionName: qualifier === undefined ? name : `${name}:${qualifier}`,
          EventSourceArn: await makeQueue(`${name}-${unique()}`),
          Enabled: enabled,
        }),
      );
    }
    for (const { on, auth, cors, stream } of shape.urls.filter((url) => there(url.on))) {
      await lambda.send(
        new CreateFunctionUrlConfigCommand({
          FunctionName: name,
          Qualifier: qualifierOf(on),
          AuthType: auth === 'NONE' ? 'NONE' : 'AWS_IAM',
          Cors: cors ?? undefined,
          InvokeMode: stream ? 'RESPONSE_STREAM' : 'BUFFERED',
        }),
      );
    }
    for (const { on, who, organisation } of shape.statements.filter((one) => there(one.on))) {
      await lambda.send(
        new AddPermissionCommand({
          FunctionName: name,
          Qualifier: qualifierOf(on),
          StatementId: `s-${unique()}`,
          Action: 'lambda:InvokeFunction',
          Principal: PRINCIPAL[who],
          ...(who === 'public' && organisation ? { PrincipalOrgID: 'o-a1b2c3d4e5' } : {}),
          ...(who === 'service' ? { SourceAccount: OURS } : {}),
          ...(who === 'foreign source' ? { SourceArn: `arn:aws:sns:us-east-1:${FOREIGN}:orders` } : {}),
        }),
      );
    }
    for (const { on, retries, age, destination } of shape.invokeConfigs.filter((one) => there(one.on))) {
      // Lambda gives no destination to a function whose role may not send to it, so none is there to be put back.
      const to = shape.deniedBefore ? 'none' : destination;
      const failure = to === 'failure' || to === 'both';
      const success = to === 'success' || to === 'both';
      await lambda.send(
        new PutFunctionEventInvokeConfigCommand({
          FunctionName: name,
          Qualifier: qualifierOf(on),
          MaximumRetryAttempts: retries ?? undefined,
          MaximumEventAgeInSeconds: age ?? undefined,
          DestinationConfig: {
            ...(failure ? { OnFailure: { Destination: await makeQueue(`${name}-${unique()}`) } } : {}),
            ...(success ? { OnSuccess: { Destination: await makeQueue(`${name}-${unique()}`) } } : {}),
          },
        }),
      );
    }

    if (shape.deniedBefore) {
      await iam.send(new AttachRolePolicyCommand({ RoleName: name, PolicyArn: denyPolicyArn }));
    }

    const named = parseFunctionArn(arn);
    const suspect = named === null ? null : await describeSuspect(named, lambda);
    if (suspect === null) throw new Error('the function was not made');
    const qualifier = there(shape.suspectedAs) ? (qualifierOf(shape.suspectedAs) ?? null) : null;
    return { suspect: { ...suspect, qualifier }, sibling, executions };
  };
};
