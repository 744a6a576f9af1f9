import { randomBytes } from 'node:crypto';
import { AttachRolePolicyCommand, CreatePolicyCommand, ListRolePoliciesCommand } from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand, InvokeCommand } from '@aws-sdk/client-lambda';
import { differences, readLiveState } from '../../local/liveState';
import { until } from '../../local/until';
import { listEntries } from '../../shared/incident/store';
import { decideAs } from './decisions';
import { enter, incidentOf, type Made, makeFunction, messageWith, patch, report, type World } from './world';

/** Quota "Managed policies attached to an IAM role". */
const MOST_ATTACHED = 10;

describe('a function whose role the deployment lists', () => {
  let world: World;
  beforeAll(async () => {
    world = await enter();
  });

  const fill = async ({ roleName }: Made): Promise<void> => {
    const { iam } = world.instance.clients;
    // It has one already.
    for (let count = 1; count < MOST_ATTACHED; count++) {
      const { Policy } = await iam.send(
        new CreatePolicyCommand({
          PolicyName: `${roleName}-${count}`,
          PolicyDocument: JSON.stringify({
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Action: 'xray:PutTraceSegments', Resource: '*' }],
          }),
        }),
      );
      await iam.send(new AttachRolePolicyCommand({ RoleName: roleName, PolicyArn: Policy?.Arn }));
    }
  };
  const inlineOf = async ({ roleName }: Made): Promise<readonly string[]> =>
    (await world.instance.clients.iam.send(new ListRolePoliciesCommand({ RoleName: roleName })))
      .PolicyNames ?? [];

  it('is denied inline where no more policies can be attached, keeps what arrives meanwhile, and after the release has its events and its policies again', async () => {
    const { clients } = world.instance;
    const victim = await makeFunction(world, {
      name: `listed-${randomBytes(5).toString('hex')}`,
      mode: 'respond',
    });
    await fill(victim);
    const before = await readLiveState(clients, victim.arn);
    await report(world, victim);
    const incident = await incidentOf(world, victim, 'contained');
    expect(await inlineOf(victim)).toContainEqual(expect.stringMatching(/-quarantine$/));
    await messageWith(world, victim.name, 'release');
    await clients.lambda.send(
      new InvokeCommand({ FunctionName: victim.arn, InvocationType: 'Event', Payload: '{"order":1}' }),
    );

    await patch(world, victim);
    await decideAs(world, { incidentId: incident.id, action: 'release_with_replay', reason: 'it is fixed' });
    const replayed = await until(
      'the replay',
      60,
      async () =>
        (await listEntries(world.records, incident.id)).find(({ kind }) => kind === 'replayed') ?? null,
    );
    expect(replayed.text).toMatch(/^1 held event/);
    // Old sessions stay denied: that is said, and taken away when the last of them has expired.
    expect(await inlineOf(victim)).toEqual(expect.arrayContaining([expect.stringMatching(/-sessions$/)]));
    const after = await readLiveState(clients, victim.arn);
    const changed = differences(before, after).filter(
      (line) => !/GetFunctionConfiguration|RolePolic/.test(String(line)),
    );
    expect(changed).toEqual([]);
  });

  it('has its environments made anew at a release of the same code, and ends as it was', async () => {
    const { clients } = world.instance;
    const victim = await makeFunction(world, {
      name: `listed-${randomBytes(5).toString('hex')}`,
      mode: 'respond',
    });
    const before = await readLiveState(clients, victim.arn);
    const modified = async () =>
      (await clients.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: victim.arn })))
        .LastModified;
    const written = await modified();
    await report(world, victim);
    const { id } = await incidentOf(world, victim, 'contained');
    expect(await modified()).toBe(written);
    await decideAs(world, { incidentId: id, action: 'false_positive', reason: 'a test of ours' });
    await incidentOf(world, victim, 'watching', 'closed');

    // A write of the configuration is what ends an environment; it ends at the same configuration.
    expect(await modified()).not.toBe(written);
    const after = await readLiveState(clients, victim.arn);
    expect(differences(before, after).filter((call) => !/RolePolic/.test(call))).toEqual([]);
  });
});
