import type { WebClient } from '@slack/web-api';
import type { SealedFile } from '../../../../shared/notification/channel';
import { slackChannel } from '../../../../shared/notification/slack';
import { shareFile } from '../../../../shared/notification/slackFile';
import { anIncident } from '../../../fixtures/incident';
import { clientOf, closeAll, OPTIONS, startedDesk } from '../../local/desk/startedDesk';

afterEach(closeAll);

const CONTENT = Buffer.from('# Post-mortem\n<script>alert(1)</script> ünicode\n');
const FILE: SealedFile = {
  where: 's3://evidence/incidents/inc/post-mortem.md',
  read: async () => ({ name: 'post-mortem-inc.md', title: 'Post-mortem inc', content: CONTENT }),
};
const CHANNEL = 'C0INCIDENTS';

const close = async (
  { slack, url }: Awaited<ReturnType<typeof startedDesk>>,
  file: SealedFile = FILE,
  token = OPTIONS.botToken,
) => {
  const { ts = '' } = await slack.chat.postMessage({ channel: CHANNEL, text: 'the incident' });
  return slackChannel(clientOf(url, token), CHANNEL, fetch).deliver({
    about: 'closed',
    incident: anIncident({
      status: 'closed',
      slack: { channel: CHANNEL, ts },
      postMortemKey: 'incidents/inc/post-mortem.md',
    }),
    ledger: [],
    detail: [],
    file,
  });
};

describe('the summary of a post-mortem in Slack', () => {
  it('is one message in the thread, with the file that was sealed', async () => {
    const desk = await startedDesk();
    await expect(close(desk)).resolves.toMatchObject({ outcome: 'delivered' });
    const [incident, ...thread] = await desk.messages();

    expect(thread).toHaveLength(1);
    expect(thread[0]).toMatchObject({
      thread_ts: incident?.ts,
      files: [{ name: 'post-mortem-inc.md', title: 'Post-mortem inc', size: CONTENT.length }],
    });
    expect(JSON.stringify(thread[0]?.blocks)).toMatch(/What: .*Attached byte for byte/);
    const saved = await fetch(`${desk.url}/files/${thread[0]?.files?.[0]?.id}`);
    expect(Buffer.from(await saved.arrayBuffer())).toEqual(CONTENT);
  });

  it.each([
    ['files.getUploadURLExternal', { error: 'missing_scope' }, 'lacks the scope files:write'],
    [
      'files.getUploadURLExternal',
      { error: 'file_uploads_disabled' },
      'Slack answered file_uploads_disabled',
    ],
    ['upload/v1', { status: 503 }, 'the upload was answered with 503'],
    ['files.completeUploadExternal', { error: 'posting_to_channel_denied' }, 'posting_to_channel_denied'],
  ])(
    'is sent all the same where %s fails with %o, and says why and where the report is',
    async (method, fault, why) => {
      const desk = await startedDesk();
      await desk.call('PUT', '/api/faults', { method, ...fault, times: 99 });
      await expect(close(desk)).resolves.toMatchObject({ outcome: 'delivered' });
      const [, ...thread] = await desk.messages();

      expect(thread).toHaveLength(1);
      expect(thread[0]).not.toHaveProperty('files');
      const text = JSON.stringify(thread[0]?.blocks);
      expect(text).toContain('What: ');
      expect(text).toContain(why);
      expect(text).toContain(`${FILE.where}, or: npx tourniquet report ${anIncident().id}`);
    },
  );

  it('is sent all the same where the report cannot be read', async () => {
    const desk = await startedDesk();
    const denied = Object.assign(new Error('secret words'), { name: 'AccessDenied' });
    await close(desk, { ...FILE, read: () => Promise.reject(denied) });
    const text = JSON.stringify((await desk.messages()).at(-1)?.blocks);

    expect(text).toContain('It could not be attached: AccessDenied');
    expect(text).not.toContain('secret words');
  });

  it('fails as a channel where not even the summary can be sent', async () => {
    const desk = await startedDesk();
    await expect(close(desk, FILE, 'an-old-token')).rejects.toThrow('invalid_auth');
  });

  it('sends the bytes without the token, and to no address but one of TLS or Slack’s own', async () => {
    const { slack } = await startedDesk();
    const client = {
      slackApiUrl: 'https://slack.com/api/',
      files: {
        getUploadURLExternal: async () => ({
          ok: true,
          upload_url: 'http://elsewhere.example/u',
          file_id: 'F1',
        }),
      },
    } as unknown as WebClient;
    const asked: RequestInit[] = [];
    const post: typeof fetch = async (url, init) => {
      asked.push(init ?? {});
      return fetch(url, init);
    };
    const file = await FILE.read();
    const share = { channel: CHANNEL, thread_ts: '', blocks: [] };

    await expect(shareFile(client, post, file, share)).rejects.toThrow('not https');
    expect(asked).toEqual([]);
    await shareFile(slack, post, file, share);
    expect(asked).toHaveLength(1);
    expect(JSON.stringify(asked[0]?.headers)).not.toMatch(/authorization/i);
    expect(asked[0]).toMatchObject({ redirect: 'error' });
  });
});

describe('the check of the Slack channel', () => {
  const checkWith = (scopes: readonly string[] | undefined) =>
    slackChannel(
      { auth: { test: async () => ({ ok: true, response_metadata: { scopes } }) } } as unknown as WebClient,
      CHANNEL,
      fetch,
    ).check();

  it('says that files cannot be sent where the token says so, and nothing where it does not say', async () => {
    expect(await checkWith(['chat:write'])).toContain('lacks the scope files:write');
    expect(await checkWith(['chat:write', 'files:write'])).not.toContain('lacks');
    expect(await checkWith(undefined)).not.toContain('lacks');
  });
});
