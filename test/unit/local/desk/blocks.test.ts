import { checkBlocks, IN_MESSAGES } from '../../../../local/desk/slack/checkBlocks';
import { checkView } from '../../../../local/desk/slack/checkView';
import { closeAll, errorOf, startedDesk } from './startedDesk';

afterEach(closeAll);

const long = (length: number): string => 'x'.repeat(length);
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const plain = (text: string) => ({ type: 'plain_text', text });
const press = (change: object) => ({ type: 'button', action_id: 'go', text: plain('Go'), ...change });
const actions = (...elements: object[]) => ({ type: 'actions', elements });
const section = (change: object) => ({ type: 'section', ...change });
const issuesOf = (blocks: readonly unknown[]) =>
  checkBlocks(blocks, '/blocks', { most: 50, known: IN_MESSAGES });

describe('blocks that Slack would not take', () => {
  it.each<[string, object[], string]>([
    ['51 blocks', Array.from({ length: 51 }, () => ({ type: 'divider' })), '/blocks'],
    ['a long section', [section({ text: mrkdwn(long(3001)) })], '/blocks/0/text/text'],
    ['an empty section', [section({ text: mrkdwn('') })], '/blocks/0/text/text'],
    ['a section with nothing in it', [section({})], '/blocks/0'],
    ['11 fields', [section({ fields: Array.from({ length: 11 }, () => mrkdwn('x')) })], '/blocks/0/fields'],
    ['a long field', [section({ fields: [mrkdwn('x'), mrkdwn(long(2001))] })], '/blocks/0/fields/1/text'],
    ['a long header', [{ type: 'header', text: plain(long(151)) }], '/blocks/0/text/text'],
    ['a header with styles', [{ type: 'header', text: mrkdwn('x') }], '/blocks/0/text/type'],
    [
      '11 context elements',
      [{ type: 'context', elements: Array.from({ length: 11 }, () => mrkdwn('x')) }],
      '/blocks/0/elements',
    ],
    ['26 buttons', [actions(...Array.from({ length: 26 }, () => press({})))], '/blocks/0/elements'],
    ['no button', [actions()], '/blocks/0/elements'],
    ['a long label', [actions(press({ text: plain(long(76)) }))], '/blocks/0/elements/0/text/text'],
    ['a long value', [actions(press({ value: long(2001) }))], '/blocks/0/elements/0/value'],
    ['a long action_id', [actions(press({ action_id: long(256) }))], '/blocks/0/elements/0/action_id'],
    ['a style of its own', [actions(press({ style: 'pink' }))], '/blocks/0/elements/0/style'],
    [
      'a question without an answer',
      [actions(press({ confirm: { title: plain('x') } }))],
      '/blocks/0/elements/0/confirm/deny',
    ],
    ['a long block_id', [{ type: 'divider', block_id: long(256) }], '/blocks/0/block_id'],
    [
      'two of one block_id',
      [
        { type: 'divider', block_id: 'a' },
        { type: 'divider', block_id: 'a' },
      ],
      '/blocks/1/block_id',
    ],
    ['an unknown type', [{ type: 'toString' }], '/blocks/0/type'],
  ])('points at %s', (_, blocks, pointer) => {
    expect(issuesOf(blocks)).toContainEqual(expect.stringContaining(`[json-pointer:${pointer}]`));
  });

  it('takes everything that is just within the limits', () => {
    const blocks = [
      { type: 'header', text: plain(long(150)) },
      section({ text: mrkdwn(long(3000)), fields: Array.from({ length: 10 }, () => mrkdwn(long(2000))) }),
      actions(
        ...Array.from({ length: 25 }, () =>
          press({ text: plain(long(75)), value: long(2000), style: 'danger' }),
        ),
      ),
      { type: 'context', elements: Array.from({ length: 10 }, () => mrkdwn('x')) },
      ...Array.from({ length: 46 }, () => ({ type: 'divider' })),
    ];
    expect(issuesOf(blocks)).toEqual([]);
  });

  it('gives the reasons where Slack’s client looks for them', async () => {
    const { slack } = await startedDesk();
    const blocks = [section({ text: mrkdwn(long(3001)) })];
    expect(
      await errorOf(slack.apiCall('chat.postMessage', { channel: 'C0OTHER', text: 'x', blocks })),
    ).toMatchObject({
      error: 'invalid_blocks',
      response_metadata: {
        messages: ['[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]'],
      },
    });
  });
});

describe('modals that Slack would not take', () => {
  const input = {
    type: 'input',
    label: plain('Why?'),
    element: { type: 'plain_text_input', action_id: 'why' },
  };
  const modal = (change: object) => ({
    type: 'modal',
    title: plain('Why'),
    submit: plain('Go'),
    blocks: [input],
    ...change,
  });

  it.each([
    ['a title of 25 characters', { title: plain(long(25)) }, '/view/title/text'],
    ['no title', { title: undefined }, '/view/title'],
    ['an input and no way to submit it', { submit: undefined }, '/view'],
    ['long private metadata', { private_metadata: long(3001) }, '/view/private_metadata'],
    ['another kind of view', { type: 'home' }, '/view/type'],
    ['101 blocks', { blocks: Array.from({ length: 101 }, () => ({ type: 'divider' })) }, '/view/blocks'],
  ])('points at %s', (_, change, pointer) => {
    expect(checkView(modal(change))).toContainEqual(expect.stringContaining(`[json-pointer:${pointer}]`));
  });

  it('takes a title of 24 characters', () => {
    expect(checkView(modal({ title: plain(long(24)) }))).toEqual([]);
  });
});
