import { ListRolesCommand } from '@aws-sdk/client-iam';
import { InvokeCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { DrillFailedError, drill } from '../../shared/drill/drill';
import { listIncidents } from '../../shared/incident/store';
import { decideAs } from './decisions';
import { enter, said, type World } from './world';

describe('a drill', () => {
  let world: World;
  beforeAll(async () => {
    world = await enter();
  });
  const run = (
    steps: string[],
    decide = (decision: Parameters<typeof decideAs>[1]) => decideAs(world, decision),
  ) =>
    drill({
      lambda: world.instance.clients.lambda,
      iam: world.instance.clients.iam,
      events: world.instance.clients.events,
      records: world.records,
      bus: world.instance.stack.eventBus,
      decide,
      step: (_seconds, what) => steps.push(what),
    });
  const left = async (): Promise<readonly string[]> => {
    const { lambda, iam } = world.instance.clients;
    const [{ Functions = [] }, { Roles = [] }] = await Promise.all([
      lambda.send(new ListFunctionsCommand({})),
      iam.send(new ListRolesCommand({})),
    ]);
    return (
      [
        ...Functions.map(({ FunctionName = '' }) => FunctionName),
        ...Roles.map(({ RoleName = '' }) => RoleName),
      ]
        .filter((name) => name.startsWith('drill-of-'))
        // What the template makes for drills on a schedule.
        .filter((name) => name !== 'drill-of-tourniquet-tourniquet-local-us-east-1')
    );
  };

  it('contains, tells, and puts back a function of its own, and leaves nothing behind', async () => {
    const steps: string[] = [];
    await run(steps);

    expect(steps).toEqual([
      expect.stringContaining('is there'),
      expect.stringContaining('on the bus'),
      expect.stringMatching(/^contained: inc-/),
      expect.stringMatching(/^told .*slack/),
      expect.stringContaining('released'),
      'put back exactly as it was',
    ]);
    expect(await left()).toEqual([]);
    const id = /inc-[\w-]+/.exec(steps[2] ?? '')?.[0] ?? '';
    await said(world, id, 'This is a drill');
  });

  it('runs by itself where a schedule asks for it, under a role of its own', async () => {
    const { lambda } = world.instance.clients;
    const { FunctionError, Payload } = await lambda.send(
      new InvokeCommand({ FunctionName: 'tourniquet-local-drill', Payload: '{}' }),
    );
    const answer = JSON.parse(Buffer.from(Payload ?? []).toString()) as { steps: readonly string[] };

    expect({ FunctionError, ...answer }).toMatchObject({
      steps: expect.arrayContaining([expect.stringMatching(/put back exactly as it was$/)]),
    });
    expect(await left()).toEqual([]);
    const drills = (await listIncidents(world.records)).filter(({ functionName }) =>
      functionName?.startsWith('drill-of-'),
    );
    expect(drills.map(({ decision }) => decision?.by)).toContainEqual(
      expect.stringMatching(/:assumed-role\/tourniquet-local-us-east-1-drill\//),
    );
  });

  it('fails where the release is not taken, says so, and cleans up all the same', async () => {
    const refused = run([], async () => ({
      status: 403,
      body: { error: 'you are not on the list of approvers' },
    }));

    await expect(refused).rejects.toThrow(DrillFailedError);
    await expect(refused).rejects.toThrow('not taken (403): you are not on the list of approvers');
    expect(await left()).toEqual([]);
    expect(
      (await listIncidents(world.records)).some(({ functionName }) => functionName?.startsWith('drill-of-')),
    ).toBe(true);
  });
});
