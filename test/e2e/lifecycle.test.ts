import { ListAttachedRolePoliciesCommand } from '@aws-sdk/client-iam';
import { PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { differences, readLiveState } from '../../local/liveState';
import { findingDetail, putGuardDutyEvent } from '../../local/scenarios/guardDutyFinding';
import { until } from '../../local/until';
import { getIncident, listEntries, listIncidents } from '../../shared/incident/store';
import { decideAs } from './decisions';
import {
  enter,
  incidentOf,
  type Made,
  makeFunction,
  messageWith,
  report,
  reservedOf,
  said,
  type World,
} from './world';

const FALSE_POSITIVE = { action: 'false_positive', reason: 'a drill' };

describe('an incident from end to end', () => {
  let world: World;
  beforeAll(async () => {
    world = await enter();
  });

  const isDenied = async ({ roleName }: Made): Promise<boolean> => {
    const { AttachedPolicies = [] } = await world.instance.clients.iam.send(
      new ListAttachedRolePoliciesCommand({ RoleName: roleName }),
    );
    return AttachedPolicies.some(({ PolicyArn }) => PolicyArn === world.instance.stack.quarantinePolicyArn);
  };

  it('opens one incident when the same event is delivered twice, and folds another finding into it', async () => {
    const victim = await makeFunction(world, { mode: 'respond' });
    const detail = findingDetail({ functionArn: victim.arn, role: victim.role });
    await Promise.all([
      putGuardDutyEvent(world.instance.clients, detail),
      putGuardDutyEvent(world.instance.clients, detail),
    ]);
    const { id } = await incidentOf(world, victim, 'contained');
    await report(world, victim, { type: 'Trojan:Lambda/DropPoint', severity: 5 });
    await said(world, id, 'Another finding about this function');
    const rulesOf = async () =>
      Object.values((await getIncident(world.records, id)).witnesses).map(({ rule }) => rule);
    await until('the other finding', 60, async () => (await rulesOf()).length > 1);
    const incidents = (await listIncidents(world.records)).filter(
      ({ functionArn }) => functionArn === victim.arn,
    );
    expect(incidents.map((incident) => incident.id)).toEqual([id]);
    expect(await rulesOf()).toEqual(
      expect.arrayContaining(['CryptoCurrency:Lambda/BitcoinTool.B', 'Trojan:Lambda/DropPoint']),
    );
  });

  it('keeps a shared role denied until the last of its contained functions is released', async () => {
    const first = await makeFunction(world, { mode: 'respond' });
    const second = await makeFunction(world, { mode: 'respond', shareWith: first });
    await report(world, first);
    const a = await incidentOf(world, first, 'contained');
    await report(world, second);
    const b = await incidentOf(world, second, 'contained');

    await decideAs(world, { incidentId: a.id, ...FALSE_POSITIVE });
    await incidentOf(world, first, 'watching', 'closed');
    expect(await reservedOf(world, first)).toBeNull();
    expect(await isDenied(first)).toBe(true);

    await decideAs(world, { incidentId: b.id, ...FALSE_POSITIVE });
    await incidentOf(world, second, 'watching', 'closed');
    expect(await isDenied(second)).toBe(false);
  });

  it('contains again when a finding comes during the watch, and restores exactly after that too', async () => {
    const victim = await makeFunction(world, { mode: 'respond', reserved: 3, queue: true });
    const before = await readLiveState(world.instance.clients, victim.arn);
    const first = await report(world, victim);
    const { id } = await incidentOf(world, victim, 'contained');
    await decideAs(world, { incidentId: id, ...FALSE_POSITIVE });
    await incidentOf(world, victim, 'watching');

    // The same finding delivered again is no news; a new one is, even if its clock is behind.
    await putGuardDutyEvent(world.instance.clients, first);
    const late = findingDetail({
      functionArn: victim.arn,
      role: victim.role,
      type: 'Backdoor:Lambda/C&CActivity.B',
    });
    const old = { eventFirstSeen: '2020-01-01T00:00:00Z', eventLastSeen: '2020-01-01T00:00:00Z' };
    await putGuardDutyEvent(world.instance.clients, {
      ...late,
      service: { ...(late.service as object), ...old },
    });
    const again = await incidentOf(world, victim, 'contained');
    expect(again).toMatchObject({ id, containment: 2 });
    expect(await reservedOf(world, victim)).toBe(0);
    await messageWith(world, victim.name, 'release');

    await decideAs(world, { incidentId: id, ...FALSE_POSITIVE });
    await incidentOf(world, victim, 'watching', 'closed');
    expect(differences(before, await readLiveState(world.instance.clients, victim.arn))).toEqual([]);
    const closed = await incidentOf(world, victim, 'closed');
    expect(closed.postMortemKey).toContain(id);

    // What people called false they are asked about again: the incident is open again, and nothing is contained.
    await report(world, victim);
    const reopened = await incidentOf(world, victim, 'asking');
    expect(reopened).toMatchObject({ reopens: id, disposition: 'ask' });
    expect(reopened.because.join()).toContain(`${id} of this function was closed at`);
    expect(reopened.because.join()).toContain('called the same finding a false positive then');
    await decideAs(world, { incidentId: reopened.id, action: 'dismiss', reason: 'a drill' });
    await incidentOf(world, victim, 'closed');
  });

  it('does not overwrite what somebody else changed meanwhile: drift is told', async () => {
    const victim = await makeFunction(world, { mode: 'respond', reserved: 3 });
    await report(world, victim);
    const { id } = await incidentOf(world, victim, 'contained');
    await world.instance.clients.lambda.send(
      new PutFunctionConcurrencyCommand({ FunctionName: victim.name, ReservedConcurrentExecutions: 9 }),
    );
    await decideAs(world, { incidentId: id, ...FALSE_POSITIVE });
    await incidentOf(world, victim, 'watching', 'closed');
    expect(await reservedOf(world, victim)).toBe(9);
    await said(world, id, 'changed it to a reservation of 9');
  });

  it('overwrites what somebody else changed when an approver says so, step by step', async () => {
    const victim = await makeFunction(world, { mode: 'respond', reserved: 3 });
    await report(world, victim);
    const { id } = await incidentOf(world, victim, 'contained');
    await world.instance.clients.lambda.send(
      new PutFunctionConcurrencyCommand({ FunctionName: victim.name, ReservedConcurrentExecutions: 9 }),
    );
    await decideAs(world, { incidentId: id, ...FALSE_POSITIVE });
    await incidentOf(world, victim, 'watching');
    const force = ['concurrency'];
    const answer = await decideAs(world, {
      incidentId: id,
      action: 'release',
      reason: 'the nine was a mistake',
      force,
    });

    expect(answer).toMatchObject({ status: 200 });
    await until('the reservation of 3', 60, async () => (await reservedOf(world, victim)) === 3);
    const closed = await incidentOf(world, victim, 'closed');
    const history = (await listEntries(world.records, closed.id)).map(({ kind, text }) => `${kind}: ${text}`);
    expect(history.join('\n')).toMatch(/decision: .*putting back although changed: concurrency.*a mistake/);
    expect(history.join('\n')).toMatch(/forced: .*\(concurrency\).*a reservation of 9/);
  });

  it('takes no force for what puts nothing back, and none for a control that it does not know', async () => {
    const victim = await makeFunction(world, { mode: 'respond' });
    await report(world, victim);
    const { id } = await incidentOf(world, victim, 'contained');
    const keep = { incidentId: id, action: 'keep', reason: 'as it is' };

    expect(await decideAs(world, { ...keep, force: ['role'] })).toMatchObject({ status: 400 });
    const unknown = await decideAs(world, { ...keep, action: 'release', force: ['everything'] });
    expect(unknown).toMatchObject({ status: 400, body: { error: expect.stringContaining('force') } });
    expect((await getIncident(world.records, id)).decision).toBeUndefined();
    await decideAs(world, { incidentId: id, ...FALSE_POSITIVE });
  });

  it('stays contained when nobody decides in time, pages again, and can still be released', async () => {
    const { stepFunctions } = world.instance.clients;
    // The same playbook with little patience.
    const deployed = await stepFunctions.send(
      new DescribeStateMachineCommand({ stateMachineArn: world.instance.stack.stateMachineArn }),
    );
    const definition = (deployed.definition ?? '').replaceAll(
      /"TimeoutSeconds":\s*3600/g,
      '"TimeoutSeconds": 3',
    );
    expect(definition).not.toBe(deployed.definition);
    const { stateMachineArn } = await stepFunctions.send(
      new CreateStateMachineCommand({ name: 'impatient', roleArn: deployed.roleArn, definition }),
    );
    const victim = await makeFunction(world, { mode: 'respond' });
    const event = {
      source: 'aws.guardduty',
      'detail-type': 'GuardDuty Finding',
      time: new Date().toISOString(),
      detail: findingDetail({ functionArn: victim.arn, role: victim.role }),
    };
    await stepFunctions.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(event) }));
    const { id } = await incidentOf(world, victim, 'contained');
    await said(world, id, 'Nobody has decided');
    expect(await reservedOf(world, victim)).toBe(0);
    const { alerts } = await world.desk.pagerDuty();
    expect(alerts.find(({ dedup_key }) => dedup_key === id)).toMatchObject({ status: 'triggered' });
    await decideAs(world, { incidentId: id, ...FALSE_POSITIVE });
    await incidentOf(world, victim, 'watching', 'closed');
  });

  it('has a new owner when its execution is stopped, and people are told (invariant 9)', async () => {
    const { stepFunctions } = world.instance.clients;
    const victim = await makeFunction(world, { mode: 'respond' });
    await report(world, victim);
    const { id, executionArn } = await incidentOf(world, victim, 'contained');
    await messageWith(world, victim.name, 'release');
    await stepFunctions.send(new StopExecutionCommand({ executionArn }));
    await until(
      'a new owner',
      30,
      async () => (await getIncident(world.records, id)).executionArn !== executionArn,
    );
    await said(world, id, 'Another one has taken over');
    expect(await reservedOf(world, victim)).toBe(0);
    await decideAs(world, { incidentId: id, ...FALSE_POSITIVE });
    await incidentOf(world, victim, 'closed');
    const owner = (await getIncident(world.records, id)).executionArn;
    const end = await until('its end', 30, async () => {
      const { status } = await stepFunctions.send(new DescribeExecutionCommand({ executionArn: owner }));
      return status === 'RUNNING' ? null : status;
    });
    expect(end).toBe('SUCCEEDED');
  });

  it('shows no value of the environment anywhere: not in Slack, the table, the evidence list or the history', async () => {
    const canary = 'sk-live-canary-0123456789';
    const victim = await makeFunction(world, {
      mode: 'respond',
      environment: { PAYMENT_KEY: canary, DB_SECRET: 'not/there' },
    });
    await report(world, victim);
    const { id, executionArn } = await incidentOf(world, victim, 'contained');
    await said(world, id, 'artifacts sealed');
    await until(
      'secrets looked at',
      30,
      async () => (await getIncident(world.records, id)).secrets !== undefined,
    );
    const { stepFunctions } = world.instance.clients;
    const { events } = await stepFunctions.send(
      new GetExecutionHistoryCommand({ executionArn, maxResults: 1000, includeExecutionData: true }),
    );
    const everything = JSON.stringify([
      await world.desk.messages(),
      await world.desk.pagerDuty(),
      await getIncident(world.records, id),
      await listEntries(world.records, id),
      events,
    ]);
    expect(everything).toContain(id);
    expect(everything).not.toContain(canary);
    expect(everything).not.toContain(world.instance.desk.botToken);
    expect(everything).not.toContain(world.instance.desk.signingSecret);
  });

  it('leaves no execution behind that failed', async () => {
    const { executions = [] } = await world.instance.clients.stepFunctions.send(
      new ListExecutionsCommand({
        stateMachineArn: world.instance.stack.stateMachineArn,
        statusFilter: 'FAILED',
      }),
    );
    const causes = await Promise.all(
      executions.map(async ({ executionArn }) => {
        const { error, cause } = await world.instance.clients.stepFunctions.send(
          new DescribeExecutionCommand({ executionArn }),
        );
        const { events } = await world.instance.clients.stepFunctions.send(
          new GetExecutionHistoryCommand({ executionArn, includeExecutionData: true, maxResults: 1000 }),
        );
        return { error, cause, events };
      }),
    );
    // The emulator lets an execution that was stopped go on and fail; the one above was stopped on purpose.
    expect(
      causes.filter(({ events = [] }) => !events.some(({ type }) => type === 'ExecutionAborted')),
    ).toEqual([]);
  });
});
