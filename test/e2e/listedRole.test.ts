import { randomBytes } from 'node:crypto';
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  ListRolePoliciesCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand, InvokeCommand } from '@aws-sdk/client-lambda';
import { deskClient } from '../../local/deskClient';
import { differences, readLiveState } from '../../local/liveState';
import { until } from '../../local/until';
import { readTrust } from '../../shared/containment/readTrust';
import { otherPrincipals } from '../../shared/containment/trust';
import { getIncident, listEntries } from '../../shared/incident/store';
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

  it('is assumed by nobody but Lambda where an approver adds that, with More… and a reason, until it is released', async () => {
    const { clients, desk } = world.instance;
    const victim = await makeFunction(world, {
      name: `listed-${randomBytes(5).toString('hex')}`,
      mode: 'respond',
    });
    await clients.iam.send(
      new UpdateAssumeRolePolicyCommand({
        RoleName: victim.roleName,
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: ['lambda.amazonaws.com', 'states.amazonaws.com'] },
              Action: 'sts:AssumeRole',
            },
          ],
        }),
      }),
    );
    const roleArn = victim.role;
    const trust = () => readTrust(clients.iam, roleArn);
    const original = await trust();
    await report(world, victim);
    const { id } = await incidentOf(world, victim, 'contained');
    expect(await trust()).toEqual(original);

    const script = deskClient(desk.url);
    const choose = async (act: string, user: string, why = 'its role is passed to a state machine') => {
      const { ts } = await messageWith(world, victim.name, 'release');
      const known = (await script.views()).map(({ id: view }) => view);
      // As a finger does: once more where the form did not open within the three seconds that Slack gives it.
      const view = await until('the form', 60, async () => {
        await script.press(ts, 'more', user);
        const views = await script.views();
        return (
          views.find(
            ({ id: view, callback_id, private_metadata }) =>
              callback_id === 'act' && private_metadata.includes(id) && !known.includes(view),
          ) ?? null
        );
      });
      return script.submit(view.id, user, { act: { act }, why: { why } });
    };
    // Who is on no list may look at the form, and decides nothing by it.
    expect(await choose('add-trust', 'U0INTERN')).toMatchObject({ ok: true });
    expect((await getIncident(world.records, id)).added).toBeUndefined();
    expect(await choose('take', 'U0ONCALL')).toMatchObject({ ok: true });
    expect(await choose('add-trust', 'U0ONCALL')).toMatchObject({ ok: true });
    await until('a narrowed trust policy', 60, async () =>
      otherPrincipals(await trust()).length === 0 ? true : null,
    );
    expect(await getIncident(world.records, id)).toMatchObject({ owner: 'U0ONCALL', added: ['trust'] });
    expect((await listEntries(world.records, id)).map(({ text }) => text)).toContainEqual(
      'U0ONCALL (slack) adds to the containment: nobody but Lambda may assume its role, because: its role is passed to a state machine',
    );

    await decideAs(world, { incidentId: id, action: 'false_positive', reason: 'a test of ours' });
    await incidentOf(world, victim, 'watching', 'closed');
    expect(await trust()).toEqual(original);
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
