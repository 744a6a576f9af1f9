import type { ModalView } from '@slack/web-api';
import {
  button,
  closeAll,
  errorOf,
  type Payload,
  type Reply,
  startedDesk,
  startedEndpoint,
} from './startedDesk';

afterEach(closeAll);

const MODAL: ModalView = {
  type: 'modal',
  callback_id: 'why',
  private_metadata: '{"value":"inc-1"}',
  title: { type: 'plain_text', text: 'False positive' },
  submit: { type: 'plain_text', text: 'Release' },
  blocks: [
    {
      type: 'input',
      block_id: 'reason',
      label: { type: 'plain_text', text: 'Why?' },
      element: {
        type: 'plain_text_input',
        action_id: 'text',
        multiline: true,
        min_length: 3,
        max_length: 20,
      },
    },
    {
      type: 'input',
      block_id: 'note',
      optional: true,
      label: { type: 'plain_text', text: 'Anything else?' },
      element: { type: 'plain_text_input', action_id: 'more' },
    },
  ],
};

/** A desk in which Alice has just pressed a button, at a clock that the test moves. */
const pressed = async (react: (payload: Payload) => Reply = () => ({})) => {
  const endpoint = await startedEndpoint(react);
  const clock = { at: 1_732_323_232_000 };
  const desk = await startedDesk({ interactionsUrl: endpoint.url }, { now: () => clock.at });
  const blocks = [{ type: 'actions' as const, elements: [button('false_positive', 'inc-1')] }];
  const { ts } = await desk.slack.chat.postMessage({ channel: 'C0INCIDENTS', text: 'x', blocks });
  await desk.call('POST', `/api/messages/${ts}/actions/false_positive`, { user: 'U0ALICE' });
  const trigger_id = endpoint.posted[0]?.payload.trigger_id ?? '';
  const views = async () =>
    (await desk.call('GET', '/api/views')).body as unknown as readonly Record<string, unknown>[];
  return { ...desk, posted: endpoint.posted, trigger_id, clock, views };
};

const opened = async (react?: (payload: Payload) => Reply) => {
  const desk = await pressed(react);
  const { view } = await desk.slack.views.open({ trigger_id: desk.trigger_id, view: MODAL });
  const submit = (values: unknown, user = 'U0ALICE') =>
    desk.call('POST', `/api/views/${view?.id}/submit`, { user, values });
  return { ...desk, view, submit };
};

describe('opening a modal', () => {
  it('opens it for the one who pressed', async () => {
    const { view, views } = await opened();
    expect(view).toMatchObject({ type: 'modal', callback_id: 'why', hash: expect.any(String) });
    expect(await views()).toMatchObject([
      {
        id: view?.id,
        user: 'U0ALICE',
        callback_id: 'why',
        private_metadata: '{"value":"inc-1"}',
        title: MODAL.title,
        opened_at: '2024-11-23T00:53:52.000Z',
      },
    ]);
  });

  it('takes a trigger once, within three seconds, and none that it did not give', async () => {
    const { slack, trigger_id, views } = await pressed();
    const open = (id: string) => errorOf(slack.views.open({ trigger_id: id, view: MODAL }));
    expect(await open('1.2.made-up')).toMatchObject({ error: 'invalid_trigger_id' });
    await slack.views.open({ trigger_id, view: MODAL });
    expect(await open(trigger_id)).toMatchObject({ error: 'exchanged_trigger_id' });
    expect(await views()).toHaveLength(1);
  });

  it('finds a trigger expired after three seconds', async () => {
    const { slack, trigger_id, clock } = await pressed();
    clock.at += 3001;
    expect(await errorOf(slack.views.open({ trigger_id, view: MODAL }))).toMatchObject({
      error: 'expired_trigger_id',
    });
  });

  it('refuses a modal that Slack would not take, and keeps the trigger good', async () => {
    const { slack, trigger_id } = await pressed();
    const view: ModalView = { ...MODAL, title: { type: 'plain_text', text: 'x'.repeat(25) } };
    expect(await errorOf(slack.views.open({ trigger_id, view }))).toMatchObject({
      error: 'invalid_arguments',
      response_metadata: {
        messages: ['[ERROR] must be less than 25 characters [json-pointer:/view/title/text]'],
      },
    });
    await expect(slack.views.open({ trigger_id, view: MODAL })).resolves.toMatchObject({ ok: true });
  });
});

