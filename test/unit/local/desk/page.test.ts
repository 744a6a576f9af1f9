import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { button, closeAll, startedDesk } from './startedDesk';

afterEach(closeAll);

const DESK = join(__dirname, '../../../../local/desk');
const SCRIPTS = readdirSync(join(DESK, 'page')).filter((name) => name.endsWith('.js'));

describe('the page', () => {
  it('comes with a policy that lets it load its own files and nothing else', async () => {
    const { url } = await startedDesk();
    const response = await fetch(url);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    expect(await response.text()).toContain('Local stand-in for Slack');
  });

  it('is served whole: every file that it names is there', async () => {
    const { url } = await startedDesk();
    const html = await (await fetch(url)).text();
    const files = [...html.matchAll(/(?:href|src)="(\/page\/[^"]+)"/g)].map(([, path]) => path);
    expect(files.length).toBeGreaterThan(1);
    for (const path of [...files, ...SCRIPTS.map((name) => `/page/${name}`)]) {
      expect((await fetch(`${url}${path}`)).status).toBe(200);
    }
  });

  it.each(SCRIPTS)('never reads markup in %s', (name) => {
    const source = readFileSync(join(DESK, 'page', name), 'utf8');
    expect(source).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|DOMParser/,
    );
    expect(source).not.toMatch(/https?:\/\//);
  });

  it('is given hostile text as text, and only addresses that a browser may be sent to', async () => {
    const { slack, call } = await startedDesk();
    const hostile = '<img src=x onerror=alert(1)> <javascript:alert(1)|x>';
    await slack.chat.postMessage({
      channel: 'C0INCIDENTS',
      text: hostile,
      blocks: [
        { type: 'section', text: { type: 'mrkdwn', text: hostile } },
        { type: 'actions', elements: [{ ...button('go', '1'), url: 'javascript:alert(1)' }] },
      ],
    });
    const { body } = await call('GET', '/api/desk');
    expect(body.messages).toMatchObject([
      {
        blocks: [
          { kind: 'section', text: [{ kind: 'text', text: hostile }] },
          { kind: 'actions', elements: [{ href: null }] },
        ],
      },
    ]);
  });

  it('hears of a change at once', async () => {
    const { slack, url } = await startedDesk();
    const response = await fetch(`${url}/api/stream`);
    const reader = response.body?.getReader();
    const next = async () => new TextDecoder().decode((await reader?.read())?.value);
    expect(await next()).toContain('data: 0');
    await slack.chat.postMessage({ channel: 'C0INCIDENTS', text: 'x' });
    expect(await next()).toContain('data: 1');
    await reader?.cancel();
  });
});
