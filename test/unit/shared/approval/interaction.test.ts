import fc from 'fast-check';
import {
  FORCE_DRIFT,
  parseInteraction,
  REASON_BLOCK,
  REASON_MODAL,
} from '../../../../shared/approval/interaction';
import { reasonModal } from '../../../../shared/approval/reasonModal';
import { DECISIONS } from '../../../../shared/incident/incident';

const ID = 'inc-20261120-0123456789ab';
const PRESS = '0123456789abcdef0123456789abcdef';
const body = (payload: unknown): string =>
  new URLSearchParams({ payload: JSON.stringify(payload) }).toString();

const pressed = (action_id: string, value: string | undefined = `${ID}.${PRESS}`, changes: object = {}) => ({
  type: 'block_actions',
  user: { id: 'U0ONCALL', username: 'alice', team_id: 'T0TEAM' },
  api_app_id: 'A0APP',
  token: 'deprecated',
  container: { type: 'message', message_ts: '1763632800.000100', channel_id: 'C0INCIDENTS' },
  trigger_id: '12.34.ab',
  team: { id: 'T0TEAM', domain: 'example' },
  channel: { id: 'C0INCIDENTS', name: 'incidents' },
  message: { type: 'message', ts: '1763632800.000100', text: 'hidden' },
  response_url: 'https://hooks.slack.com/actions/x',
  actions: [{ type: 'button', action_id, block_id: 'decide-2', value, action_ts: '1763632801.000100' }],
  ...changes,
});

const submitted = (changes: object = {}, reason: unknown = 'a load test') => ({
  type: 'view_submission',
  user: { id: 'U0ONCALL' },
  view: {
    id: 'V0VIEW',
    callback_id: REASON_MODAL,
    private_metadata: reasonModal(`${ID}.${PRESS}`, 'C0INCIDENTS').private_metadata,
    state: {
      values: { [REASON_BLOCK]: { [REASON_BLOCK]: { type: 'plain_text_input', value: reason } } },
    },
    ...changes,
  },
});

describe('a button that was pressed', () => {
  it('is read as having put back what was changed, and names no control: the ledger does', () => {
    expect(parseInteraction(body(pressed(FORCE_DRIFT)))).toEqual({
      kind: 'force',
      user: 'U0ONCALL',
      incidentId: ID,
      press: PRESS,
      channel: 'C0INCIDENTS',
    });
    expect(parseInteraction(body(pressed(FORCE_DRIFT, `${ID}.ab`)))).toEqual({ kind: 'other' });
  });

  it.each(DECISIONS)('is read as the decision %s', (action) => {
    expect(parseInteraction(body(pressed(action)))).toEqual({
      kind: 'decision',
      user: 'U0ONCALL',
      action,
      incidentId: ID,
      press: PRESS,
      triggerId: '12.34.ab',
      channel: 'C0INCIDENTS',
    });
  });

  it.each([
    ['rotate_secret', 'rotate'],
    ['leave_secret', 'leave'],
  ])('is read as the answer to a question: %s', (action_id, answer) => {
    expect(parseInteraction(body(pressed(action_id, `${ID}.abcdef012345`)))).toEqual({
      kind: 'question',
      user: 'U0ONCALL',
      answer,
      incidentId: ID,
      questionId: 'abcdef012345',
      channel: 'C0INCIDENTS',
    });
  });

  it('does not need a channel', () => {
    expect(
      parseInteraction(body(pressed('release', `${ID}.${PRESS}`, { channel: undefined }))),
    ).toMatchObject({
      kind: 'decision',
      channel: null,
    });
  });

  it.each([
    ['unknown_action', `${ID}.${PRESS}`],
    ['constructor', `${ID}.${PRESS}`],
    ['release', ''],
    ['release', ID],
    ['release', `${ID}.`],
    ['release', `${ID}.x`],
    ['release', `${ID}.2.3`],
    ['release', ` ${ID}.2`],
    ['release', `${ID}.2\n`],
    ['release', `${ID}.1234567890123`],
    ['release', 'inc-20261120-0123456789AB.2'],
    ['release', 'incident#inc-20261120-0123456789ab.2'],
    ['release', '../../etc/passwd.2'],
    ['release', `${ID}.abc`],
    ['release', `${ID}.1e3`],
  ])('is none of ours with the action %j and the value %j', (action, value) => {
    expect(parseInteraction(body(pressed(action, value)))).toEqual({ kind: 'other' });
  });

  it('is none of ours without a value (a link button)', () => {
    const payload = { ...pressed('release'), actions: [{ action_id: 'release' }] };

    expect(parseInteraction(body(payload))).toEqual({ kind: 'other' });
  });

  it.each([
    'alice',
    '',
    'u0oncall',
    'U',
    '<@U0ONCALL>',
    'U0ONCALL\n',
    'arn:aws:iam::123456789012:user/alice',
  ])('is not taken from a user whose id is %j', (id) => {
    expect(parseInteraction(body(pressed('release', `${ID}.${PRESS}`, { user: { id } })))).toBeNull();
  });

  it.each(['user', 'trigger_id', 'actions', 'type'])('is not understood without %s', (field) => {
    expect(parseInteraction(body({ ...pressed('release'), [field]: undefined }))).toBeNull();
  });

  it('is not understood without any action', () => {
    expect(parseInteraction(body({ ...pressed('release'), actions: [] }))).toBeNull();
  });
});

