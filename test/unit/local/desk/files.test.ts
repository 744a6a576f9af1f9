import { parse } from 'yaml';
import { read } from '../../../fixtures/repository';
import { clientOf, closeAll, errorOf, OPTIONS, startedDesk } from './startedDesk';

afterEach(closeAll);

const channel = 'C0INCIDENTS';
const CONTENT = Buffer.from('# <script>alert(1)</script> ünicode\n\0\u0001');

/** The first two of the three steps. */
const uploaded = async (
  desk: Awaited<ReturnType<typeof startedDesk>>,
  filename = 'report.md',
): Promise<string> => {
  const { upload_url = '', file_id = '' } = await desk.slack.files.getUploadURLExternal({
    filename,
    length: CONTENT.length,
  });
  const answer = await fetch(upload_url, { method: 'POST', body: new Uint8Array(CONTENT) });
  expect([answer.status, await answer.text()]).toEqual([200, `OK - ${CONTENT.length}`]);
  return file_id;
};

describe('a file that is uploaded', () => {
  it('is shared in a thread with what is said of it, and saved byte for byte', async () => {
    const desk = await startedDesk();
    const { ts = '' } = await desk.slack.chat.postMessage({ channel, text: 'parent' });
    const id = await uploaded(desk);
    const blocks = [{ type: 'section' as const, text: { type: 'mrkdwn' as const, text: 'The report' } }];
    const answer = await desk.slack.files.completeUploadExternal({
      files: [{ id, title: 'Post-mortem' }],
      channel_id: channel,
      thread_ts: ts,
      blocks,
    });

    expect(answer).toMatchObject({ ok: true, files: [{ id, title: 'Post-mortem' }] });
    expect((await desk.messages()).at(-1)).toMatchObject({
      thread_ts: ts,
      blocks,
      files: [{ id, name: 'report.md', title: 'Post-mortem', size: CONTENT.length }],
    });
    const saved = await fetch(`${desk.url}/files/${id}`);
    expect(Buffer.from(await saved.arrayBuffer())).toEqual(CONTENT);
  });

  it('is never rendered by the page: it is sent to be saved, as no type that a browser shows', async () => {
    const desk = await startedDesk();
    const id = await uploaded(desk, 'x".html\r\nSet-Cookie: a=b;.html');
    await desk.slack.files.completeUploadExternal({ files: [{ id }], channel_id: channel });
    const { headers } = await fetch(`${desk.url}/files/${id}`);

    expect(headers.get('content-type')).toBe('application/octet-stream');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
    expect(headers.get('content-disposition')).toBe('attachment; filename="x_.html_Set-Cookie_a_b_.html"');
    expect(headers.get('set-cookie')).toBeNull();
  });

  it('has blocks only where it has no comment, as Slack has it', async () => {
    const desk = await startedDesk();
    const id = await uploaded(desk);
    await desk.slack.files.completeUploadExternal({
      files: [{ id }],
      channel_id: channel,
      initial_comment: 'a comment',
      blocks: [{ type: 'divider' }],
    });

    expect(await desk.messages()).toMatchObject([{ text: 'a comment', blocks: [] }]);
  });

  it('is nobody’s without a channel', async () => {
    const desk = await startedDesk();
    await desk.slack.files.completeUploadExternal({ files: [{ id: await uploaded(desk) }] });

    expect(await desk.messages()).toEqual([]);
  });
});

