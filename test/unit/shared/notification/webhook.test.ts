import { createHmac } from 'node:crypto';
import type { Announcement } from '../../../../shared/notification/channel';
import { webhookChannel } from '../../../../shared/notification/webhook';
import { aLedger, anIncident } from '../../../fixtures/incident';

const NOW = new Date('2026-11-24T03:00:00.000Z');
const NEWS: Announcement = {
  about: 'contained',
  incident: anIncident(),
  ledger: aLedger(),
  detail: ['a word'],
};

type Sent = { readonly url: string; readonly headers: Record<string, string>; readonly body: string };
const receiver = (status = 200) => {
  const sent: Sent[] = [];
  const post = (async (url: string, { headers, body }: { headers: Record<string, string>; body: string }) => {
    sent.push({ url, headers, body });
    return new Response('', { status });
  }) as unknown as typeof fetch;
  return { sent, post };
};
const channel = (
  post: typeof fetch,
  url = 'https://hooks.example.com/t',
  secret: string | null = 'a secret',
) =>
  webhookChannel(
    url,
    async () => secret,
    post,
    () => NOW,
  );

describe('the webhook', () => {
  it('is signed over its id, its time and its body, as Standard Webhooks says', async () => {
    const { sent, post } = receiver();
    expect(await channel(post).deliver(NEWS)).toEqual({ outcome: 'delivered' });
    const [{ headers, body } = { headers: {}, body: '' }] = sent;
    const id = (headers as Record<string, string>)['webhook-id'];
    const time = (headers as Record<string, string>)['webhook-timestamp'];

    expect(time).toBe(String(NOW.getTime() / 1000));
    expect((headers as Record<string, string>)['webhook-signature']).toBe(
      `v1,${createHmac('sha256', 'a secret').update(`${id}.${time}.${body}`).digest('base64')}`,
    );
    expect(JSON.parse(body)).toMatchObject({
      type: 'incident.contained',
      data: { incident: { id: NEWS.incident.id, status: 'contained' }, detail: ['a word'] },
    });
  });

  it('has the same id for the same news, so that a receiver takes it once, and another for other news', async () => {
    const { sent, post } = receiver();
    for (const news of [NEWS, NEWS, { ...NEWS, detail: ['another word'] }]) await channel(post).deliver(news);
    const [first, again, other] = sent.map(({ headers }) => headers['webhook-id']);

    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it('says nothing of tokens, executions and what buttons carry', async () => {
    const { sent, post } = receiver();
    const incident = anIncident({ press: { id: 'pressed-id', state: 'x' } });
    await channel(post).deliver({ ...NEWS, incident });

    expect(sent[0]?.body).not.toMatch(/pressed-id|execution:/);
  });

  it('is not there without an address, and fails without a secret or where it is refused', async () => {
    const { sent, post } = receiver();
    expect(await channel(post, '').deliver(NEWS)).toEqual({ outcome: 'not-configured' });
    await expect(channel(post, undefined, null).deliver(NEWS)).rejects.toThrow('webhook-secret is not');
    expect(sent).toEqual([]);
    await expect(channel(receiver(500).post).deliver(NEWS)).rejects.toThrow('answered 500');
  });
});
