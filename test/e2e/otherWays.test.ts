import { createHmac, randomUUID } from 'node:crypto';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { until } from '../../local/until';
import { slackSignature } from '../../shared/approval/slackSignature';
import { getIncident, listEntries } from '../../shared/incident/store';
import { openTasks } from '../../shared/incident/tasks';
import { WAIVABLE } from '../../shared/recovery/gate';
import {
  enter,
  incidentOf,
  makeFunction,
  messageWith,
  patch,
  report,
  reservedOf,
  said,
  type World,
} from './world';

const SECRET = 'the secret of a webhook subscription';

describe('deciding without the message, and PagerDuty’s word', () => {
  let world: World;
  beforeAll(async () => {
    world = await enter();
    await world.instance.clients.ssm.send(
      new PutParameterCommand({
        Name: '/tourniquet/local/pagerduty-webhook-secret',
        Value: SECRET,
        Type: 'SecureString',
        Overwrite: true,
      }),
    );
  });
  const contained = async (name?: string) => {
    const victim = await makeFunction(world, { mode: 'respond', ...(name === undefined ? {} : { name }) });
    await report(world, victim);
    return { victim, incident: await incidentOf(world, victim, 'contained') };
  };
  const url = (path: string): string =>
    world.instance.stack.slackInteractionsUrl.replace('/slack/interactions', path);

  const command = async (text: string, user = 'U0ONCALL'): Promise<{ status: number; text: string }> => {
    // As Slack sends it: the same words twice in a second are two requests.
    const sent = { command: '/tourniquet', user_id: user, text, trigger_id: randomUUID() };
    const body = new URLSearchParams(sent).toString();
    const stamp = String(Math.floor(Date.now() / 1000));
    const answer = await fetch(url('/slack/commands'), {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        'X-Slack-Request-Timestamp': stamp,
        'X-Slack-Signature': slackSignature(world.instance.desk.signingSecret, stamp, body),
      },
      body,
    });
    return { status: answer.status, text: ((await answer.json()) as { text: string }).text };
  };
  const pagerDuty = async (incidentId: string, event_type: string, secret = SECRET, id = randomUUID()) => {
    const body = JSON.stringify({
      event: { id, event_type, agent: { summary: 'Alice *<!channel>*' }, data: { incident_key: incidentId } },
    });
    const answer = await fetch(url('/pagerduty/webhooks'), {
      method: 'POST',
      headers: { 'X-PagerDuty-Signature': `v1=${createHmac('sha256', secret).update(body).digest('hex')}` },
      body,
    });
    return answer.status;
  };

  it('takes a release by the slash command, from an approver alone', async () => {
    // The first of the list, which has no room for all that other tests leave open.
    const { victim, incident } = await contained(`aaa-${randomUUID()}`);
    await patch(world, victim);
    expect((await command('list')).text).toContain(incident.id);
    expect((await command('list', 'U0INTERN')).text).toBe('You are not on the list of approvers.');
    expect((await command(`release ${incident.id} let it go`, 'U0INTERN')).text).toContain('not on the list');
    expect((await command('release')).text).toContain('comes the id of an incident');
    expect((await command('release inc-20260101-000000000000 fixed')).text).toBe(
      'There is no such incident.',
    );
    expect(await command(`release ${incident.id} the fix is deployed`)).toEqual({
      status: 200,
      text: 'Taken.',
    });

    const { decision } = await incidentOf(world, victim, 'watching', 'closed');
    expect(decision).toMatchObject({ action: 'release', by: 'U0ONCALL', reason: 'the fix is deployed' });
    expect(await reservedOf(world, victim)).toBeNull();
  });

  it('has the message repaired that Slack did not take, and says in the record that it was not told', async () => {
    const { victim, incident } = await contained();
    await messageWith(world, victim.name, 'release');
    const failing = async (times: number) =>
      fetch(`${world.instance.desk.url}/api/faults`, {
        method: 'PUT',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ method: 'chat.update', error: 'fatal_error', times }),
      });
    expect((await failing(100)).status).toBe(200);
    try {
      expect((await command(`take ${incident.id} I am on it`)).status).toBe(200);
      const { undelivered } = await until('a word that was not delivered', 30, async () => {
        const now = await getIncident(world.records, incident.id);
        return now.undelivered?.slack === undefined ? null : now;
      });
      expect(undelivered).toMatchObject({ slack: { about: 'noted' } });
    } finally {
      await failing(0);
    }
    // Written after what is still owed, by the same function.
    await until('the entry that nobody was told', 30, async () => {
      const entries = await listEntries(world.records, incident.id);
      return entries.find(({ text }) => /^nobody was told about .*slack: /.test(text)) ?? null;
    });

    // The schedule of the drift watch, which the local stage leaves to the tests.
    await world.instance.clients.lambda.send(
      new InvokeCommand({
        FunctionName: 'tourniquet-local-driftWatch',
        Payload: JSON.stringify({ source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }),
      }),
    );
    await until('the repaired message', 30, async () => {
      const message = (await world.desk.messages()).find(
        ({ text, thread_ts }) => thread_ts === undefined && text.includes(victim.name),
      );
      return JSON.stringify(message).includes('Looked after by') ? message : null;
    });
    // The message first, and then the record that it is owed no more.
    await until(
      'nothing owed',
      30,
      async () => Object.keys((await getIncident(world.records, incident.id)).undelivered ?? {}).length === 0,
    );
  });

  it('releases nothing as long as a task is open, unless an approver waives that, with a reason', async () => {
    const victim = await makeFunction(world, {
      mode: 'respond',
      environment: { DB_PASSWORD: 'correct-horse-battery' },
    });
    await report(world, victim);
    const { id } = await incidentOf(world, victim, 'contained');
    await until('the task', 60, async () =>
      openTasks(await getIncident(world.records, id)).length > 0 ? true : null,
    );
    await messageWith(world, victim.name, 'release');
    await patch(world, victim);
    expect((await command(`release ${id} the fix is deployed`)).text).toBe('Taken.');
    await said(world, id, '--waive secrets');
    const refused = await getIncident(world.records, id);
    expect(refused).toMatchObject({ status: 'contained', round: 2 });
    expect(refused.gate).toContainEqual(
      expect.objectContaining({
        check: 'secrets',
        outcome: 'failed',
        because: expect.stringMatching(/^task /),
      }),
    );

    expect((await command(`waive ${id} secrets it is a test's`, 'U0INTERN')).text).toContain(
      'not on the list',
    );
    expect((await command(`waive ${id} code it is ours`)).text).toContain(WAIVABLE.join(', '));
    expect((await command(`waive ${id} secrets it is a test's`)).text).toContain(
      'waives the check for the release',
    );
    expect((await getIncident(world.records, id)).status).toBe('contained');
    await until('the buttons again', 60, async () =>
      (await getIncident(world.records, id)).press !== undefined ? true : null,
    );
    expect((await command(`release ${id} the fix is deployed`)).text).toBe('Taken.');

    const { gate } = await incidentOf(world, victim, 'watching', 'closed');
    expect(gate).toContainEqual(
      expect.objectContaining({
        check: 'secrets',
        outcome: 'waived',
        because: expect.stringContaining('waived by U0ONCALL'),
      }),
    );
    expect(await reservedOf(world, victim)).toBeNull();
  });

  it('keeps a task for whom a tag names until an approver says how it was done, and shows no secret in it', async () => {
    const victim = await makeFunction(world, {
      mode: 'respond',
      environment: { DB_PASSWORD: 'correct-horse-battery' },
    });
    await report(world, victim);
    const { id } = await incidentOf(world, victim, 'contained');
    const incident = await until('the task', 60, async () => {
      const now = await getIncident(world.records, id);
      return Object.keys(now.tasks ?? {}).length === 0 ? null : now;
    });
    const [[task = ''] = []] = openTasks(incident);
    await said(world, id, 'DB_PASSWORD');
    expect((await command(`done ${id} ${task} replaced it`, 'U0INTERN')).text).toContain('not on the list');
    expect((await command(`done ${id} 00000000 replaced it`)).text).toContain(task);
    expect((await command(`done ${id} ${task} replaced it`)).text).toContain(`task ${task} is done`);
    expect((await command(`done ${id} ${task} once more`)).text).toBe('no task is open');

    const after = await getIncident(world.records, id);
    expect(after.tasks?.[task]?.done).toMatchObject({ by: 'U0ONCALL', how: 'replaced it' });
    expect(JSON.stringify([after, await listEntries(world.records, id)])).not.toContain('correct-horse');
  });

  it('notes what is done in PagerDuty, once, and releases nothing for it', async () => {
    const { victim, incident } = await contained();
    const once = randomUUID();
    expect(await pagerDuty(incident.id, 'incident.acknowledged', 'another secret')).toBe(401);
    expect(await pagerDuty(incident.id, 'incident.acknowledged')).toBe(202);
    expect(await pagerDuty(incident.id, 'incident.resolved', SECRET, once)).toBe(202);
    expect(await pagerDuty(incident.id, 'incident.resolved', SECRET, once)).toBe(202);
    expect(await pagerDuty('inc-20260101-000000000000', 'incident.resolved')).toBe(202);

    const thread = await said(world, incident.id, 'decides nothing here');
    expect(JSON.stringify(thread)).not.toContain('<!channel>');
    const entries = await listEntries(world.records, incident.id);
    expect(entries.map(({ kind }) => kind).filter((kind) => kind.startsWith('pagerduty-'))).toEqual([
      'pagerduty-acknowledged',
      'pagerduty-resolved',
    ]);
    const { status, decision } = await getIncident(world.records, incident.id);
    expect([status, decision]).toEqual(['contained', undefined]);
    expect(await reservedOf(world, victim)).toBe(0);
  });
});
