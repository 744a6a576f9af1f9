import { forgery } from '../../../../shared/approval/slackSignature';
import { button, closeAll, OPTIONS, type Reply, startedDesk, startedEndpoint } from './startedDesk';

afterEach(closeAll);

const channel = 'C0INCIDENTS';

const withButtons = async (reply: Reply = {}, patienceMs = 3000) => {
  const endpoint = await startedEndpoint(() => reply);
  const desk = await startedDesk({ interactionsUrl: endpoint.url }, { patienceMs });
  const { ts = '' } = await desk.slack.chat.postMessage({
    channel,
    text: 'Contained',
    blocks: [
      {
        type: 'actions',
        block_id: 'decide',
        elements: [button('release', 'inc-1'), button('keep', 'inc-1')],
      },
      { type: 'section', text: { type: 'mrkdwn', text: 'secret' }, accessory: button('rotate', 'db') },
      { type: 'actions', block_id: 'more', elements: [button('rotate', 'api')] },
    ],
  });
  return { ...desk, ...endpoint, ts, deskUrl: desk.url };
};

describe('pressing a button', () => {
  it('posts a payload that verifies over the raw body', async () => {
    const { call, ts, posted } = await withButtons();
    const answer = await call('POST', `/api/messages/${ts}/actions/release`, { user: 'U0ALICE' });
    expect(answer).toMatchObject({
      status: 200,
      body: { ok: true, status: 200, elapsedMs: expect.any(Number) },
    });
    const [request] = posted;
    const signed = {
      rawBody: request?.rawBody ?? '',
      signature: String(request?.headers['x-slack-signature']),
      timestamp: String(request?.headers['x-slack-request-timestamp']),
    };
    expect(forgery(signed, [OPTIONS.signingSecret], new Date())).toBeNull();
    expect(forgery(signed, ['another secret'], new Date())).not.toBeNull();
    expect(
      forgery({ ...signed, rawBody: `${signed.rawBody}x` }, [OPTIONS.signingSecret], new Date()),
    ).not.toBeNull();
  });

  it('says who pressed what, where, as Slack does', async () => {
    const { call, ts, posted, deskUrl } = await withButtons();
    await call('POST', `/api/messages/${ts}/actions/release`, { user: 'U0ALICE' });
    expect(posted[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(posted[0]?.payload).toMatchObject({
      type: 'block_actions',
      user: { id: 'U0ALICE', username: 'alice.moreau', name: 'alice.moreau', team_id: 'T0DESK0001' },
      api_app_id: 'A0DESK0001',
      container: { type: 'message', message_ts: ts, channel_id: channel, is_ephemeral: false },
      team: { id: 'T0DESK0001' },
      channel: { id: channel, name: 'incidents' },
      message: { ts, text: 'Contained', bot_id: 'B0DESK0001' },
      response_url: expect.stringContaining(`${deskUrl}/actions/`),
      actions: [
        {
          type: 'button',
          action_id: 'release',
          block_id: 'decide',
          value: 'inc-1',
          text: { text: 'release' },
          action_ts: expect.any(String),
        },
      ],
    });
  });

  it('presses the first of several buttons of one action_id, or the one with the given value', async () => {
    const { call, ts, posted } = await withButtons();
    await call('POST', `/api/messages/${ts}/actions/rotate`, { user: 'U0BOB' });
    await call('POST', `/api/messages/${ts}/actions/rotate`, { user: 'U0BOB', value: 'api' });
    const values = posted.map(({ payload }) => JSON.stringify(payload.actions));
    expect(values[0]).toContain('"db"');
    expect(values[1]).toContain('"api"');
  });

  it.each([
    ['an unknown message', '1.000000', 'release', { user: 'U0ALICE' }, 404],
    ['an unknown button', null, 'nonsense', { user: 'U0ALICE' }, 404],
    ['an unknown value', null, 'rotate', { user: 'U0ALICE', value: 'nonsense' }, 404],
    ['no user', null, 'release', {}, 400],
    ['a user that is no id', null, 'release', { user: 'alice' }, 400],
    ['bad JSON', null, 'release', '{', 400],
  ])('refuses %s and posts nothing', async (_, wanted, action, body, status) => {
    const { call, ts, posted } = await withButtons();
    const answer = await call('POST', `/api/messages/${wanted ?? ts}/actions/${action}`, body);
    expect(answer).toMatchObject({ status, body: { ok: false, error: expect.any(String) } });
    expect(posted).toEqual([]);
  });

  it('finds no button that an update took away', async () => {
    const { call, ts, slack } = await withButtons();
    await slack.chat.update({ channel, ts, text: 'Released', blocks: [] });
    expect(await call('POST', `/api/messages/${ts}/actions/release`, { user: 'U0ALICE' })).toHaveProperty(
      'status',
      404,
    );
  });

  it('tells when the endpoint refuses', async () => {
    const { call, ts } = await withButtons({ status: 403, body: 'not an approver' });
    expect(await call('POST', `/api/messages/${ts}/actions/release`, { user: 'U0BOB' })).toMatchObject({
      status: 502,
      body: { ok: false, status: 403, body: 'not an approver' },
    });
  });

  it('gives up on an endpoint that does not answer in time', async () => {
    const { call, ts } = await withButtons({ silent: true }, 50);
    expect(await call('POST', `/api/messages/${ts}/actions/release`, { user: 'U0BOB' })).toMatchObject({
      status: 502,
      body: { ok: false, status: 0, error: 'the endpoint did not answer within 0.05 s' },
    });
  });

  it('tells when nobody listens at the interactions URL', async () => {
    const { call, ts } = await withButtons();
    await call('PUT', '/api/interactions-url', { url: 'http://127.0.0.1:1/' });
    const answer = await call('POST', `/api/messages/${ts}/actions/release`, { user: 'U0BOB' });
    expect(answer).toMatchObject({
      status: 502,
      body: { ok: false, status: 0, error: expect.stringContaining('cannot be reached') },
    });
  });

  it('lets only its reader press an ephemeral’s button', async () => {
    const { call, slack, posted } = await withButtons();
    const blocks = [{ type: 'actions' as const, elements: [button('ok', '1')] }];
    const { message_ts: ts } = await slack.chat.postEphemeral({
      channel,
      user: 'U0BOB',
      text: 'psst',
      blocks,
    });
    expect(await call('POST', `/api/messages/${ts}/actions/ok`, { user: 'U0ALICE' })).toHaveProperty(
      'status',
      404,
    );
    expect(await call('POST', `/api/messages/${ts}/actions/ok`, { user: 'U0BOB' })).toHaveProperty(
      'status',
      200,
    );
    expect(posted[0]?.payload).toHaveProperty('container.is_ephemeral', true);
    expect(posted[0]?.payload).not.toHaveProperty('message');
  });
});

describe('the interactions URL', () => {
  it('can be set later, and a press before that is told so', async () => {
    const endpoint = await startedEndpoint();
    const { call, slack } = await startedDesk();
    const blocks = [{ type: 'actions' as const, elements: [button('ok', '1')] }];
    const { ts } = await slack.chat.postMessage({ channel, text: 'x', blocks });
    expect(await call('POST', `/api/messages/${ts}/actions/ok`, { user: 'U0BOB' })).toHaveProperty(
      'status',
      409,
    );
    expect(await call('PUT', '/api/interactions-url', { url: endpoint.url })).toHaveProperty('status', 200);
    expect(await call('POST', `/api/messages/${ts}/actions/ok`, { user: 'U0BOB' })).toHaveProperty(
      'status',
      200,
    );
  });

  it.each([
    'https://hooks.example.com/',
    'http://127.0.0.1.example.com/',
    'http://user@127.0.0.1/',
    'http://10.0.0.1/',
    'file:///etc/passwd',
    'nonsense',
  ])('is never %s', async (url) => {
    const { call } = await startedDesk();
    expect(await call('PUT', '/api/interactions-url', { url })).toMatchObject({
      status: 400,
      body: { ok: false, error: expect.stringContaining('must be http://127.0.0.1') },
    });
    await expect(startedDesk({ interactionsUrl: url })).rejects.toMatchObject({ name: 'DeskOptionsInvalid' });
  });

  it.each(['http://localhost:3000/x', 'http://[::1]:3000/x'])('may be %s', async (url) => {
    const { call } = await startedDesk();
    expect(await call('PUT', '/api/interactions-url', { url })).toMatchObject({ status: 200, body: { url } });
  });
});
