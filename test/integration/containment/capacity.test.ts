import { randomBytes } from 'node:crypto';
import {
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import {
  CreateAliasCommand,
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  DeleteFunctionConcurrencyCommand,
  GetDurableExecutionCommand,
  GetFunctionConcurrencyCommand,
  InvokeCommand,
  ListProvisionedConcurrencyConfigsCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionScalingConfigCommand,
  PutProvisionedConcurrencyConfigCommand,
  StopDurableExecutionCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import type { LocalClients } from '../../../local/clients';
import { differences, readLiveState } from '../../../local/liveState';
import { pauseDurableExecution, resumeDurableExecution } from '../../../shared/aws/durableApi';
import { contain } from '../../../shared/containment/contain';
import type { ControlTools } from '../../../shared/containment/control';
import { planContainment } from '../../../shared/containment/plan';
import type { Incident } from '../../../shared/incident/incident';
import { restore } from '../../../shared/recovery/restore';
import { describeSuspect, type Suspect } from '../../../shared/suspect/describe';
import { parseFunctionArn } from '../../../shared/suspect/functionArn';
import { zipOf } from '../../fixtures/zip';
import { DURABLE, DURABLE_CODE, MANAGED } from './generated';
import { mortal } from './mortal';
import { incidentOf, type Stage, startStage } from './stage';

describe('what a reservation of 0 does not reach', () => {
  let stage: Stage;
  let clients: LocalClients;
  let roleArn: string;

  beforeAll(async () => {
    stage = await startStage('capacity');
    clients = stage.clients;
    const principal = { Service: 'lambda.amazonaws.com' };
    const { Role } = await clients.iam.send(
      new CreateRoleCommand({
        RoleName: 'worker',
        AssumeRolePolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }],
        }),
      }),
    );
    roleArn = Role?.Arn ?? '';
  });
  afterAll(() => stage.stop());

  /** A function with some published versions; gives its name. */
  const makeFunction = async (
    versions: number,
    settings: Partial<CreateFunctionCommandInput> = {},
  ): Promise<string> => {
    const FunctionName = settings.FunctionName ?? `capacity-${randomBytes(5).toString('hex')}`;
    await clients.lambda.send(
      new CreateFunctionCommand({
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Role: roleArn,
        Code: { ZipFile: await zipOf({ 'index.js': DURABLE_CODE }) },
        ...settings,
        FunctionName,
      }),
    );
    for (let version = 1; version <= versions; version++) {
      // Publishing what is published already gives the same version again.
      await clients.lambda.send(
        new UpdateFunctionConfigurationCommand({ FunctionName, Description: `version ${version}` }),
      );
      await clients.lambda.send(new PublishVersionCommand({ FunctionName }));
    }
    return FunctionName;
  };

  const suspectOf = async (name: string): Promise<Suspect> => {
    const arn = parseFunctionArn(`arn:aws:lambda:us-east-1:000000000000:function:${name}`);
    const suspect = arn === null ? null : await describeSuspect(arn, clients.lambda);
    if (suspect === null) throw new Error('the function was not made');
    return suspect;
  };

  /** Under the permissions that the deployment gives, and dead after so many calls. */
  const toolsAs = async (
    role: 'contain' | 'release' | 'driftWatch',
    incident: Incident,
    limit = Number.POSITIVE_INFINITY,
  ): Promise<ControlTools> => {
    const counter = { calls: 0, limit };
    const { lambda, iam, sqs, scaling, db, ...rest } = await stage.as(role);
    return stage.tools(incident, {
      ...rest,
      lambda: mortal(lambda, counter),
      iam: mortal(iam, counter),
      sqs: mortal(sqs, counter),
      scaling: mortal(scaling, counter),
      db: mortal(db, counter),
    });
  };

  const nothing = () => Promise.resolve();
  const quietly = (work: Promise<unknown>): Promise<boolean> =>
    work.then(
      () => true,
      () => false,
    );

  const containAll = async (suspect: Suspect, incident: Incident) => {
    const outcomes = await contain(suspect, incident, await toolsAs('contain', incident), nothing);
    return new Map(outcomes.map(({ control, state }) => [control, state]));
  };

  const reserve = (FunctionName: string, ReservedConcurrentExecutions: number) =>
    clients.lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions }));
  const provision = (FunctionName: string, Qualifier: string, ProvisionedConcurrentExecutions: number) =>
    clients.lambda.send(
      new PutProvisionedConcurrencyConfigCommand({
        FunctionName,
        Qualifier,
        ProvisionedConcurrentExecutions,
      }),
    );
  const target = (name: string) => ({
    ServiceNamespace: 'lambda' as const,
    ScalableDimension: 'lambda:function:ProvisionedConcurrency' as const,
    ResourceId: `function:${name}:live`,
  });

  /** A version with provisioned concurrency, and an alias whose provisioned concurrency is scaled between 2 and 5. */
  const makeProvisioned = async (settings: Partial<CreateFunctionCommandInput> = {}): Promise<string> => {
    const name = await makeFunction(2, settings);
    await clients.lambda.send(
      new CreateAliasCommand({ FunctionName: name, Name: 'live', FunctionVersion: '2' }),
    );
    await reserve(name, 10);
    await provision(name, '1', 3);
    await provision(name, 'live', 4);
    await clients.scaling.send(
      new RegisterScalableTargetCommand({
        ...target(name),
        MinCapacity: 2,
        MaxCapacity: 5,
        SuspendedState: { ScheduledScalingSuspended: true },
      }),
    );
    return name;
  };

  const provisionedOf = async (FunctionName: string) =>
    (await clients.lambda.send(new ListProvisionedConcurrencyConfigsCommand({ FunctionName })))
      .ProvisionedConcurrencyConfigs ?? [];

  const suspensionOf = async (name: string) => {
    const { ServiceNamespace, ResourceId } = target(name);
    const { ScalableTargets } = await clients.scaling.send(
      new DescribeScalableTargetsCommand({ ServiceNamespace, ResourceIds: [ResourceId] }),
    );
    return ScalableTargets?.[0]?.SuspendedState;
  };

  const begin = async (FunctionName: string, Qualifier: string, payload = 'begin'): Promise<string> => {
    const { DurableExecutionArn } = await clients.lambda.send(
      new InvokeCommand({ FunctionName, Qualifier, Payload: JSON.stringify(payload) }),
    );
    return DurableExecutionArn ?? '';
  };

  const statusOf = async (DurableExecutionArn: string): Promise<string | undefined> =>
    (await clients.lambda.send(new GetDurableExecutionCommand({ DurableExecutionArn }))).Status;

  it('stands on an AWS that refuses a reservation below what is provisioned, as the control exists for that', async () => {
    const name = await makeProvisioned();

    await expect(reserve(name, 0)).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  });

  it('removes the provisioned concurrency of versions and aliases, suspends its scaling and puts both back', async () => {
    const name = await makeProvisioned();
    const suspect = await suspectOf(name);
    const incident = incidentOf(suspect);
    const before = await readLiveState(clients, suspect.arn);
    expect(before.ListProvisionedConcurrencyConfigs).toHaveLength(2);
    expect(before.DescribeScalableTargets).toHaveLength(1);

    const outcomes = await containAll(suspect, incident);

    expect(outcomes.get('provisioned')).toBe('held');
    expect(outcomes.get('concurrency')).toBe('held');
    expect(await provisionedOf(name)).toEqual([]);
    expect(await suspensionOf(name)).toEqual({
      DynamicScalingInSuspended: true,
      DynamicScalingOutSuspended: true,
      ScheduledScalingSuspended: true,
    });
    const { ReservedConcurrentExecutions } = await clients.lambda.send(
      new GetFunctionConcurrencyCommand({ FunctionName: name }),
    );
    expect(ReservedConcurrentExecutions).toBe(0);
    await expect(provision(name, 'live', 1)).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });

    await restore(suspect, incident, await toolsAs('release', incident));
    expect(differences(before, await readLiveState(clients, suspect.arn))).toEqual([]);
  });

  it('leaves alone what somebody provisioned while it was contained, unless an approver says otherwise', async () => {
    const name = await makeProvisioned();
    const suspect = await suspectOf(name);
    const incident = incidentOf(suspect);
    const before = await readLiveState(clients, suspect.arn);
    await containAll(suspect, incident);
    await clients.lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName: name }));
    await provision(name, 'live', 1);

    const left = await restore(suspect, incident, await toolsAs('release', incident));

    expect(left.find(({ control }) => control === 'provisioned')).toMatchObject({
      outcome: 'drift',
      detail: expect.stringContaining('somebody provisioned 1 on live'),
    });
    await restore(suspect, incident, await toolsAs('release', incident), ['concurrency', 'provisioned']);
    expect(differences(before, await readLiveState(clients, suspect.arn))).toEqual([]);
  });

  it('completes when retried and restores exactly, wherever it died (invariants 1, 2 and 3)', async () => {
    let lived = false;
    for (let limit = 1; !lived && limit <= 120; limit++) {
      const name = await makeProvisioned(DURABLE);
      const executions = [await begin(name, '$LATEST'), await begin(name, '1')];
      const suspect = await suspectOf(name);
      const incident = incidentOf(suspect);
      const before = await readLiveState(clients, suspect.arn);
      lived = await quietly(contain(suspect, incident, await toolsAs('contain', incident, limit), nothing));

      const outcomes = await containAll(suspect, incident);
      expect([limit, outcomes.get('provisioned'), outcomes.get('durable')]).toEqual([limit, 'held', 'held']);
      expect(await Promise.all(executions.map(statusOf))).toEqual(['PAUSED', 'PAUSED']);

      await quietly(restore(suspect, incident, await toolsAs('release', incident, limit)));
      const restored = await restore(suspect, incident, await toolsAs('release', incident));
      const drifts = restored.filter(({ control, outcome }) => control !== 'role' && outcome === 'drift');
      expect([limit, drifts]).toEqual([limit, []]);
      expect([limit, differences(before, await readLiveState(clients, suspect.arn))]).toEqual([limit, []]);
      expect(await Promise.all(executions.map(statusOf))).toEqual(['RUNNING', 'RUNNING']);
    }
    expect(lived).toBe(true);
  }, 300_000);

  it.each(['contain', 'driftWatch'] as const)(
    'scales versions on managed instances to 0 as %s, and back, and leaves the ones alone that were at 0',
    async (role) => {
      const name = await makeFunction(3, MANAGED);
      const scale = (Qualifier: string, min: number, max: number) =>
        clients.lambda.send(
          new PutFunctionScalingConfigCommand({
            FunctionName: name,
            Qualifier,
            FunctionScalingConfig: { MinExecutionEnvironments: min, MaxExecutionEnvironments: max },
          }),
        );
      await scale('1', 2, 5);
      await scale('2', 0, 0);
      const suspect = await suspectOf(name);
      const incident = incidentOf(suspect);
      const before = await readLiveState(clients, suspect.arn);

      const outcomes = new Map(
        (await contain(suspect, incident, await toolsAs(role, incident), nothing)).map(
          ({ control, state }) => [control, state],
        ),
      );

      expect(outcomes.get('managed-instances')).toBe('held');
      expect(outcomes.get('concurrency')).toBe('not-needed');
      const zero = { MinExecutionEnvironments: 0, MaxExecutionEnvironments: 0 };
      expect((await readLiveState(clients, suspect.arn)).GetFunctionScalingConfig).toEqual([
        expect.objectContaining({ AppliedFunctionScalingConfig: zero }),
        expect.objectContaining({ AppliedFunctionScalingConfig: zero }),
        expect.objectContaining({ AppliedFunctionScalingConfig: zero }),
      ]);

      await restore(suspect, incident, await toolsAs('release', incident));
      expect(differences(before, await readLiveState(clients, suspect.arn))).toEqual([]);
    },
  );

  it('pauses the executions of every version and resumes those alone', async () => {
    const name = await makeFunction(1, DURABLE);
    const ours = [await begin(name, '$LATEST'), await begin(name, '1'), await begin(name, '1')];
    const theirs = await begin(name, '1');
    await pauseDurableExecution(clients.lambda, theirs, {
      ClientToken: 'theirs',
      ExecutionTimeoutPaused: false,
      Reason: 'by hand',
    });
    const over = await begin(name, '1', 'end');
    const suspect = await suspectOf(name);
    const incident = incidentOf(suspect);

    const outcomes = await containAll(suspect, incident);

    expect(outcomes.get('durable')).toBe('held');
    expect(await Promise.all(ours.map(statusOf))).toEqual(['PAUSED', 'PAUSED', 'PAUSED']);
    expect(await statusOf(over)).toBe('SUCCEEDED');

    await restore(suspect, incident, await toolsAs('release', incident));
    expect(await Promise.all(ours.map(statusOf))).toEqual(['RUNNING', 'RUNNING', 'RUNNING']);
    expect(await statusOf(theirs)).toBe('PAUSED');
    await resumeDurableExecution(clients.lambda, theirs, { ClientToken: 'theirs', Reason: 'by hand' });
    expect(await statusOf(theirs)).toBe('RUNNING');
  });

  it('takes one for held that is pausing in the middle of an invocation, and says which were stopped meanwhile', async () => {
    const name = await makeFunction(0, DURABLE);
    const stopped = await begin(name, '$LATEST');
    const invocation = begin(name, '$LATEST', 'slow');
    // Until the slow one has begun.
    await new Promise((resolve) => setTimeout(resolve, 500));
    const suspect = await suspectOf(name);
    const incident = incidentOf(suspect);

    const outcomes = await containAll(suspect, incident);

    expect(outcomes.get('durable')).toBe('held');
    const slow = await invocation;
    expect(await statusOf(slow)).toBe('PAUSED');
    await clients.lambda.send(new StopDurableExecutionCommand({ DurableExecutionArn: stopped }));
    const results = await restore(suspect, incident, await toolsAs('release', incident));
    expect(await statusOf(slow)).toBe('RUNNING');
    expect(results.find(({ control }) => control === 'durable')).toMatchObject({
      outcome: 'drift',
      detail: expect.stringMatching(/^the execution .+ is STOPPED$/),
    });
  });

  describe('with the permissions that the deployment gives', () => {
    it.each(['contain', 'driftWatch'] as const)(
      'contains as %s and restores a function with all of it',
      async (role) => {
        const name = await makeProvisioned(DURABLE);
        const execution = await begin(name, '1');
        const suspect = await suspectOf(name);
        const incident = incidentOf(suspect);
        const before = await readLiveState(clients, suspect.arn);

        await contain(suspect, incident, await toolsAs(role, incident), nothing);
        expect(await statusOf(execution)).toBe('PAUSED');
        await restore(suspect, incident, await toolsAs('release', incident));

        expect(await statusOf(execution)).toBe('RUNNING');
        expect(differences(before, await readLiveState(clients, suspect.arn))).toEqual([]);
      },
    );

    it.each([
      ['provisioned and durable', ['provisioned', 'durable']],
      ['on managed instances', ['managed-instances']],
    ])('plans for a function that is %s', async (kind, controls) => {
      const name = kind.startsWith('on') ? await makeFunction(1, MANAGED) : await makeProvisioned(DURABLE);
      if (!kind.startsWith('on')) await begin(name, '1');
      const suspect = await suspectOf(name);
      const planner = await stage.as('plan');
      const { events, metrics, kinesis } = planner;

      const { steps } = await planContainment(suspect, stage.tools(incidentOf(suspect), planner), {
        events,
        metrics,
        kinesis,
        refused: null,
      });

      expect(steps.filter(({ applies }) => applies === 'unknown')).toEqual([]);
      expect(steps.filter(({ applies }) => applies === true).map(({ control }) => control)).toEqual(
        expect.arrayContaining(controls),
      );
    });

    it('may not touch a function of our own', async () => {
      const name = await makeProvisioned({
        ...DURABLE,
        FunctionName: `tourniquet-test-${randomBytes(4).toString('hex')}`,
      });
      const execution = await begin(name, '1');
      const suspect = await suspectOf(name);
      const incident = incidentOf(suspect);

      await expect(
        contain(suspect, incident, await toolsAs('contain', incident), nothing),
      ).rejects.toMatchObject({
        outcomes: expect.arrayContaining([
          expect.objectContaining({ control: 'provisioned', state: 'failed' }),
          expect.objectContaining({ control: 'durable', state: 'failed' }),
        ]),
      });
      expect(await provisionedOf(name)).toHaveLength(2);
      expect(await statusOf(execution)).toBe('RUNNING');
    });
  });
});
