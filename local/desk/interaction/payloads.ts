import { APP_ID, DEPRECATED_TOKEN, TEAM } from '../identity';
import type { Json } from '../json';
import type { Desk } from '../state';
import type { Message } from '../store/messages';
import { asSlackShowsIt, type View } from '../store/views';
import type { Button } from './button';

/** `block_actions` (https://docs.slack.dev/reference/interaction-payloads/block_actions-payload/). */
export const pressPayload = (desk: Desk, message: Message, button: Button, user: string): Json => {
  const { ts, channel, thread_ts, ephemeral_to } = message;
  const { channel: _channel, ephemeral_to: _to, ...shown } = message;
  const ephemeral = ephemeral_to !== undefined;
  const thread = thread_ts === undefined ? {} : { thread_ts };
  const { name = channel } = desk.options.channels.find(({ id }) => id === channel) ?? {};
  return {
    type: 'block_actions',
    ...about(desk, user),
    container: { type: 'message', message_ts: ts, ...thread, channel_id: channel, is_ephemeral: ephemeral },
    channel: { id: channel, name },
    // Slack does not hold ephemerals, so it cannot send them along.
    ...(ephemeral ? {} : { message: shown }),
    state: { values: {} },
    response_url: `${desk.address()}${desk.responseUrls.issue({ user, channel, ts })}`,
    actions: [{ type: 'button', ...button, action_ts: desk.nextTs() }],
  };
};

export type StateValue =
  | { readonly type: 'plain_text_input'; readonly value: string | null }
  | { readonly type: 'static_select'; readonly selected_option: Json | null };
export type StateValues = Readonly<Record<string, Readonly<Record<string, StateValue>>>>;

/** `view_submission` (https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload/). */
export const submissionPayload = (desk: Desk, view: View, values: StateValues): Json => ({
  type: 'view_submission',
  ...about(desk, view.user),
  view: { ...asSlackShowsIt(view), state: { values } },
  response_urls: [],
});

const about = (desk: Desk, user: string) => ({
  team: { id: TEAM.id, domain: TEAM.domain },
  user: { id: user, ...namesOf(desk, user), team_id: TEAM.id },
  api_app_id: APP_ID,
  token: DEPRECATED_TOKEN,
  trigger_id: desk.triggers.issue(user),
  enterprise: null,
  is_enterprise_install: false,
});

const namesOf = (desk: Desk, user: string) => {
  const { name: known = user } = desk.options.users.find(({ id }) => id === user) ?? {};
  const name = known.toLowerCase().replaceAll(/\s+/g, '.');
  return { username: name, name };
};
