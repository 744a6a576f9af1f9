import { randomBytes } from 'node:crypto';
import { DeleteFunctionCommand, UntagResourceCommand } from '@aws-sdk/client-lambda';
import { readLiveState } from '../../local/liveState';
import { until } from '../../local/until';
import { getIncident } from '../../shared/incident/store';
import { decideAs } from './decisions';
import { enter, incidentOf, makeFunction, messageWith, report, reservedOf, said, type World } from './world';

describe('modes', () => {
  let world: World;
  beforeAll(async () => {
    world = await enter();
  });

  it('observes a function without a tag: a receipt of what would have been done, and nothing changed', async () => {
    const victim = await makeFunction(world, { queue: true, reserved: 4 });
    const before = await readLiveState(world.instance.clients, victim.arn);
    await report(world, victim);
    const { id } = await incidentOf(world, victim, 'observed');
    await said(world, id, 'What would have been done');
    const { receipt } = await getIncident(world.records, id);
    const steps = receipt?.steps ?? [];
    expect(steps.filter(({ applies }) => applies === 'unknown')).toEqual([]);
    expect(steps.filter(({ applies }) => applies === true).map(({ control }) => control)).toEqual([
      'concurrency',
      'role',
      'held-events',
      'event-sources',
    ]);
    expect(await readLiveState(world.instance.clients, victim.arn)).toEqual(before);
  });

  it('asks before it contains a function tagged ask, and contains when told to', async () => {
    const victim = await makeFunction(world, { mode: 'ask' });
    await report(world, victim);
    await incidentOf(world, victim, 'asking');
    const question = await messageWith(world, victim.name, 'contain');
    expect(await reservedOf(world, victim)).toBeNull();
    await world.desk.press(question.ts, 'contain', 'U0ONCALL');
    await incidentOf(world, victim, 'contained');
    expect(await reservedOf(world, victim)).toBe(0);
    expect((await messageWith(world, victim.name, 'release')).ts).toBe(question.ts);
  });

  it('leaves it running when told to', async () => {
    const victim = await makeFunction(world, { mode: 'ask' });
    await report(world, victim);
    const question = await messageWith(world, victim.name, 'dismiss');
    await world.desk.press(question.ts, 'dismiss', 'U0ONCALL');
    await incidentOf(world, victim, 'closed');
    expect(await reservedOf(world, victim)).toBeNull();
  });

  it('goes by the severity of the finding where policy says so, also while it is watched', async () => {
    const victim = await makeFunction(world, { name: `graded-${randomBytes(5).toString('hex')}` });
    await report(world, victim, { severity: 5 });
    const { because } = await incidentOf(world, victim, 'observed');
    expect(because).toEqual([expect.stringMatching(/^mode observe: the deployment's default/)]);
    await report(world, victim, { severity: 8 });
    const contained = await incidentOf(world, victim, 'contained');
    expect(contained.because).toEqual([expect.stringContaining('entry 1 (graded-* from severity 7)')]);
    await said(world, contained.id, 'entry 1 (graded-* from severity 7)');

    await decideAs(world, { incidentId: contained.id, action: 'false_positive', reason: 'a drill' });
    await incidentOf(world, victim, 'watching');
    const lesser = await report(world, victim, { severity: 5 });
    await until('the lesser finding among the witnesses', 60, async () => {
      const { witnesses } = await getIncident(world.records, contained.id);
      return String(lesser.id) in witnesses;
    });
    expect((await getIncident(world.records, contained.id)).relapse).toBeUndefined();
    await report(world, victim, { severity: 8 });
    expect(await incidentOf(world, victim, 'contained')).toMatchObject({ id: contained.id, containment: 2 });
  });

  it('stops asking and contains when a graver finding comes, and says which entry decided', async () => {
    const victim = await makeFunction(world, {
      name: `graded-${randomBytes(5).toString('hex')}`,
      mode: 'ask',
    });
    await report(world, victim, { severity: 5 });
    await incidentOf(world, victim, 'asking');
    await messageWith(world, victim.name, 'contain');
    await report(world, victim, { severity: 8 });
    const { because } = await incidentOf(world, victim, 'contained');
    expect(because).toEqual([
      'mode ask: the tag tourniquet:mode=ask',
      expect.stringMatching(/^mode respond: .*entry 1 \(graded-\* from severity 7\)/),
    ]);
  });

  it('does not let a tag lower the mode', async () => {
    const victim = await makeFunction(world, { mode: 'ignore' });
    await report(world, victim);
    const { because } = await incidentOf(world, victim, 'observed');
    expect(because.join()).toMatch(/not lower it to ignore/);
  });

  it('ends when the function was deleted while a human was asked, and frees its name for another incident', async () => {
    const victim = await makeFunction(world, { mode: 'ask' });
    await report(world, victim);
    const question = await messageWith(world, victim.name, 'contain');
    await world.instance.clients.lambda.send(new DeleteFunctionCommand({ FunctionName: victim.name }));
    await world.desk.press(question.ts, 'contain', 'U0ONCALL');
    await incidentOf(world, victim, 'suspect-gone');
    const again = await makeFunction(world, { mode: 'ask', name: victim.name, shareWith: victim });
    await report(world, again);
    await incidentOf(world, again, 'asking');
  });

  it('goes on watching a function whose tag was taken off meanwhile', async () => {
    const victim = await makeFunction(world, { mode: 'respond' });
    await report(world, victim);
    const { id } = await incidentOf(world, victim, 'contained');
    await world.instance.clients.lambda.send(
      new UntagResourceCommand({ Resource: victim.arn, TagKeys: ['tourniquet:mode'] }),
    );
    await decideAs(world, { incidentId: id, action: 'false_positive', reason: 'a drill' });
    await incidentOf(world, victim, 'watching');
    await report(world, victim);
    expect(await incidentOf(world, victim, 'contained')).toMatchObject({ id, containment: 2 });
  });

  it('asks again when a function that asks relapses', async () => {
    const victim = await makeFunction(world, { mode: 'ask' });
    await report(world, victim);
    const question = await messageWith(world, victim.name, 'contain');
    await world.desk.press(question.ts, 'contain', 'U0ONCALL');
    const { id } = await incidentOf(world, victim, 'contained');
    await decideAs(world, { incidentId: id, action: 'false_positive', reason: 'a drill' });
    await incidentOf(world, victim, 'watching');
    await report(world, victim);
    await incidentOf(world, victim, 'asking');
    expect(await reservedOf(world, victim)).toBeNull();
    await messageWith(world, victim.name, 'contain');
  });
});
