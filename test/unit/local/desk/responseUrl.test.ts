import { button, closeAll, startedDesk, startedEndpoint } from './startedDesk';

afterEach(closeAll);

const channel = 'C0INCIDENTS';

const pressed = async () => {
  const endpoint = await startedEndpoint();
  const clock = { at: 1_732_323_232_000 };
  const desk = await startedDesk({ interactionsUrl: endpoint.url }, { now: () => clock.at });
  const blocks = [{ type: 'actions' as const, elements: [button('keep', 'inc-1')] }];
  const { ts } = await desk.slack.chat.postMessage({ channel, text: 'asked', blocks });
  await desk.call('POST', `/api/messages/${ts}/actions/keep`, { user: 'U0ALICE' });
  const respond = (body: unknown) => desk.call('POST', endpoint.posted[0]?.payload.response_url ?? '', body);
  return { ...desk, ts, clock, respond };
};

describe('a response_url', () => {
  it('replaces the message that was pressed', async () => {
    const { respond, messages, ts } = await pressed();
    expect(await respond({ replace_original: true, text: 'done' })).toMatchObject({
      status: 200,
      body: { ok: true },
    });
    expect(await messages()).toMatchObject([{ ts, text: 'done', blocks: [], edited: {} }]);
  });

  it('deletes the message that was pressed', async () => {
    const { respond, messages } = await pressed();
    await respond({ delete_original: 'true' });
    expect(await messages()).toEqual([]);
    expect(await respond({ replace_original: true, text: 'x' })).toMatchObject({ status: 404 });
  });

  it('speaks to the one who pressed unless it is for the channel', async () => {
    const { respond, messages } = await pressed();
    await respond({ text: 'you are not an approver' });
    await respond({ text: 'kept', response_type: 'in_channel' });
    const [, whisper, aloud] = await messages();
    expect(whisper).toMatchObject({ channel, ephemeral_to: 'U0ALICE', text: 'you are not an approver' });
    expect(aloud).not.toHaveProperty('ephemeral_to');
  });

  it('is good for five uses', async () => {
    const { respond } = await pressed();
    for (let use = 0; use < 5; use += 1) expect(await respond({ text: 'x' })).toHaveProperty('status', 200);
    expect(await respond({ text: 'x' })).toMatchObject({ status: 404, body: { error: 'used_url' } });
  });

  it('is good for half an hour', async () => {
    const { respond, clock } = await pressed();
    clock.at += 30 * 60_000 + 1;
    expect(await respond({ text: 'x' })).toMatchObject({ status: 404, body: { error: 'expired_url' } });
  });

  it('cannot be guessed', async () => {
    const { call } = await pressed();
    expect(await call('POST', '/actions/T0DESK0001/1/guess', { text: 'x' })).toMatchObject({
      status: 404,
      body: { error: 'no_such_url' },
    });
  });

  it.each([
    ['no_text', {}],
    ['invalid_blocks', { blocks: [{ type: 'nonsense' }] }],
    ['invalid_payload', 'text'],
  ])('answers %s for content that Slack would not take', async (error, body) => {
    const { respond, messages } = await pressed();
    expect(await respond(body)).toMatchObject({ status: 400, body: { ok: false, error } });
    expect(await messages()).toHaveLength(1);
  });
});