describe('a modal that was submitted', () => {
  it('is read as the reason, about what the modal was opened for', () => {
    expect(parseInteraction(body(submitted()))).toEqual({
      kind: 'reason',
      user: 'U0ONCALL',
      incidentId: ID,
      press: PRESS,
      reason: 'a load test',
      channel: 'C0INCIDENTS',
    });
  });

  it.each([null, undefined, ''])('is read with an empty reason where Slack sends %j', (reason) => {
    const payload = submitted({
      state: { values: { [REASON_BLOCK]: { [REASON_BLOCK]: { value: reason } } } },
    });

    expect(parseInteraction(body(payload))).toMatchObject({ kind: 'reason', reason: '' });
  });

  it.each([
    [{ callback_id: 'another_modal' }],
    [{ private_metadata: '' }],
    [{ private_metadata: 'not json' }],
    [{ private_metadata: 'null' }],
    [{ private_metadata: '{"value":"inc-1.2","channel":null}' }],
    [{ private_metadata: JSON.stringify({ value: `${ID}.${PRESS}` }) }],
    [{ private_metadata: JSON.stringify({ value: [`${ID}.${PRESS}`], channel: null }) }],
  ])('is none of ours with %j', (changes) => {
    expect(parseInteraction(body(submitted(changes)))).toEqual({ kind: 'other' });
  });
});

describe('the body of a request', () => {
  it.each([
    '',
    'payload',
    'payload=',
    'payload=null',
    'payload=%5B%5D',
    'payload=%7B%22type%22%3A%22shortcut%22%7D',
    'payload=%7Bnot%20json',
    'payload=%E0%A4%A',
    'other=1',
    '{"type":"block_actions"}',
    'payload={"__proto__":{"type":"block_actions"}}',
  ])('is not understood when it is %j', (text) => {
    expect(parseInteraction(text)).toBeNull();
  });

  it('never makes the parser throw (property: any text)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        parseInteraction(text);
        parseInteraction(`payload=${text}`);
      }),
    );
  });

  it('never makes the parser throw, nor hand on what is not an id, a user and what a button carries (property: any JSON)', () => {
    const anything = fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary' }));
    const payload = fc.oneof(
      fc.jsonValue(),
      fc.record({
        type: fc.constantFrom('block_actions', 'view_submission'),
        user: fc.record({ id: fc.oneof(fc.constant('U0ONCALL'), anything) }),
        trigger_id: fc.oneof(fc.constant('1.2'), anything),
        actions: fc.array(
          fc.record({
            action_id: fc.constantFrom(...DECISIONS, 'rotate_secret', 'other'),
            value: fc.oneof(fc.stringMatching(/^inc-\d{8}-[0-9a-f]{12}\.[0-9a-f]{0,33}$/), anything),
          }),
        ),
        view: fc.record({
          callback_id: fc.constantFrom(REASON_MODAL, 'other'),
          private_metadata: fc.oneof(
            fc
              .stringMatching(/^inc-\d{8}-[0-9a-f]{12}\.[0-9a-f]{31,33}$/)
              .map((value) => JSON.stringify({ value, channel: null })),
            fc.string(),
          ),
          state: fc.record({ values: fc.oneof(fc.constant({}), fc.jsonValue()) }),
        }),
      }),
    );

    fc.assert(
      fc.property(payload, (value) => {
        const read = parseInteraction(body(value));
        if (read === null || read.kind === 'other') return;
        expect(read.incidentId).toMatch(/^inc-\d{8}-[0-9a-f]{12}$/);
        expect(read.user).toMatch(/^[UW][A-Z0-9]+$/);
        if ('press' in read) expect(read.press).toMatch(/^[0-9a-f]{32}$/);
      }),
      { numRuns: 500 },
    );
  });
});
