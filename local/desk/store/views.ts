import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock';
import { APP_ID, BOT, TEAM } from '../identity';
import { type Json, listOf, objectOf, textOf } from '../json';
import { withBlockIds } from './messages';

/** A modal as Slack holds it, and for whom it is open. */
export type View = {
  readonly id: string;
  readonly team_id: string;
  readonly app_id: string;
  readonly bot_id: string;
  readonly type: 'modal';
  readonly callback_id: string;
  readonly private_metadata: string;
  readonly external_id: string;
  readonly title: Json;
  readonly submit: Json | null;
  readonly close: Json | null;
  readonly blocks: readonly Json[];
  readonly hash: string;
  readonly root_view_id: string;
  readonly previous_view_id: null;
  readonly clear_on_close: boolean;
  readonly notify_on_close: boolean;
  readonly user: string;
  readonly opened_at: string;
};

export type Views = {
  readonly all: () => readonly View[];
  readonly find: (id: string) => View | undefined;
  readonly open: (user: string, view: Json) => View;
  readonly update: (old: View, view: Json) => View;
  readonly close: (id: string) => void;
};

export const openViews = (now: Clock, changed: () => void): Views => {
  const byId = new Map<string, View>();
  const keep = (view: View): View => {
    byId.set(view.id, view);
    changed();
    return view;
  };
  const hash = (): string => `${Math.floor(now() / 1000)}.${randomBytes(4).toString('hex')}`;
  return {
    all: () => [...byId.values()],
    find: (id) => byId.get(id),
    open: (user, view) => {
      const id = `V${randomBytes(5).toString('hex').toUpperCase()}`;
      const opened_at = new Date(now()).toISOString();
      return keep({ ...contentOf(view), ...FIXED, id, root_view_id: id, hash: hash(), user, opened_at });
    },
    update: (old, view) => keep({ ...old, ...contentOf(view), hash: hash() }),
    close: (id) => {
      if (byId.delete(id)) changed();
    },
  };
};

const FIXED = {
  team_id: TEAM.id,
  app_id: APP_ID,
  bot_id: BOT.id,
  type: 'modal',
  external_id: '',
  previous_view_id: null,
} as const;

const contentOf = (view: Json) => ({
  callback_id: textOf(view.callback_id),
  private_metadata: textOf(view.private_metadata),
  title: objectOf(view.title),
  submit: view.submit === undefined ? null : objectOf(view.submit),
  close: view.close === undefined ? null : objectOf(view.close),
  blocks: withBlockIds(listOf(view.blocks).map(objectOf)),
  clear_on_close: view.clear_on_close === true,
  notify_on_close: view.notify_on_close === true,
});

/** Without what only the desk knows of it. */
export const asSlackShowsIt = ({ user: _user, opened_at: _openedAt, ...view }: View) => view;
