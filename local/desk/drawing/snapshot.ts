import { BOT, TEAM } from '../identity';
import type { Desk } from '../state';
import type { Message, SharedFile } from '../store/messages';
import type { View } from '../store/views';
import { type DrawnBlock, drawBlock, drawText } from './blocks';
import type { Names, Rich } from './rich';

type DrawnMessage = {
  readonly ts: string;
  readonly channel: string;
  readonly threadTs: string | null;
  readonly alsoInChannel: boolean;
  readonly editedTs: string | null;
  readonly ephemeralTo: string | null;
  /** Shown where there are no blocks. */
  readonly text: readonly Rich[];
  readonly blocks: readonly DrawnBlock[];
  readonly files: readonly SharedFile[];
};

// Messages are values, so a drawing is good for as long as its message is there.
const drawings = new WeakMap<Message, DrawnMessage>();

/** Everything that the page shows, in one answer. */
export const snapshot = (desk: Desk) => {
  const names = namesOf(desk);
  return {
    revision: desk.stream.revision(),
    team: TEAM.name,
    bot: BOT.label,
    channels: desk.options.channels,
    users: desk.options.users,
    connected: desk.target.url() !== null,
    messages: desk.messages.all().map((message) => drawMessage(message, names)),
    views: desk.views.all().map((view) => drawView(view, names)),
    alerts: desk.alerts.alerts().toReversed(),
  };
};

const namesOf = ({ options: { users, channels } }: Desk): Names => ({
  user: (wanted) => users.find(({ id }) => id === wanted)?.name,
  channel: (wanted) => channels.find(({ id }) => id === wanted)?.name,
});

const drawMessage = (message: Message, names: Names): DrawnMessage => {
  const known = drawings.get(message);
  if (known !== undefined) return known;
  const drawing = {
    ts: message.ts,
    channel: message.channel,
    threadTs: message.thread_ts ?? null,
    alsoInChannel: message.subtype === 'thread_broadcast',
    editedTs: message.edited?.ts ?? null,
    ephemeralTo: message.ephemeral_to ?? null,
    text: message.blocks.length > 0 ? [] : drawText({ text: message.text }, names),
    blocks: message.blocks.map((block) => drawBlock(block, names)),
    files: message.files ?? [],
  };
  drawings.set(message, drawing);
  return drawing;
};

const drawView = (view: View, names: Names) => ({
  id: view.id,
  hash: view.hash,
  user: view.user,
  title: drawText(view.title, names),
  submit: view.submit === null ? null : drawText(view.submit, names),
  close: view.close === null ? null : drawText(view.close, names),
  blocks: view.blocks.map((block) => drawBlock(block, names)),
});
