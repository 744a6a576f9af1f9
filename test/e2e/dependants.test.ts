import { randomBytes } from 'node:crypto';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { until } from '../../local/until';
import { readTrust } from '../../shared/containment/readTrust';
import { getIncident, listEntries } from '../../shared/incident/store';
import { decideAs } from './decisions';
import { enter, incidentOf, makeFunction, report, type World } from './world';

describe('what depends on a contained function', () => {
  let world: World;
  beforeAll(async () => {
    world = await enter();
  });

  it('is cut off where an approver adds that, and exactly as it was after the release', async () => {
    const { iam } = world.instance.clients;
    const unique = randomBytes(5).toString('hex');
    const victim = await makeFunction(world, { name: `trusted-${unique}`, mode: 'respond' });
    const { Role } = await iam.send(
      new CreateRoleCommand({
        // The local stage lists roles of such names (inlineRoles).
        RoleName: `listed-next-${unique}`,
        AssumeRolePolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Principal: { AWS: victim.role }, Action: 'sts:AssumeRole' },
            { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
          ],
        }),
      }),
    );
    const next = Role?.Arn ?? '';
    const trust = () => readTrust(iam, next);
    const original = await trust();
    await report(world, victim);
    const { id } = await incidentOf(world, victim, 'contained');
    expect(await trust()).toEqual(original);

    await decideAs(world, {
      incidentId: id,
      action: 'add',
      control: 'trusting-roles',
      reason: 'it may go on',
    });
    await until('a role that no longer trusts the suspect', 60, async () =>
      JSON.stringify(await trust()).includes(victim.role) ? null : true,
    );
    expect(await trust()).toMatchObject({
      Statement: [{ Principal: { Service: 'ec2.amazonaws.com' } }],
    });
    expect(await getIncident(world.records, id)).toMatchObject({ added: ['trusting-roles'] });
    expect((await listEntries(world.records, id)).map(({ text }) => text)).toContainEqual(
      expect.stringContaining('adds to the containment: roles that trust its role trust it no longer'),
    );

    await decideAs(world, { incidentId: id, action: 'false_positive', reason: 'a test of ours' });
    await incidentOf(world, victim, 'watching', 'closed');
    expect(await trust()).toEqual(original);
  });

  it('is cut off by what the evidence shows it to reach: the function that reads what it may write to', async () => {
    const { lambda } = world.instance.clients;
    const reader = await makeFunction(world, { queue: true });
    const mapping = async () =>
      (await lambda.send(new ListEventSourceMappingsCommand({ FunctionName: reader.name })))
        .EventSourceMappings?.[0];
    const queue = (await mapping())?.EventSourceArn ?? '';
    const victim = await makeFunction(world, { mode: 'respond', environment: { NEXT_QUEUE: queue } });
    await report(world, victim);
    const { id } = await incidentOf(world, victim, 'contained');
    // Before the evidence is read or after it: it comes to the same.
    await decideAs(world, { incidentId: id, action: 'add', control: 'consumers', reason: 'it feeds it' });
    await until('a reader that reads no more', 60, async () =>
      /^Disabl/.test((await mapping())?.State ?? '') ? true : null,
    );

    await decideAs(world, { incidentId: id, action: 'false_positive', reason: 'a test of ours' });
    await incidentOf(world, victim, 'watching', 'closed');
    await until('a reader that reads again', 30, async () =>
      /^Enabl/.test((await mapping())?.State ?? '') ? true : null,
    );
  });
});
