import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { findingDetail } from '../../local/scenarios/guardDutyFinding';
import { until } from '../../local/until';
import { againName } from '../../shared/incident/again';
import { getIncident, listIncidents, updateIncident } from '../../shared/incident/store';
import { decideAs } from './decisions';
import {
  enter,
  incidentOf,
  type Made,
  makeFunction,
  messageWith,
  patch,
  report,
  reservedOf,
  type World,
} from './world';

/*
 * The states of an open incident, as somebody with the console may stop it there. The emulator's history does not name
 * the states inside `Respond`: it is stopped as that begins, while it waits (lifecycle.test.ts), and just decided.
 */
const BEFORE_THE_DECISION = ['Assess', 'RouteByDisposition', 'Contain', 'AfterContain', 'Respond'];
const AFTER_THE_DECISION = ['Respond', 'VerifyAgain', 'Release', 'AnnounceRelease', 'Watch', 'PostMortem'];

describe('an execution that somebody stops by hand is taken over, whatever it was doing (invariant 9)', () => {
  let world: World;
  beforeAll(async () => {
    world = await enter();
  });

  /** The execution that a function's finding started: its input names the function. */
  const executionAbout = (victim: Made): Promise<string> =>
    until(`an execution about ${victim.name}`, 30, async () => {
      const { stepFunctions } = world.instance.clients;
      const { executions = [] } = await stepFunctions.send(
        new ListExecutionsCommand({ stateMachineArn: world.instance.stack.stateMachineArn, maxResults: 20 }),
      );
      for (const { executionArn } of executions) {
        const { input = '' } = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
        if (input.includes(victim.arn)) return executionArn ?? null;
      }
      return null;
    });

  /** Stops an execution as soon as it has entered a state. */
  const stopAt = async (executionArn: string, state: string): Promise<void> => {
    const { stepFunctions } = world.instance.clients;
    await until(`the state ${state}`, 60, async () => {
      const { events = [] } = await stepFunctions.send(
        new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }),
      );
      return events.some(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name === state);
    });
    await stepFunctions.send(new StopExecutionCommand({ executionArn }));
  };

  const taken = (victim: Made, from: string) =>
    until(`a new owner for ${victim.name}`, 60, async () => {
      const incident = (await listIncidents(world.records)).find(
        ({ functionArn }) => functionArn === victim.arn,
      );
      return incident !== undefined && incident.executionArn !== from ? incident : null;
    });

  /** Side by side, as each waits for most of its time; says which state it was where one fails. */
  const atEach = (states: readonly string[], check: (state: string) => Promise<void>): Promise<unknown> =>
    Promise.all(
      states.map((state) =>
        check(state).catch((error: unknown) => {
          throw new Error(`stopped at ${state}`, { cause: error });
        }),
      ),
    );

  it(`stopped at ${BEFORE_THE_DECISION.join(', ')}: it is contained all the same, and can be released`, () =>
    atEach(BEFORE_THE_DECISION, async (state) => {
      const victim = await makeFunction(world, { mode: 'respond', reserved: 6 });
      await report(world, victim);
      const first = await executionAbout(victim);
      await stopAt(first, state);
      await taken(victim, first);
      const { id } = await incidentOf(world, victim, 'contained');
      expect(await reservedOf(world, victim)).toBe(0);
      await decideAs(world, { incidentId: id, action: 'false_positive', reason: 'a drill' });
      await incidentOf(world, victim, 'watching', 'closed');
      expect(await reservedOf(world, victim)).toBe(6);
    }));

  it(`stopped at ${AFTER_THE_DECISION.join(', ')}: it is released exactly, and closes`, () =>
    atEach(AFTER_THE_DECISION, async (state) => {
      const victim = await makeFunction(world, { mode: 'respond', reserved: 6 });
      await report(world, victim);
      const { id, executionArn } = await incidentOf(world, victim, 'contained');
      await messageWith(world, victim.name, 'release');
      // A false positive is verified once.
      const action = state === 'VerifyAgain' ? 'release' : 'false_positive';
      if (action === 'release') await patch(world, victim);
      await decideAs(world, { incidentId: id, action, reason: 'a drill' });
      await stopAt(executionArn, state);
      await incidentOf(world, victim, 'closed');
      expect(await reservedOf(world, victim)).toBe(6);
      expect((await getIncident(world.records, id)).relapse).toBeUndefined();
    }));

  it('is taken over by the execution that assesses its finding once more, where it was opened late', async () => {
    const { stepFunctions } = world.instance.clients;
    const victim = await makeFunction(world, { mode: 'respond', reserved: 6 });
    await report(world, victim);
    const { id, executionArn } = await incidentOf(world, victim, 'contained');
    await messageWith(world, victim.name, 'release');
    // As a function leaves it that outlived its execution: opened under one that is dead.
    const dead = `${executionArn}-dead`;
    await updateIncident(world.records, id, { executionArn: dead });
    await stepFunctions.send(new StopExecutionCommand({ executionArn }));
    await stepFunctions.send(
      new StartExecutionCommand({
        stateMachineArn: world.instance.stack.stateMachineArn,
        name: againName(dead),
        input: JSON.stringify({
          source: 'aws.guardduty',
          'detail-type': 'GuardDuty Finding',
          time: new Date().toISOString(),
          detail: findingDetail({ functionArn: victim.arn, role: victim.role }),
        }),
      }),
    );
    await taken(victim, dead);
    expect((await getIncident(world.records, id)).executionArn).toContain(againName(dead));
    await decideAs(world, { incidentId: id, action: 'false_positive', reason: 'a drill' });
    await incidentOf(world, victim, 'watching', 'closed');
    expect(await reservedOf(world, victim)).toBe(6);
  });
});
