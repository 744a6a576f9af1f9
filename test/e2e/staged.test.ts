import { PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { ListAttachedRolePoliciesCommand } from '@aws-sdk/client-iam';
import {
  CreateAliasCommand,
  CreateEventSourceMappingCommand,
  DeleteAliasCommand,
  GetFunctionCommand,
  InvokeCommand,
  ListEventSourceMappingsCommand,
  PublishVersionCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda';
import { CreateQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { differences, readLiveState } from '../../local/liveState';
import { until } from '../../local/until';
import { tokenKey } from '../../shared/incident/keys';
import { getIncident, listEntries } from '../../shared/incident/store';
import { decideAs } from './decisions';
import {
  enter,
  incidentOf,
  type Made,
  makeFunction,
  patch,
  report,
  reservedOf,
  said,
  type World,
} from './world';

/** On the local stage functions of such a name are released by steps of 1 and 2, five seconds each. */
const nameOf = (what: string) => `staged-${what}-${Date.now().toString(36)}`;

describe('a release in steps', () => {
  let world: World;
  beforeAll(async () => {
    world = await enter();
  });

  const stageOf = (incidentId: string, number: number) =>
    until(`step ${number}`, 60, async () => {
      const { stage } = await getIncident(world.records, incidentId);
      return stage?.number === number ? stage : null;
    });
  const isDenied = async ({ roleName }: Made): Promise<boolean> => {
    const { AttachedPolicies = [] } = await world.instance.clients.iam.send(
      new ListAttachedRolePoliciesCommand({ RoleName: roleName }),
    );
    return AttachedPolicies.some(({ PolicyArn }) => PolicyArn === world.instance.stack.quarantinePolicyArn);
  };
  const mappingOf = async ({ name }: Made): Promise<string | undefined> => {
    const { EventSourceMappings = [] } = await world.instance.clients.lambda.send(
      new ListEventSourceMappingsCommand({ FunctionName: name }),
    );
    return EventSourceMappings[0]?.State;
  };
  /** Contained, mended, and an approver has released it. */
  const released = async (what: string, prepare: (victim: Made) => Promise<void> = async () => undefined) => {
    const victim = await makeFunction(world, { name: nameOf(what), mode: 'respond', queue: true });
    await prepare(victim);
    const before = await readLiveState(world.instance.clients, victim.arn);
    await report(world, victim);
    const { id } = await incidentOf(world, victim, 'contained');
    await patch(world, victim);
    await until('evidence', 60, async () => (await getIncident(world.records, id)).exposure ?? null);
    await decideAs(world, { incidentId: id, action: 'release', reason: 'mended' });
    return { victim, before, id };
  };

  it('lets one run, then two, with its event sources off, and ends exactly as it was before', async () => {
    const { victim, before, id } = await released('whole');
    await stageOf(id, 1);
    await until('a reservation of 1', 30, async () => (await reservedOf(world, victim)) === 1);
    expect(await isDenied(victim)).toBe(false);
    expect(await mappingOf(victim)).toMatch(/^Disabl/);
    await said(world, id, 'Step 1 of 2');
    await stageOf(id, 2);
    await until('a reservation of 2', 30, async () => (await reservedOf(world, victim)) === 2);

    const { stage } = await incidentOf(world, victim, 'watching', 'closed');
    expect(stage).toBeUndefined();
    const now = differences(before, await readLiveState(world.instance.clients, victim.arn));
    // The fix is what was deployed meanwhile, and nothing else is another.
    expect(now.filter((name) => !/GetFunctionConfiguration|GetFunction\b/.test(name))).toEqual([]);
    expect(await reservedOf(world, victim)).toBeNull();
  });

  it('is fed by the event sources that policy names, is taken back with them off, and ends as it was', async () => {
    const { lambda, sqs } = world.instance.clients;
    const { victim, before, id } = await released('fed', async ({ name }) => {
      const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: `${name}-other` }));
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
      );
      await lambda.send(
        new CreateEventSourceMappingCommand({ FunctionName: name, EventSourceArn: Attributes?.QueueArn }),
      );
    });
    const states = async (): Promise<Readonly<Record<string, string | undefined>>> => {
      const { EventSourceMappings = [] } = await lambda.send(
        new ListEventSourceMappingsCommand({ FunctionName: victim.name }),
      );
      return Object.fromEntries(
        EventSourceMappings.map(({ EventSourceArn = '', State }) => [
          EventSourceArn.slice(EventSourceArn.lastIndexOf('-') + 1),
          State?.replace(/ing$/, 'ed'),
        ]),
      );
    };
    await stageOf(id, 1);
    await until('the chosen source on', 30, async () => (await states()).queue === 'Enabled');
    expect(await states()).toEqual({ queue: 'Enabled', other: 'Disabled' });
    await said(world, id, `It is fed by`);
    await decideAs(world, { incidentId: id, action: 'recontain', reason: 'it looks wrong' });

    await incidentOf(world, victim, 'contained');
    expect(await states()).toEqual({ queue: 'Disabled', other: 'Disabled' });
    await decideAs(world, { incidentId: id, action: 'false_positive', reason: 'a drill' });
    await incidentOf(world, victim, 'watching', 'closed');
    const now = differences(before, await readLiveState(world.instance.clients, victim.arn));
    expect(now.filter((name) => !/GetFunctionConfiguration|GetFunction\b/.test(name))).toEqual([]);
  });

  it('is taken back by a finding in whichever step, by itself, and can be released after that', async () => {
    const backIn = async (number: number) => {
      const { victim, before, id } = await released(`back${number}`);
      await stageOf(id, number);
      await report(world, victim, { type: 'Backdoor:Lambda/C&CActivity.B' });

      const again = await incidentOf(world, victim, 'contained');
      // The same containment: what it finds now is what we have set ourselves.
      expect(again).toMatchObject({ id, containment: 1 });
      expect(again.stage).toBeUndefined();
      expect(again.containedDigests).toHaveLength(2);
      expect(await reservedOf(world, victim)).toBe(0);
      expect(await isDenied(victim)).toBe(true);
      const history = (await listEntries(world.records, id)).map(({ kind, text }) => `${kind}: ${text}`);
      expect(history).toContainEqual(
        expect.stringContaining(`relapse: in step ${number} of the release: Backdoor:Lambda/C&CActivity.B`),
      );

      await decideAs(world, { incidentId: id, action: 'false_positive', reason: 'a drill' });
      await incidentOf(world, victim, 'watching', 'closed');
      expect(await reservedOf(world, victim)).toBeNull();
      expect(await isDenied(victim)).toBe(false);
      const now = differences(before, await readLiveState(world.instance.clients, victim.arn));
      expect(now.filter((name) => !/GetFunctionConfiguration|GetFunction\b/.test(name))).toEqual([]);
    };
    await Promise.all([backIn(1), backIn(2)]);
  });

  /** The code as it is now, to be deployed again. */
  const codeOf = async ({ name: FunctionName }: Made): Promise<() => Promise<unknown>> => {
    const { lambda } = world.instance.clients;
    const { Code } = await lambda.send(new GetFunctionCommand({ FunctionName }));
    const ZipFile = Buffer.from(await (await fetch(Code?.Location ?? '')).arrayBuffer());
    return () => lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile }));
  };
  const relapsesOf = async (id: string): Promise<string> =>
    (await listEntries(world.records, id))
      .flatMap(({ kind, text }) => (kind === 'relapse' ? [text] : []))
      .join();

  it('is taken back where the contained code is deployed again, in a step and while it is watched', async () => {
    let rollBack = async (): Promise<unknown> => undefined;
    const { victim, id } = await released('rollback', async (made) => {
      rollBack = await codeOf(made);
    });
    await stageOf(id, 1);
    await rollBack();
    expect(await incidentOf(world, victim, 'contained')).toMatchObject({ id, containment: 1 });
    expect(await reservedOf(world, victim)).toBe(0);
    expect(await relapsesOf(id)).toMatch(/in step \d of the release: .* was contained before/);
    await decideAs(world, { incidentId: id, action: 'false_positive', reason: 'a drill' });

    const other = await makeFunction(world, { mode: 'respond' });
    const { lambda } = world.instance.clients;
    const { Version } = await lambda.send(new PublishVersionCommand({ FunctionName: other.name }));
    await report(world, other);
    const { id: watched } = await incidentOf(world, other, 'contained');
    await patch(world, other);
    await decideAs(world, { incidentId: watched, action: 'release', reason: 'mended' });
    await incidentOf(world, other, 'watching');
    const { db, table } = world.records;
    await until('that the watch waits', 30, async () => {
      const { Item } = await db.send(new GetCommand({ TableName: table, Key: tokenKey(watched) }));
      return Item !== undefined;
    });
    const alias = { FunctionName: other.name, Name: 'shop' };
    await lambda.send(new CreateAliasCommand({ ...alias, FunctionVersion: Version }));
    // As the rule of the drift watch delivers it; on its schedule it would see it too.
    await world.instance.clients.lambda.send(
      new InvokeCommand({
        FunctionName: 'tourniquet-local-driftWatch',
        Payload: JSON.stringify({
          source: 'aws.lambda',
          'detail-type': 'AWS API Call via CloudTrail',
          detail: {
            eventSource: 'lambda.amazonaws.com',
            eventName: 'CreateAlias20150331',
            eventTime: new Date().toISOString(),
            requestParameters: { functionName: other.name },
          },
        }),
      }),
    );
    expect(await incidentOf(world, other, 'contained')).toMatchObject({ id: watched, containment: 2 });
    expect(await relapsesOf(watched)).toContain('the contained code is back');
    // The fix was not what came back: without the alias it is released as it is.
    await lambda.send(new DeleteAliasCommand(alias));
    await until('evidence of the second', 90, async () => {
      const { evidence, exposedSecretsAt } = await getIncident(world.records, watched);
      return evidence?.containment === 2 && exposedSecretsAt !== undefined;
    });
    await decideAs(world, { incidentId: watched, action: 'release', reason: 'the alias is gone' });
    await incidentOf(world, other, 'watching', 'closed');
    expect(await reservedOf(world, other)).toBeNull();
  });

  it("is taken back by an alarm of the function's own, and by an approver", async () => {
    const { metrics } = world.instance.clients;
    const alarmOf = ({ name }: Made) => `errors-of-${name}`;
    const raised = async () => {
      const one = await released('alarm', async (victim) => {
        await metrics.send(
          new PutMetricAlarmCommand({
            AlarmName: alarmOf(victim),
            Namespace: 'AWS/Lambda',
            MetricName: 'Errors',
            Dimensions: [{ Name: 'FunctionName', Value: victim.name }],
            Statistic: 'Sum',
            Period: 60,
            EvaluationPeriods: 1,
            Threshold: 1,
            ComparisonOperator: 'GreaterThanThreshold',
          }),
        );
      });
      await stageOf(one.id, 1);
      const AlarmName = alarmOf(one.victim);
      await metrics.send(
        new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason: 'a drill' }),
      );
      // Off again before the step is over.
      await metrics.send(new SetAlarmStateCommand({ AlarmName, StateValue: 'OK', StateReason: 'a drill' }));
      return one;
    };
    const takenBack = async () => {
      const one = await released('press');
      await stageOf(one.id, 1);
      await decideAs(world, { incidentId: one.id, action: 'recontain', reason: 'it looks wrong' });
      return one;
    };
    // A step lasts five seconds: neither waits for the other.
    const [alarmed, pressed] = await Promise.all([raised(), takenBack()]);

    for (const { victim, id } of [alarmed, pressed]) {
      expect(await incidentOf(world, victim, 'contained')).toMatchObject({ id, containment: 1 });
      expect(await reservedOf(world, victim)).toBe(0);
      expect(await isDenied(victim)).toBe(true);
    }
    const because = async (id: string) =>
      (await listEntries(world.records, id)).find(({ kind }) => kind === 'relapse')?.text;
    expect(await because(alarmed.id)).toContain(
      `the alarm ${alarmOf(alarmed.victim)} (Errors) went off in step 1`,
    );
    expect(await because(pressed.id)).toContain('has it contained again, because: it looks wrong');
    for (const { id } of [alarmed, pressed])
      await decideAs(world, { incidentId: id, action: 'false_positive', reason: 'a drill' });
  });
});
