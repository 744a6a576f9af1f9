import { createHash } from 'node:crypto';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { until } from '../../local/until';
import type { Incident } from '../../shared/incident/incident';
import { incidentKey } from '../../shared/incident/keys';
import { getIncident, listEntries } from '../../shared/incident/store';
import { decideAs } from './decisions';
import { enter, incidentOf, type Made, makeFunction, report, said, type World } from './world';

/** What holds a secret by its form: nobody but people can replace it. */
const BURNED = { environment: { PAYMENT_TOKEN: `ghp_${'a1B2'.repeat(9)}` } };

describe('an incident after its close', () => {
  let world: World;
  beforeAll(async () => {
    world = await enter();
  });

  /** Contained, called false, watched and closed. */
  const closed = async (victim: Made): Promise<Incident> => {
    await report(world, victim);
    const { id } = await incidentOf(world, victim, 'contained');
    await until(
      'secrets looked at',
      60,
      async () => (await getIncident(world.records, id)).secrets !== undefined,
    );
    await decideAs(world, { incidentId: id, action: 'false_positive', reason: 'a drill' });
    return incidentOf(world, victim, 'closed');
  };
  const threadOf = async ({ slack }: Incident) =>
    (await world.desk.messages()).filter(({ thread_ts }) => thread_ts === slack?.ts);
  const fault = (method: string, times: number) =>
    fetch(`${world.instance.desk.url}/api/faults`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ method, error: 'missing_scope', times }),
    });

  it('is told in short, with the post-mortem as it was sealed to be saved', async () => {
    const incident = await closed(await makeFunction(world, { mode: 'respond' }));
    const message = await said(world, incident.id, 'the post-mortem in short');
    const text = JSON.stringify(message.blocks);
    for (const line of [
      'What: ',
      'Impact: ',
      'Cause: called a false positive',
      'Time to detect',
      'Open actions: ',
    ])
      expect(text).toContain(line);

    const [file] = message.files ?? [];
    expect(file).toMatchObject({ name: `post-mortem-${incident.id}.md` });
    const saved = await world.desk.file(file?.id ?? '');
    const { Body } = await world.instance.clients.s3.send(
      new GetObjectCommand({
        Bucket: world.instance.stack.evidenceBucket,
        Key: incident.postMortemKey,
        VersionId: incident.postMortemSeal?.versionId ?? undefined,
      }),
    );
    expect(saved.toString()).toBe(await Body?.transformToString());
    expect(createHash('sha256').update(saved).digest('hex')).toBe(incident.postMortemSeal?.sha256);
  });

  it('is told all the same where Slack takes no file: why, and where it is', async () => {
    await fault('files.getUploadURLExternal', 1000);
    try {
      const incident = await closed(await makeFunction(world, { mode: 'respond' }));
      const message = await said(world, incident.id, 'the post-mortem in short');

      expect(message.files ?? []).toEqual([]);
      const text = JSON.stringify(message.blocks);
      expect(text).toContain('It could not be attached: the Slack app lacks the scope files:write');
      expect(text).toContain(`s3://${world.instance.stack.evidenceBucket}/${incident.postMortemKey}`);
      // Written after what a channel did not take.
      await until('the entry of that', 60, async () =>
        (await listEntries(world.records, incident.id)).some(({ kind }) => kind === 'announced-closed'),
      );
      expect((await getIncident(world.records, incident.id)).undelivered ?? {}).toEqual({});
    } finally {
      await fault('files.getUploadURLExternal', 0);
    }
  });

  it('is not forgotten: people are reminded of its open task a day later, once, until it is done', async () => {
    const incident = await closed(await makeFunction(world, { mode: 'respond', ...BURNED }));
    const { id } = incident;
    const [[task = '', opened] = []] = Object.entries(incident.tasks ?? {});
    expect(opened?.done).toBeUndefined();
    const sweep = async () => {
      const { FunctionError } = await world.instance.clients.lambda.send(
        new InvokeCommand({
          FunctionName: 'tourniquet-local-driftWatch',
          Payload: JSON.stringify({ source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }),
        }),
      );
      expect(FunctionError).toBeUndefined();
    };
    const reminders = async () =>
      (await threadOf(incident)).filter((message) => JSON.stringify(message).includes('Still to be done'));
    /** As if so many days had gone by. */
    const age = (days: number) => {
      const at = new Date(Date.now() - days * 24 * 3_600_000).toISOString();
      return world.records.db.send(
        new UpdateCommand({
          TableName: world.records.table,
          Key: incidentKey(id),
          UpdateExpression: 'SET tasks.#task.#at = :at',
          ExpressionAttributeNames: { '#task': task, '#at': 'at' },
          ExpressionAttributeValues: { ':at': at },
        }),
      );
    };

    await sweep();
    expect((await getIncident(world.records, id)).actionsReminded).toBeUndefined();
    await age(2);
    await Promise.all([sweep(), sweep()]);
    const message = await said(world, incident.id, 'Still to be done, though the incident is over');
    expect(JSON.stringify(message)).toContain(`Task ${task}, for `);
    expect(JSON.stringify(message)).toContain(`decide ${id} --done &lt;task&gt;`);
    expect(JSON.stringify(message)).not.toContain(BURNED.environment.PAYMENT_TOKEN);
    await sweep();
    expect(await reminders()).toHaveLength(1);
    expect((await getIncident(world.records, id)).actionsReminded).toMatchObject({ count: 1 });

    const answer = await decideAs(world, { incidentId: id, action: 'done', reason: 'replaced', task });
    expect(answer).toMatchObject({ status: 200 });
    expect((await getIncident(world.records, id)).tasks?.[task]?.done).toMatchObject({ how: 'replaced' });
  });

  it('and its relapse name each other, and the earlier thread says so', async () => {
    const victim = await makeFunction(world, { mode: 'respond' });
    const earlier = await closed(victim);
    await report(world, victim, { type: 'Trojan:Lambda/DropPoint' });
    const relapse = await incidentOf(world, victim, 'contained');

    expect(relapse.reopens).toBe(earlier.id);
    await said(world, earlier.id, `Open again as ${relapse.id}`);
    expect((await getIncident(world.records, earlier.id)).reopenedAs).toEqual([relapse.id]);
    expect((await getIncident(world.records, earlier.id)).status).toBe('closed');
    expect((await listEntries(world.records, earlier.id)).map(({ text }) => text)).toContain(
      `open again as ${relapse.id}`,
    );
    const rewritten = (ts: string | undefined, text: string) =>
      until(`the message itself with ${text}`, 60, async () =>
        (await world.desk.messages()).some(
          (message) => message.ts === ts && JSON.stringify(message).includes(text),
        ),
      );
    await rewritten(earlier.slack?.ts, `Open again as ${relapse.id}`);
    const { slack } = await until('its message', 60, async () => {
      const now = await getIncident(world.records, relapse.id);
      return now.slack === undefined ? null : now;
    });
    await rewritten(slack?.ts, `A relapse of ${earlier.id}`);

    await decideAs(world, { incidentId: relapse.id, action: 'false_positive', reason: 'a drill' });
    const ended = await incidentOf(world, victim, 'closed');
    expect(ended.id).toBe(relapse.id);
    await said(world, ended.id, `Relapse of ${earlier.id}`);
    expect(
      (await threadOf(earlier)).filter((message) => JSON.stringify(message).includes('Open again as')),
    ).toHaveLength(1);
  });
});
