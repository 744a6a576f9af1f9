import { request } from 'node:http';
import { closeAll, startedDesk } from './startedDesk';

afterEach(closeAll);

/** Sends headers that `fetch` would not let a program set. */
const statusOf = (port: number, headers: Record<string, string>, path = '/api/messages'): Promise<number> =>
  new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end();
  });

describe('who may talk to the desk', () => {
  it.each(['127.0.0.1', 'localhost', '[::1]', 'LOCALHOST'])('lets in requests to %s', async (name) => {
    const { port } = await startedDesk();
    expect(await statusOf(port, { Host: `${name}:${port}` })).toBe(200);
  });

  it.each([
    'evil.example',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '169.254.169.254',
    '127.0.0.1@evil.example',
  ])('refuses requests to %s, which a foreign page pointed at this machine', async (name) => {
    const { port } = await startedDesk();
    for (const path of ['/api/messages', '/', '/api/stream', '/api/auth.test']) {
      expect(await statusOf(port, { Host: `${name}:${port}` }, path)).toBe(403);
    }
  });

  it.each(['https://evil.example', 'null', 'http://127.0.0.1:1', 'https://127.0.0.1'])(
    'refuses requests from the origin %s',
    async (origin) => {
      const { port } = await startedDesk();
      expect(await statusOf(port, { Host: `127.0.0.1:${port}`, Origin: origin })).toBe(403);
    },
  );

  it('lets in its own page', async () => {
    const { port, url } = await startedDesk();
    expect(await statusOf(port, { Host: `127.0.0.1:${port}`, Origin: url })).toBe(200);
  });
});

describe('requests that make no sense', () => {
  it('refuses a body of more than a mebibyte', async () => {
    const { call } = await startedDesk();
    expect(await call('POST', '/v2/enqueue', 'x'.repeat(1024 * 1024 + 1))).toMatchObject({
      status: 413,
      body: { ok: false, error: 'the body is larger than 1 MiB' },
    });
  });

  it.each([
    ['DELETE', '/api/health', 405],
    ['POST', '/api/health', 200],
    ['GET', '/nowhere/at/all', 404],
    ['GET', '/page/..%2fserver.ts', 404],
    ['GET', '/page/nothing.js', 404],
    ['POST', '/api/messages/%E0%A4%A/actions/x', 400],
  ])('answers %s %s with a clear error', async (method, path, status) => {
    const { call } = await startedDesk();
    const answer = await call(method, path);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ ok: false, error: expect.any(String) });
  });

  it('says that it is well', async () => {
    const { call } = await startedDesk();
    expect((await call('GET', '/api/health')).body).toEqual({ ok: true });
  });

  it.each([
    ['a short routing key', { pagerDutyRoutingKey: 'short' }],
    ['no channel', { channels: [] }],
    ['a user without an id', { users: [{ id: 'alice', name: 'Alice' }] }],
  ])('does not start with %s', async (_, options) => {
    await expect(startedDesk(options)).rejects.toMatchObject({ name: 'DeskOptionsInvalid' });
  });
});
