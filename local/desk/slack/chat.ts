import { type Json, textOf } from '../json';
import type { DeskOptions } from '../options';
import type { Desk } from '../state';
import type { Message } from '../store/messages';
import { missing, refused, type SlackAnswer } from './answers';
import { isTrue } from './arguments';
import { contentOf } from './content';

/** By id, or by name with or without the #. */
const channelOf = ({ channels }: DeskOptions, { channel }: Json): string | undefined =>
  channels.find(({ id, name }) => channel === id || channel === `#${name}` || channel === name)?.id;

/** A reply to a reply joins the thread that the reply is in. */
export const threadOf = (
  desk: Desk,
  channel: string,
  { thread_ts }: Json,
): { readonly ts?: string } | null => {
  if (thread_ts === undefined || thread_ts === '') return {};
  const parent = desk.messages.find(textOf(thread_ts));
  if (parent === undefined || parent.channel !== channel || parent.ephemeral_to !== undefined) return null;
  return { ts: parent.thread_ts ?? parent.ts };
};

/** Slack's answer has the message without the channel, which stands beside it. */
const shown = ({ channel: _channel, ...message }: Message): Json => message;

export const postMessage = (desk: Desk, args: Json): SlackAnswer => {
  const channel = channelOf(desk.options, args);
  if (channel === undefined) return refused('channel_not_found');
  const content = contentOf(args);
  if ('refusal' in content) return content.refusal;
  const thread = threadOf(desk, channel, args);
  if (thread === null) return refused('thread_not_found');
  const message = desk.messages.post({
    channel,
    ...content,
    ...(thread.ts === undefined ? {} : { thread_ts: thread.ts }),
    ...(thread.ts !== undefined && isTrue(args.reply_broadcast) ? { subtype: 'thread_broadcast' } : {}),
  });
  return { ok: true, channel, ts: message.ts, message: shown(message) };
};

export const postEphemeral = (desk: Desk, args: Json): SlackAnswer => {
  const channel = channelOf(desk.options, args);
  if (channel === undefined) return refused('channel_not_found');
  if (textOf(args.user) === '') return missing('user');
  const user = desk.options.users.find(({ id }) => id === args.user)?.id;
  if (user === undefined) return refused('user_not_in_channel');
  const content = contentOf(args);
  if ('refusal' in content) return content.refusal;
  const thread = threadOf(desk, channel, args);
  if (thread === null) return refused('thread_not_found');
  const message = desk.messages.post({
    channel,
    ...content,
    ephemeral_to: user,
    ...(thread.ts === undefined ? {} : { thread_ts: thread.ts }),
  });
  return { ok: true, message_ts: message.ts };
};

/** Text alone takes the old blocks away; blocks alone leave the old text, which then serves notifications. */
export const update = (desk: Desk, args: Json): SlackAnswer => {
  const channel = channelOf(desk.options, args);
  if (channel === undefined) return refused('channel_not_found');
  if (textOf(args.ts) === '') return missing('ts');
  const old = desk.messages.find(textOf(args.ts));
  // Slack cannot find ephemerals either: only a response_url changes those.
  if (old === undefined || old.channel !== channel || old.ephemeral_to !== undefined) {
    return refused('message_not_found');
  }
  const content = contentOf(args);
  if ('refusal' in content) return content.refusal;
  const text = args.text === undefined ? old.text : content.text;
  const message = desk.messages.update(old, { text, blocks: content.blocks });
  return { ok: true, channel, ts: message.ts, text: message.text, message: shown(message) };
};
