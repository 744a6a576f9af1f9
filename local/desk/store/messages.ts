import { APP_ID, BOT, TEAM } from '../identity';
import type { Json } from '../json';

/** A file as a message shows it; its bytes are at `/files/<id>`. */
export type SharedFile = {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  /** In bytes. */
  readonly size: number;
};

/** A message as Slack holds it. */
export type Message = {
  readonly type: 'message';
  readonly subtype?: 'thread_broadcast';
  readonly ts: string;
  readonly channel: string;
  readonly team: string;
  readonly user: string;
  readonly bot_id: string;
  readonly app_id: string;
  readonly text: string;
  readonly blocks: readonly Json[];
  readonly thread_ts?: string;
  readonly edited?: { readonly user: string; readonly ts: string };
  /** What was uploaded with it. */
  readonly files?: readonly SharedFile[];
  /** The one person who sees it. */
  readonly ephemeral_to?: string;
};

export type Content = Pick<Message, 'text' | 'blocks'>;
export type Draft = Content & Pick<Message, 'channel' | 'thread_ts' | 'subtype' | 'files' | 'ephemeral_to'>;

export type Messages = {
  readonly all: () => readonly Message[];
  readonly find: (ts: string) => Message | undefined;
  readonly post: (draft: Draft) => Message;
  readonly update: (message: Message, content: Content) => Message;
  readonly remove: (ts: string) => void;
};

/** Messages are values: an update puts another one in the old one's place. */
export const openMessages = (nextTs: () => string, changed: () => void): Messages => {
  const byTs = new Map<string, Message>();
  const keep = (message: Message): Message => {
    byTs.set(message.ts, message);
    changed();
    return message;
  };
  return {
    all: () => [...byTs.values()],
    find: (ts) => byTs.get(ts),
    post: (draft) =>
      keep({ type: 'message', ts: nextTs(), ...AUTHOR, ...draft, blocks: withBlockIds(draft.blocks) }),
    update: (message, { text, blocks }) =>
      keep({ ...message, text, blocks: withBlockIds(blocks), edited: { user: BOT.userId, ts: nextTs() } }),
    remove: (ts) => {
      if (byTs.delete(ts)) changed();
    },
  };
};

const AUTHOR = { team: TEAM.id, user: BOT.userId, bot_id: BOT.id, app_id: APP_ID } as const;

/** Slack names the blocks that the app left nameless; a press says in which block it was. */
export const withBlockIds = (blocks: readonly Json[]): readonly Json[] => {
  const taken = new Set(blocks.map(({ block_id }) => block_id));
  let next = 0;
  const free = (): string => {
    do next += 1;
    while (taken.has(`b${next}`));
    return `b${next}`;
  };
  return blocks.map((block) => (typeof block.block_id === 'string' ? block : { ...block, block_id: free() }));
};