describe('an upload that Slack would not take', () => {
  it('is one without the right token, at both calls', async () => {
    const { url } = await startedDesk();
    const [nobody, other] = [clientOf(url), clientOf(url, 'another')];
    const wanted = { filename: 'a', length: 1 };

    expect(await errorOf(nobody.files.getUploadURLExternal(wanted))).toMatchObject({ error: 'not_authed' });
    expect(await errorOf(other.files.getUploadURLExternal(wanted))).toMatchObject({ error: 'invalid_auth' });
    expect(await errorOf(other.files.completeUploadExternal({ files: [{ id: 'F1' }] }))).toMatchObject({
      error: 'invalid_auth',
    });
  });

  it.each([
    ['without a name', { filename: '', length: 1 }, 'invalid_arguments'],
    ['with a name that is too long', { filename: 'a'.repeat(256), length: 1 }, 'invalid_arguments'],
    ['of no length', { filename: 'a', length: 0 }, 'invalid_arguments'],
    ['of more than is taken', { filename: 'a', length: 5_000_000 }, 'file_upload_size_restricted'],
  ])('is one %s', async (_name, wanted, error) => {
    const { slack } = await startedDesk();

    expect(await errorOf(slack.files.getUploadURLExternal(wanted))).toMatchObject({ error });
  });

  it('is of another length than was said, comes twice, as a form, or to an address that was not given', async () => {
    const desk = await startedDesk();
    const { upload_url = '' } = await desk.slack.files.getUploadURLExternal({ filename: 'a', length: 3 });
    const send = async (url: string, body: string, type = 'application/octet-stream') =>
      (await fetch(url, { method: 'POST', body, headers: { 'Content-Type': type } })).status;

    expect(await send(upload_url, 'four')).toBe(400);
    expect(await send(upload_url, 'abc', 'multipart/form-data; boundary=x')).toBe(400);
    expect(await send(upload_url, 'abc')).toBe(200);
    expect(await send(upload_url, 'abc')).toBe(409);
    expect(await send(`${desk.url}/upload/v1/0123`, 'abc')).toBe(404);
  });

  it('is not shared before its bytes are there, nor twice, nor where there is no such channel or thread', async () => {
    const desk = await startedDesk();
    const complete = (id: string, more: object) =>
      desk.slack.files.completeUploadExternal({ files: [{ id }], channel_id: channel, ...more });
    const { file_id = '' } = await desk.slack.files.getUploadURLExternal({ filename: 'a', length: 3 });
    const id = await uploaded(desk);

    expect(await errorOf(complete(file_id, {}))).toMatchObject({ error: 'file_not_found' });
    expect(await errorOf(complete('F0NOWHERE', {}))).toMatchObject({ error: 'file_not_found' });
    // By its name alone a channel is not found here.
    for (const channel_id of ['C0NOWHERE', '#incidents'])
      expect(await errorOf(complete(id, { channel_id }))).toMatchObject({ error: 'channel_not_found' });
    expect(await errorOf(complete(id, { thread_ts: '1.000000' }))).toMatchObject({
      error: 'thread_not_found',
    });
    expect(await errorOf(complete(id, { blocks: [{ type: 'nonsense' }] }))).toMatchObject({
      error: 'invalid_blocks',
    });
    expect((await desk.call('GET', `/files/${id}`)).status).toBe(404);
    await complete(id, {});
    expect(await errorOf(complete(id, {}))).toMatchObject({ error: 'file_not_found' });
    expect(await desk.messages()).toHaveLength(1);
  });

  it('fails where a test says so, the bytes too', async () => {
    const desk = await startedDesk();
    await desk.call('PUT', '/api/faults', { method: 'files.getUploadURLExternal', error: 'missing_scope' });
    await desk.call('PUT', '/api/faults', { method: 'upload/v1', status: 503 });
    const wanted = { filename: 'a', length: 3 };

    expect(await errorOf(desk.slack.files.getUploadURLExternal(wanted))).toMatchObject({
      error: 'missing_scope',
    });
    const { upload_url = '' } = await desk.slack.files.getUploadURLExternal(wanted);
    expect((await fetch(upload_url, { method: 'POST', body: 'abc' })).status).toBe(503);
    expect((await fetch(upload_url, { method: 'POST', body: 'abc' })).status).toBe(200);
  });
});

describe('the token', () => {
  it('may do what the manifest of the app asks for, as each answer says', async () => {
    const { slack, url } = await startedDesk();
    const answer = await slack.auth.test();

    const { oauth_config } = parse(read('docs/slack-app.yml')) as {
      readonly oauth_config: { readonly scopes: { readonly bot: readonly string[] } };
    };
    expect(answer.response_metadata?.scopes).toEqual(oauth_config.scopes.bot);
    const refusedAnswer = await fetch(`${url}/api/auth.test`, {
      headers: { Authorization: `Bearer ${OPTIONS.botToken}x` },
    });
    expect(refusedAnswer.headers.get('x-oauth-scopes')).toBeNull();
  });
});