describe('submitting a modal', () => {
  it('posts what was typed and closes when the answer is empty', async () => {
    const { submit, posted, views, view } = await opened();
    expect(await submit({ reason: { text: 'known job' } })).toMatchObject({
      status: 200,
      body: { ok: true, status: 200 },
    });
    expect(posted[1]?.payload).toMatchObject({
      type: 'view_submission',
      user: { id: 'U0ALICE', team_id: 'T0DESK0001' },
      view: {
        id: view?.id,
        callback_id: 'why',
        private_metadata: '{"value":"inc-1"}',
        hash: view?.hash,
        state: {
          values: {
            reason: { text: { type: 'plain_text_input', value: 'known job' } },
            note: { more: { type: 'plain_text_input', value: null } },
          },
        },
      },
    });
    expect(await views()).toEqual([]);
  });

  it('takes values by action alone', async () => {
    const { submit, posted } = await opened();
    await submit({ text: 'known job', more: 'no' });
    expect(posted[1]?.payload.view).toHaveProperty('state.values.note.more.value', 'no');
  });

  it.each([
    ['empty', '', 'Please complete this required field.'],
    ['blank', '  \n', 'Please complete this required field.'],
    ['too short', 'no', 'Must be at least 3 characters.'],
    ['too long', 'x'.repeat(21), 'Must be at most 20 characters.'],
  ])('posts nothing while a required input is %s', async (_, text, complaint) => {
    const { submit, posted, views } = await opened();
    expect(await submit({ text })).toMatchObject({
      status: 200,
      body: { ok: false, errors: { reason: complaint } },
    });
    expect(posted).toHaveLength(1);
    expect(await views()).toHaveLength(1);
  });

  it('stays open with the endpoint’s errors', async () => {
    const errors = { reason: 'Say more' };
    const body = JSON.stringify({ response_action: 'errors', errors });
    const { submit, views } = await opened(({ type }) => (type === 'view_submission' ? { body } : {}));
    expect(await submit({ text: 'known job' })).toMatchObject({ status: 200, body: { ok: false, errors } });
    expect(await views()).toHaveLength(1);
  });

  it.each([
    ['clears', { response_action: 'clear' }, 200, 0],
    ['closes on an empty object', {}, 200, 0],
    ['updates', { response_action: 'update', view: { ...MODAL, callback_id: 'then' } }, 200, 1],
    ['stays open on an answer that makes no sense', { response_action: 'dance' }, 502, 1],
  ])('%s as the endpoint answers', async (_, answer, status, left) => {
    const body = JSON.stringify(answer);
    const { submit, views } = await opened(({ type }) => (type === 'view_submission' ? { body } : {}));
    expect(await submit({ text: 'known job' })).toHaveProperty('status', status);
    expect(await views()).toHaveLength(left);
  });

  it('stays open when the endpoint fails', async () => {
    const { submit, views } = await opened(({ type }) => (type === 'view_submission' ? { status: 500 } : {}));
    expect(await submit({ text: 'known job' })).toMatchObject({
      status: 502,
      body: { ok: false, status: 500 },
    });
    expect(await views()).toHaveLength(1);
  });

  it('is for the one who has it open, and for inputs that it has', async () => {
    const { submit, posted } = await opened();
    expect(await submit({ text: 'known job' }, 'U0BOB')).toHaveProperty('status', 404);
    expect(await submit({ nonsense: 'x' })).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('values.nonsense') },
    });
    expect(posted).toHaveLength(1);
  });

  it('closes without a word when it is cancelled', async () => {
    const { call, view, views, posted } = await opened();
    expect(await call('POST', `/api/views/${view?.id}/close`, { user: 'U0BOB' })).toHaveProperty(
      'status',
      404,
    );
    expect(await call('POST', `/api/views/${view?.id}/close`, { user: 'U0ALICE' })).toHaveProperty(
      'status',
      200,
    );
    expect(await views()).toEqual([]);
    expect(posted).toHaveLength(1);
  });
});
