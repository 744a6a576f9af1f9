import { clientOf, closeAll, errorOf, OPTIONS, startedDesk } from './startedDesk';

afterEach(closeAll);

const channel = 'C0INCIDENTS';

describe('who may call', () => {
  it('tells an app with the right token who it is', async () => {
    const { slack } = await startedDesk();
    await expect(slack.auth.test()).resolves.toMatchObject({
      ok: true,
      user: 'tourniquet',
      bot_id: 'B0DESK0001',
    });
  });

  it('refuses a call without a token and one with another token', async () => {
    const { url } = await startedDesk();
    expect(await errorOf(clientOf(url).auth.test())).toMatchObject({ error: 'not_authed' });
    expect(await errorOf(clientOf(url, 'another').auth.test())).toMatchObject({ error: 'invalid_auth' });
  });

  it('takes the token from a form field too', async () => {
    const { url } = await startedDesk();
    const body = new URLSearchParams({ token: OPTIONS.botToken, channel, text: 'hello' });
    const response = await fetch(`${url}/api/chat.postMessage`, { method: 'POST', body });
    expect(await response.json()).toMatchObject({ ok: true, channel });
  });

  it('knows no method that it does not have', async () => {
    const { slack } = await startedDesk();
    expect(await errorOf(slack.apiCall('chat.nonsense'))).toMatchObject({ error: 'unknown_method' });
  });
});

describe('posting', () => {
  it('keeps a message as Slack does, under a timestamp of its own', async () => {
    const { slack, messages } = await startedDesk({}, { now: () => 1_732_323_232_000 });
    const first = await slack.chat.postMessage({ channel, text: 'one' });
    const second = await slack.chat.postMessage({ channel: '#incidents', text: 'two' });
    expect(first).toMatchObject({ ok: true, channel, message: { text: 'one', type: 'message' } });
    expect(first.ts).toBe('1732323232.000000');
    expect(second.ts).toBe('1732323232.000100');
    expect(await messages()).toMatchObject([
      { ts: first.ts, channel, text: 'one', user: 'U0DESK0001', bot_id: 'B0DESK0001' },
      { ts: second.ts, channel, text: 'two' },
    ]);
  });

  it('takes a JSON body as well as a form', async () => {
    const { url, messages } = await startedDesk();
    const response = await fetch(`${url}/api/chat.postMessage`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${OPTIONS.botToken}` },
      body: JSON.stringify({ channel, text: 'json', blocks: [{ type: 'divider' }] }),
    });
    expect(await response.json()).toMatchObject({ ok: true });
    expect(await messages()).toMatchObject([{ text: 'json', blocks: [{ type: 'divider' }] }]);
  });

  it('puts replies into the thread of their parent, and a reply to a reply into the same', async () => {
    const { slack, messages } = await startedDesk();
    const { ts = '' } = await slack.chat.postMessage({ channel, text: 'parent' });
    const reply = await slack.chat.postMessage({ channel, text: 'reply', thread_ts: ts });
    await slack.chat.postMessage({ channel, text: 'deeper', thread_ts: reply.ts ?? '' });
    await slack.chat.postMessage({ channel, text: 'loud', thread_ts: ts, reply_broadcast: true });
    const [parent, ...replies] = await messages();
    expect(parent).not.toHaveProperty('thread_ts');
    expect(replies.map(({ thread_ts }) => thread_ts)).toEqual([ts, ts, ts]);
    expect(replies.at(-1)).toHaveProperty('subtype', 'thread_broadcast');
  });

  it('shows an ephemeral to one person only', async () => {
    const { slack, messages } = await startedDesk();
    const answer = await slack.chat.postEphemeral({ channel, user: 'U0ALICE', text: 'psst' });
    expect(await messages()).toMatchObject([
      { ts: answer.message_ts, ephemeral_to: 'U0ALICE', text: 'psst' },
    ]);
    const stranger = slack.chat.postEphemeral({ channel, user: 'U0STRANGER', text: 'psst' });
    expect(await errorOf(stranger)).toMatchObject({ error: 'user_not_in_channel' });
  });

  it.each([
    ['channel_not_found', { channel: 'C0NOWHERE', text: 'x' }],
    ['channel_not_found', { channel: '#nowhere', text: 'x' }],
    ['no_text', { channel }],
    ['no_text', { channel, text: '', blocks: [] }],
    ['msg_too_long', { channel, text: 'x'.repeat(40_001) }],
    ['thread_not_found', { channel, text: 'x', thread_ts: '1.000000' }],
    ['invalid_blocks_format', { channel, text: 'x', blocks: 'not json' }],
    ['invalid_blocks', { channel, text: 'x', blocks: [{ type: 'nonsense' }] }],
  ])('answers %s as Slack does', async (error, args) => {
    const { slack, messages } = await startedDesk();
    expect(await errorOf(slack.apiCall('chat.postMessage', args))).toMatchObject({ ok: false, error });
    expect(await messages()).toEqual([]);
  });

  it('answers bad JSON with Slack’s code for it', async () => {
    const { call } = await startedDesk();
    expect(await call('POST', '/api/chat.postMessage', '{"channel":')).toMatchObject({
      status: 200,
      body: { ok: false, error: 'invalid_json' },
    });
  });
});

describe('updating', () => {
  it('shows an updated message once, with what it says now', async () => {
    const { slack, messages } = await startedDesk();
    const { ts = '' } = await slack.chat.postMessage({
      channel,
      text: 'open',
      blocks: [{ type: 'divider' }],
    });
    await slack.chat.postMessage({ channel, text: 'later' });
    await slack.chat.update({ channel, ts, text: 'closed' });
    const [first, ...rest] = await messages();
    expect(rest).toHaveLength(1);
    expect(first).toMatchObject({
      ts,
      text: 'closed',
      blocks: [],
      edited: { ts: expect.stringMatching(/^\d{10}\.\d{6}$/) },
    });
  });

  it('finds no message in another channel, no unknown one and no ephemeral', async () => {
    const { slack } = await startedDesk();
    const { ts = '' } = await slack.chat.postMessage({ channel, text: 'here' });
    const { message_ts = '' } = await slack.chat.postEphemeral({ channel, user: 'U0BOB', text: 'psst' });
    const places = [
      { channel: 'C0OTHER', ts },
      { channel, ts: '1.000000' },
      { channel, ts: message_ts },
    ];
    for (const place of places) {
      expect(await errorOf(slack.chat.update({ ...place, text: 'x' }))).toMatchObject({
        error: 'message_not_found',
      });
    }
  });
});
