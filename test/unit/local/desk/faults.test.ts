import { closeAll, errorOf, startedDesk } from './startedDesk';

afterEach(closeAll);

const message = { channel: 'C0INCIDENTS', text: 'hello' };

describe('faults', () => {
  it('answers an error of Slack’s as often as told and then works again', async () => {
    const { call, slack, messages } = await startedDesk();
    await call('PUT', '/api/faults', { method: 'chat.postMessage', error: 'fatal_error', times: 2 });
    expect(await errorOf(slack.chat.postMessage(message))).toMatchObject({ error: 'fatal_error' });
    expect(await errorOf(slack.chat.postMessage(message))).toMatchObject({ error: 'fatal_error' });
    await slack.chat.postMessage(message);
    expect(await messages()).toHaveLength(1);
  });

  it('rate limits with Retry-After, so that Slack’s client waits and tries again', async () => {
    const { call, slack, url, messages } = await startedDesk();
    await call('PUT', '/api/faults', { method: 'chat.postMessage', status: 429, retryAfter: 1, times: 2 });
    const limited = await fetch(`${url}/api/chat.postMessage`, { method: 'POST' });
    expect(limited.status).toBe(429);
    expect(limited.headers.get('retry-after')).toBe('1');
    await slack.chat.postMessage(message);
    expect(await messages()).toHaveLength(1);
  });

  it('fails with a status, so that Slack’s client tries again', async () => {
    const { call, slack, messages } = await startedDesk();
    await call('PUT', '/api/faults', { method: 'chat.postMessage', status: 500, times: 1 });
    await slack.chat.postMessage(message);
    expect(await messages()).toHaveLength(1);
  });

  it('leaves other methods alone and can be taken away', async () => {
    const { call, slack } = await startedDesk();
    await call('PUT', '/api/faults', { method: 'chat.update', error: 'fatal_error', times: 5 });
    await expect(slack.chat.postMessage(message)).resolves.toMatchObject({ ok: true });
    const { body } = await call('PUT', '/api/faults', { method: 'chat.update', times: 0 });
    expect(body).toEqual({ ok: true, faults: [] });
  });

  it('refuses a fault that it cannot make sense of', async () => {
    const { call } = await startedDesk();
    expect(await call('PUT', '/api/faults', { method: 'chat.update', status: 7 })).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('status') },
    });
  });
});
