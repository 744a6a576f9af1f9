import { randomBytes } from 'node:crypto';
import { slackSignature } from '../../shared/approval/slackSignature';
import { getIncident, listEntries } from '../../shared/incident/store';
import { decideAs } from './decisions';
import {
  enter,
  incidentOf,
  makeFunction,
  messageWith,
  patch,
  report,
  reservedOf,
  said,
  saidTo,
  type World,
} from './world';

describe('a function that two people release', () => {
  let world: World;
  beforeAll(async () => {
    world = await enter();
  });

  const contained = async (name: string) => {
    const victim = await makeFunction(world, {
      mode: 'respond',
      name: `${name}-${randomBytes(4).toString('hex')}`,
    });
    await report(world, victim);
    const incident = await incidentOf(world, victim, 'contained');
    return { victim, incident, message: await messageWith(world, victim.name, 'release') };
  };

  it('stays contained after the first, who is told so and counts once, and is released by the second', async () => {
    const { victim, incident, message } = await contained('pair');
    await patch(world, victim);
    await world.desk.press(message.ts, 'release', 'U0ONCALL');
    await said(world, incident.id, 'needs another approver');

    expect((await getIncident(world.records, incident.id)).decision).toBeUndefined();
    expect(await reservedOf(world, victim)).toBe(0);
    // The message was rewritten, with who approved it and new buttons.
    const again = await messageWith(world, victim.name, 'release');
    expect(JSON.stringify(again)).toContain('approved by');
    await world.desk.press(again.ts, 'release', 'U0ONCALL');
    await saidTo(world, 'U0ONCALL', incident.id, 'you have approved it already');

    const answer = await decideAs(world, {
      incidentId: incident.id,
      action: 'release',
      reason: 'seen the fix',
    });
    expect(answer.status).toBe(200);
    const { decision } = await incidentOf(world, victim, 'watching', 'closed');
    expect(decision?.approvals?.map(({ by, via }) => [by, via])).toEqual([
      ['U0ONCALL', 'slack'],
      ['arn:aws:iam::000000000000:root', 'aws'],
    ]);
    const kinds = (await listEntries(world.records, incident.id)).map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['approval', 'decision-refused', 'decision']));
  });

  it('has buttons that work once, and not when what they were sent with is sent again', async () => {
    const { incident } = await contained('pair');
    const { press } = await getIncident(world.records, incident.id);
    const body = (trigger_id: string) =>
      new URLSearchParams({
        payload: JSON.stringify({
          type: 'block_actions',
          user: { id: 'U0ONCALL' },
          trigger_id,
          actions: [{ action_id: 'release', value: `${incident.id}.${press?.id}` }],
        }),
      }).toString();
    const post = async (text: string, stamp: string): Promise<number> => {
      const answer = await fetch(world.instance.stack.slackInteractionsUrl, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/x-www-form-urlencoded',
          'X-Slack-Request-Timestamp': stamp,
          'X-Slack-Signature': slackSignature(world.instance.desk.signingSecret, stamp, text),
        },
        body: text,
      });
      return answer.status;
    };
    const now = String(Math.floor(Date.now() / 1000));

    expect(await post(body('1'), now)).toBe(200);
    expect(await post(body('1'), now)).toBe(401);
    expect((await getIncident(world.records, incident.id)).ballot?.approvals).toHaveLength(1);
    // Another request with the button that was used.
    expect(await post(body('2'), now)).toBe(200);
    await saidTo(world, 'U0ONCALL', incident.id, 'already approved by U0ONCALL');
    expect((await getIncident(world.records, incident.id)).ballot?.approvals).toHaveLength(1);
    expect(await post('payload=%7B%7D', now)).toBe(403);
  });

  it('is looked after, left in peace for a while, and contained again by an approver’s word', async () => {
    const { victim, incident } = await contained('victim');
    const decide = (action: string, more: { hours?: number } = {}) =>
      decideAs(world, { incidentId: incident.id, action, reason: 'we look at it', ...more });

    expect(await decide('take')).toMatchObject({ status: 200 });
    expect(await decide('extend')).toMatchObject({ status: 400, body: { code: 'hours-needed' } });
    expect(await decide('extend', { hours: 2 })).toMatchObject({ status: 200 });
    expect(await decide('recontain')).toMatchObject({ status: 409 });
    const now = await getIncident(world.records, incident.id);
    expect(now.owner).toBe('arn:aws:iam::000000000000:root');
    expect(Date.parse(now.remind?.after ?? '')).toBeGreaterThan(Date.now() + 7_000_000);

    await patch(world, victim);
    expect(await decide('release')).toMatchObject({ status: 200 });
    await incidentOf(world, victim, 'watching');
    expect(await decide('recontain')).toMatchObject({ status: 200 });
    const again = await incidentOf(world, victim, 'contained');
    expect(again.containment).toBe(2);
    expect(await reservedOf(world, victim)).toBe(0);
    expect(again.triggeredBy).toEqual(['arn:aws:iam::000000000000:root']);
  });
});
