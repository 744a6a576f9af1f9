import type { KnownBlock, WebClient } from '@slack/web-api';
import type { NamedFile } from './channel';

/** Where it is shared, and with what. */
export type Share = {
  readonly channel: string;
  readonly thread_ts: string;
  readonly blocks: readonly KnownBlock[];
};

/** Slack did not take the file. */
export class UploadRefusedError extends Error {
  override readonly name = 'UploadRefusedError';
}

/** The file's bytes carry no token: the address alone says whose they are, so it must be Slack's own. */
const isSafe = (address: string, client: WebClient): boolean => {
  const { protocol, origin } = new URL(address);
  return protocol === 'https:' || origin === new URL(client.slackApiUrl).origin;
};

/**
 * Shares a file in a thread by Slack's three steps (https://docs.slack.dev/messaging/working-with-files): ask for an
 * address, send the bytes there, share. Needs the scope files:write. Nothing is seen by anybody before the last step.
 * Throws Slack's own errors, and {@link UploadRefusedError}.
 */
export const shareFile = async (
  client: WebClient,
  post: typeof fetch,
  { name, title, content }: NamedFile,
  { channel, thread_ts, blocks }: Share,
): Promise<void> => {
  const { upload_url, file_id } = await client.files.getUploadURLExternal({
    filename: name,
    length: content.byteLength,
  });
  if (upload_url === undefined || file_id === undefined)
    throw new UploadRefusedError('files.getUploadURLExternal gave no address and id');
  if (!isSafe(upload_url, client)) throw new UploadRefusedError('the address for the file is not https');
  const answer = await post(upload_url, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: new Uint8Array(content),
    redirect: 'error',
    signal: AbortSignal.timeout(10_000),
  });
  if (!answer.ok) throw new UploadRefusedError(`the upload was answered with ${answer.status}`);
  await client.files.completeUploadExternal({
    files: [{ id: file_id, title }],
    channel_id: channel,
    thread_ts,
    blocks: [...blocks],
  });
};

/** Slack's own code of a refusal, as the Web API client hands it on. */
export const errorCodeOf = (error: unknown): unknown =>
  error instanceof Error && 'data' in error ? (error.data as { readonly error?: unknown }).error : undefined;

/** Why it could not be attached, in a clause: Slack's code, or what kind of error it was. */
export const whyNotAttached = (error: unknown): string => {
  const code = errorCodeOf(error);
  if (code === 'missing_scope') return 'the Slack app lacks the scope files:write (docs/slack-app.yml)';
  if (typeof code === 'string') return `Slack answered ${code.slice(0, 60)}`;
  if (error instanceof UploadRefusedError) return error.message;
  return error instanceof Error ? error.name : 'unknown';
};
