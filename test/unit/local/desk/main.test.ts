import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OPTIONS } from './startedDesk';

const MAIN = join(__dirname, '../../../../local/desk/main.ts');

/** Runs the program with an options file until it ends; `meanwhile` sees its first line. */
const run = async (options: string, meanwhile: (line: string, stop: () => void) => Promise<void>) => {
  const folder = await mkdtemp(join(tmpdir(), 'desk-'));
  await writeFile(join(folder, 'options.json'), options);
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, join(folder, 'options.json')]);
  const output = { stdout: '', stderr: '' };
  const heard: Promise<void>[] = [];
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk;
    if (heard.length === 0) heard.push(meanwhile(output.stdout, () => child.kill('SIGTERM')));
  });
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  await Promise.all(heard);
  await rm(folder, { recursive: true });
  return { code, ...output };
};

describe('the desk as a program', () => {
  it('says where it is, and ends when it is told to, also while a page listens', async () => {
    const { code, stdout } = await run(JSON.stringify(OPTIONS), async (line, stop) => {
      const url = line.trim().replace('slack desk on ', '');
      const health = await fetch(`${url}/api/health`);
      expect(await health.json()).toEqual({ ok: true });
      const stream = await fetch(`${url}/api/stream`);
      stop();
      await stream.text();
    });
    expect(stdout).toMatch(/^slack desk on http:\/\/127\.0\.0\.1:\d+\n$/);
    expect(code).toBe(0);
  }, 20_000);

  it.each([
    ['not JSON', '{', 'is not JSON'],
    ['incomplete', '{}', 'botToken'],
  ])(
    'does not start with options that are %s, and says why',
    async (_, options, reason) => {
      const { code, stderr } = await run(options, () => Promise.resolve());
      expect(stderr).toContain(reason);
      expect(code).toBe(1);
    },
    20_000,
  );
});
