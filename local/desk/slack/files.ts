import { MOST_BYTES } from '../http/body';
import { isJson, type Json, listOf, textOf } from '../json';
import type { Desk } from '../state';
import type { SharedFile } from '../store/messages';
import { missing, refused, refusedFor, type SlackAnswer } from './answers';
import { structured } from './arguments';
import { threadOf } from './chat';
import { checkBlocks, IN_MESSAGES } from './checkBlocks';

/*
 * Slack's upload in three steps: https://docs.slack.dev/reference/methods/files.getUploadURLExternal, a POST of the bytes
 * to the address that it gives, and https://docs.slack.dev/reference/methods/files.completeUploadExternal.
 */

const LONGEST_NAME = 255;

export const getUploadUrl = (desk: Desk, args: Json): SlackAnswer => {
  const name = textOf(args.filename);
  const size = Number(args.length);
  if (name === '') return missing('filename');
  if (name.length > LONGEST_NAME)
    return refusedFor('invalid_arguments', ['filename must be less than 256 characters']);
  if (args.length === undefined || !Number.isInteger(size) || size < 1) return missing('length');
  // A workspace may restrict what it takes; the desk takes no more than a request of its own may hold.
  if (size > MOST_BYTES) return refused('file_upload_size_restricted');
  const { id, secret } = desk.files.announce(name, size);
  return { ok: true, upload_url: `${desk.address()}/upload/v1/${secret}`, file_id: id };
};

/** The files of a call, each uploaded and not shared before, or Slack's code for why not. */
const uploadedOf = (desk: Desk, args: Json): readonly SharedFile[] | string => {
  const wanted = listOf(structured(args.files)).filter(isJson);
  if (wanted.length === 0) return 'invalid_arguments';
  const found = wanted.flatMap(({ id, title }) => {
    const file = desk.files.find(textOf(id));
    return file === undefined || file.content === null || file.completed
      ? []
      : [{ id: file.id, name: file.name, title: textOf(title) || file.name, size: file.size }];
  });
  return found.length === wanted.length ? found : 'file_not_found';
};

/** Without a channel the files stay private: nobody sees them. */
export const completeUpload = (desk: Desk, args: Json): SlackAnswer => {
  const files = uploadedOf(desk, args);
  if (typeof files === 'string') return refused(files);
  const wanted = textOf(args.channel_id);
  // By id alone, other than a message.
  const channel = desk.options.channels.find(({ id }) => id === wanted)?.id;
  if (wanted !== '' && channel === undefined) return refused('channel_not_found');
  const text = textOf(args.initial_comment);
  const given = args.blocks === undefined || args.blocks === '' ? [] : structured(args.blocks);
  if (!Array.isArray(given)) return refused('invalid_blocks_format');
  const issues = checkBlocks(given, '/blocks', { most: 50, known: IN_MESSAGES });
  if (issues.length > 0) return refusedFor('invalid_blocks', issues);
  if (channel !== undefined) {
    const thread = threadOf(desk, channel, args);
    if (thread === null) return refused('thread_not_found');
    desk.messages.post({
      channel,
      text,
      // "If the initial_comment field is provided, the blocks field is ignored."
      blocks: text === '' ? given.filter(isJson) : [],
      files,
      ...(thread.ts === undefined ? {} : { thread_ts: thread.ts }),
    });
  }
  for (const { id, title } of files) desk.files.complete(id, title);
  return { ok: true, files: files.map(({ id, title }) => ({ id, title })) };
};
