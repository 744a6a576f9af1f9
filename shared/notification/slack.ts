import type { WebClient } from '@slack/web-api';
import type { About } from './about';
import type { Announcement, Channel } from './channel';
import { errorCodeOf, shareFile, whyNotAttached } from './slackFile';
import { incidentMessage, questionBlocks, threadNote } from './slackMessage';
import { escapeText } from './slackText';
import { type Note, noteAbout } from './thread';

/** The incident's message in the channel, rewritten as it moves on, with notes in its thread. */
export const slackChannel = (client: WebClient | null, channel: string, upload: typeof fetch): Channel => ({
  id: 'slack',
  deliver: async (announcement) => {
    const { about, incident, ledger, detail } = announcement;
    if (client === null) return { outcome: 'not-configured' };
    const message = incidentMessage(incident, ledger);
    const known = incident.slack;
    let slack = known ?? (await post(client, channel, message));
    // What is only said in the thread leaves the message alone: two updates at once could put back an older text.
    const threadOnly =
      about === 'evidence' || about === 'secrets' || about === 'folded' || about === 'open-actions';
    if (known !== undefined && !threadOnly) slack = await rewrite(client, known, message);
    const said = noteAbout(about, incident, detail);
    const note = said === null ? null : await withFile(client, upload, slack, announcement, said);
    if (note !== null) {
      // Of what nobody does, whoever said that they look after it is pinged.
      const { text, blocks } = threadNote(
        note.title,
        note.lines,
        about === 'open-actions' ? incident.owner : undefined,
      );
      const reply = { channel: slack.channel, thread_ts: slack.ts, text, ...NO_PREVIEWS };
      // What needs a human is also shown in the channel itself.
      const loud = LOUD.includes(about);
      await client.chat.postMessage(
        loud ? { ...reply, blocks, reply_broadcast: true } : { ...reply, blocks },
      );
      for (const [where, text] of escalations(announcement, slack.channel)) {
        // In the thread where it is the incident's own channel; elsewhere with the incident's name.
        await client.chat.postMessage({
          channel: where,
          text,
          ...(where === slack.channel ? { thread_ts: slack.ts } : {}),
          ...NO_PREVIEWS,
        });
      }
      const questions = about === 'secrets' ? questionBlocks(incident, incident.questions ?? []) : [];
      for (let start = 0; start < questions.length; start += MOST_BLOCKS) {
        await client.chat.postMessage({ ...reply, blocks: questions.slice(start, start + MOST_BLOCKS) });
      }
    }
    return { outcome: 'delivered', slack };
  },
  check: async () => {
    if (client === null) return null;
    const { team = 'a workspace', user = 'a bot', response_metadata } = await client.auth.test();
    const scopes = response_metadata?.scopes;
    const noFiles =
      scopes === undefined || scopes.includes('files:write')
        ? ''
        : '; it lacks the scope files:write, so post-mortems are told without their file';
    return `Slack knows the token, as ${user} of ${team}; that it is in the channel ${channel} is seen when it first writes there${noFiles}`;
  },
});

/**
 * Says a note together with its file, in one message. Gives what is still to be said: the note itself where there is no
 * file, or where it could not be attached, and then why, and where it is. Whatever goes wrong with a file, people are told.
 */
const withFile = async (
  client: WebClient,
  upload: typeof fetch,
  { channel, ts }: { readonly channel: string; readonly ts: string },
  { file, incident }: Announcement,
  note: Note,
): Promise<Note | null> => {
  if (file === undefined) return note;
  try {
    const { blocks } = threadNote(note.title, [...note.lines, 'Attached byte for byte as it is sealed']);
    await shareFile(client, upload, await file.read(), { channel, thread_ts: ts, blocks });
    return null;
  } catch (error) {
    const why = `It could not be attached: ${whyNotAttached(error)}. It is at ${file.where}, or: npx tourniquet report ${incident.id}`;
    return { ...note, lines: [...note.lines, why] };
  }
};

/** By channel, whom to ask. Ids are the policy's own, so they may ping; nothing else in the text may. */
const escalations = (
  { escalateTo = [], incident }: Announcement,
  own: string,
): readonly (readonly [string, string])[] => {
  const channels = new Set(escalateTo.map(({ slackChannel }) => slackChannel ?? own));
  return [...channels].map((where) => [
    where,
    `${escalateTo
      .filter(({ slackChannel }) => (slackChannel ?? own) === where)
      .map(({ mention: id }) => (id.startsWith('S') ? `<!subteam^${id}>` : `<@${id}>`))
      .join(' ')} nobody has decided about ${escapeText(incident.id)}`,
  ]);
};

const LOUD: readonly About[] = ['escalated', 'failure', 'release-stopped', 'relapse', 'drift-escalated'];

/** Links in hostile text must not be fetched for a preview. */
const NO_PREVIEWS = { unfurl_links: false, unfurl_media: false } as const;

/** Slack takes 50 blocks; a question and its buttons are two, so they stay together. */
const MOST_BLOCKS = 50;

/** Slack gave no address for a message that it says it took. */
export class SlackAnswerError extends Error {
  override readonly name = 'SlackAnswerError';
}

/** Rewrites the message; one that somebody has deleted is posted anew, or nothing would be seen any more. */
const rewrite = async (
  client: WebClient,
  known: { readonly channel: string; readonly ts: string },
  message: ReturnType<typeof incidentMessage>,
) => {
  try {
    await client.chat.update({ channel: known.channel, ts: known.ts, ...message });
    return known;
  } catch (error) {
    if (errorCodeOf(error) !== 'message_not_found') throw error;
    return post(client, known.channel, message);
  }
};

const post = async (client: WebClient, channel: string, message: ReturnType<typeof incidentMessage>) => {
  const answer = await client.chat.postMessage({
    channel,
    ...message,
    ...NO_PREVIEWS,
  });
  if (answer.channel === undefined || answer.ts === undefined)
    throw new SlackAnswerError('chat.postMessage gave no channel and ts');
  return { channel: answer.channel, ts: answer.ts };
};
