import { closeAll, OPTIONS, startedDesk } from './startedDesk';

afterEach(closeAll);

const payload = { summary: 'Contained: orders', source: 'arn:orders', severity: 'critical' };
const trigger = {
  routing_key: OPTIONS.pagerDutyRoutingKey,
  event_action: 'trigger',
  dedup_key: 'inc-1',
  payload,
};
const resolve = { routing_key: OPTIONS.pagerDutyRoutingKey, event_action: 'resolve', dedup_key: 'inc-1' };
const acknowledge = { ...resolve, event_action: 'acknowledge' };

const paging = async () => {
  const { call } = await startedDesk();
  const send = (event: unknown) => call('POST', '/v2/enqueue', event);
  const alerts = async () => (await call('GET', '/api/pagerduty')).body.alerts;
  return { call, send, alerts };
};

describe('PagerDuty', () => {
  it('opens an alert and answers as the Events API does', async () => {
    const { send, alerts } = await paging();
    expect(await send(trigger)).toMatchObject({
      status: 202,
      body: { status: 'success', message: 'Event processed', dedup_key: 'inc-1' },
    });
    expect(await alerts()).toMatchObject([{ dedup_key: 'inc-1', status: 'triggered', count: 1, ...payload }]);
  });

  it('gives an alert a key where the event has none', async () => {
    const { send } = await paging();
    expect((await send({ ...trigger, dedup_key: undefined })).body.dedup_key).toMatch(/^[0-9a-f]{32}$/);
  });

  it('gathers triggers of one key in the open alert, which stays acknowledged', async () => {
    const { send, alerts } = await paging();
    await send(trigger);
    await send(acknowledge);
    await send({ ...trigger, payload: { ...payload, summary: 'Again' } });
    expect(await alerts()).toMatchObject([{ status: 'acknowledged', count: 2, summary: 'Again' }]);
  });

  it('opens a new alert for a key that was resolved', async () => {
    const { send, alerts } = await paging();
    for (const event of [trigger, resolve, trigger]) await send(event);
    expect(await alerts()).toMatchObject([{ status: 'resolved' }, { status: 'triggered', count: 1 }]);
  });

  it('takes and drops what is about no open alert', async () => {
    const { send, alerts } = await paging();
    expect(await send(acknowledge)).toHaveProperty('status', 202);
    expect(await send(resolve)).toHaveProperty('status', 202);
    expect(await alerts()).toEqual([]);
  });

  it('never shows the routing key', async () => {
    const { send, call } = await paging();
    await send(trigger);
    const shown = JSON.stringify((await call('GET', '/api/pagerduty')).body);
    expect(shown).not.toContain(OPTIONS.pagerDutyRoutingKey);
    expect(shown).toContain('"routing_key":"********"');
  });

  it.each([
    ['a routing key of another length', { ...trigger, routing_key: 'short' }, 'routing_key'],
    ['another routing key', { ...trigger, routing_key: 'Q'.repeat(32) }, 'routing_key'],
    ['no routing key', { ...trigger, routing_key: undefined }, 'routing_key'],
    ['no payload', { ...trigger, payload: undefined }, 'payload'],
    ['no summary', { ...trigger, payload: { ...payload, summary: undefined } }, 'payload.summary'],
    ['no source', { ...trigger, payload: { ...payload, source: '' } }, 'payload.source'],
    ['an unknown severity', { ...trigger, payload: { ...payload, severity: 'bad' } }, 'payload.severity'],
    ['an unknown action', { ...trigger, event_action: 'dance' }, 'event_action'],
    ['a key of 256 characters', { ...trigger, dedup_key: 'x'.repeat(256) }, 'dedup_key'],
    ['nothing to resolve', { ...resolve, dedup_key: undefined }, 'dedup_key'],
    ['bad JSON', '{', 'Invalid JSON'],
  ])('refuses an event with %s', async (_, event, reason) => {
    const { send, alerts } = await paging();
    expect(await send(event)).toMatchObject({
      status: 400,
      body: {
        status: 'invalid event',
        message: 'Event object is invalid',
        errors: [expect.stringContaining(reason)],
      },
    });
    expect(await alerts()).toEqual([]);
  });

  it('can be made to fail', async () => {
    const { send, call } = await paging();
    await call('PUT', '/api/faults', { method: 'v2/enqueue', status: 503, times: 1 });
    expect(await send(trigger)).toHaveProperty('status', 503);
    expect(await send(trigger)).toHaveProperty('status', 202);
  });
});
