import { blockNodes } from './blocks.js';
import { el } from './dom.js';
import { richNodes } from './rich.js';
import { dateOf, dayOf, timeOf, wholeOf } from './time.js';

const COMPACT_SECONDS = 300;

// Which threads the person folded; kept while messages come and go.
const folded = new Set();

/** The items of a channel: its days, and under them its messages with their threads. */
export const channelItems = (desk, channel, you) => {
  const seen = desk.messages.filter((m) => m.channel === channel && (m.ephemeralTo ?? you().id) === you().id);
  const items = [];
  let before;
  for (const message of seen.filter((m) => m.threadTs === null || m.alsoInChannel)) {
    const day = dateOf(message.ts).toDateString();
    if (before === undefined || dateOf(before.ts).toDateString() !== day) items.push(dayItem(message, day));
    const replies = seen.filter((m) => m.threadTs === message.ts);
    const compact = follows(message, before);
    items.push({
      key: message.ts,
      signature: JSON.stringify([message, replies, compact]),
      make: () => messageNode(message, { desk, you, replies, compact, inThread: false }),
    });
    before = message;
  }
  return items;
};

const dayItem = ({ ts }, day) => {
  const name = dayOf(dateOf(ts));
  return { key: day, signature: name, make: () => el('li', { class: 'day' }, el('span', {}, name)) };
};

/** Slack does not repeat the author of what is said in one breath. */
const follows = (message, before) =>
  before !== undefined &&
  message.ephemeralTo === null &&
  before.ephemeralTo === null &&
  !message.alsoInChannel &&
  message.blocks.length === 0 &&
  Number(message.ts) - Number(before.ts) < COMPACT_SECONDS;

const messageNode = (message, { desk, you, replies, compact, inThread }) => {
  const classes = ['message', compact ? 'compact' : '', message.ephemeralTo === null ? '' : 'ephemeral'];
  return el(
    'li',
    { class: classes.filter(Boolean).join(' '), id: `${inThread ? 'reply' : 'message'}-${message.ts}` },
    ...(message.ephemeralTo === null
      ? []
      : [el('p', { class: 'only' }, el('span', { 'aria-hidden': 'true' }, '👁 '), 'Only visible to you')]),
    ...(message.alsoInChannel && !inThread ? [el('p', { class: 'only' }, '↳ replied to a thread')] : []),
    compact ? timeNode(message) : el('span', { class: 'avatar', 'aria-hidden': 'true' }, desk.bot.charAt(0)),
    el(
      'div',
      { class: 'content' },
      ...(compact ? [] : [authorNode(message, desk.bot)]),
      ...(message.text.length === 0 ? [] : [el('div', { class: 'text' }, ...richNodes(message.text))]),
      ...blockNodes(message.blocks, { ts: message.ts, you }),
      ...message.files.map(fileNode),
      ...(message.editedTs === null ? [] : [editedNode(message)]),
      ...(replies.length === 0 ? [] : [threadNode(message, replies, { desk, you })]),
    ),
  );
};

/** Saved, never shown: what is in it is others' text. */
const fileNode = ({ id, name, title, size }) =>
  el(
    'p',
    { class: 'file' },
    el('a', { href: `/files/${encodeURIComponent(id)}`, download: name }, title),
    el('span', {}, `${name}, ${size.toLocaleString('en')} bytes`),
  );

const timeNode = ({ ts }) => {
  const date = dateOf(ts);
  return el('time', { datetime: date.toISOString(), title: wholeOf(date) }, timeOf(date));
};

const authorNode = (message, bot) =>
  el(
    'p',
    { class: 'author' },
    el('strong', {}, bot),
    el('span', { class: 'badge' }, 'APP'),
    timeNode(message),
  );

const editedNode = ({ editedTs }) =>
  el('span', { class: 'edited', title: `Edited ${wholeOf(dateOf(editedTs))}` }, '(edited)');

const threadNode = (parent, replies, { desk, you }) => {
  const last = dateOf(replies.at(-1).ts);
  const summary = el(
    'summary',
    {},
    el('span', { class: 'avatar small', 'aria-hidden': 'true' }, desk.bot.charAt(0)),
    el('strong', {}, replies.length === 1 ? '1 reply' : `${replies.length} replies`),
    el(
      'span',
      {},
      `Last reply ${dayOf(last).toLowerCase() === 'today' ? 'today' : dayOf(last)} at ${timeOf(last)}`,
    ),
  );
  const list = replies.map((reply, index) => {
    const compact = follows(reply, replies[index - 1]);
    return messageNode(reply, { desk, you, replies: [], compact, inThread: true });
  });
  const thread = el(
    'details',
    { class: 'thread', open: !folded.has(parent.ts) },
    summary,
    el('ol', {}, ...list),
  );
  thread.addEventListener('toggle', () => (thread.open ? folded.delete(parent.ts) : folded.add(parent.ts)));
  return thread;
};
