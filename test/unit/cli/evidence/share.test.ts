import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SHARE_REPORT, shareBundle, sharePage } from '../../../../cli/evidence/share';
import { root } from '../../../../local/aws/state';

const NOW = new Date('2026-11-20T10:00:00.000Z');
const quietly = () => undefined;

describe('tourniquet evidence share', () => {
  let base: string;
  let dir: string;
  let out: string;
  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'share-'));
    dir = join(base, 'bundle');
    out = join(base, 'copy');
    await mkdir(join(dir, 'artifacts', '0001'), { recursive: true });
    await writeFile(
      join(dir, 'artifacts', '0001', 'logs.jsonl'),
      `${JSON.stringify({ message: 'order of anna@example.com' })}\n`,
    );
    await writeFile(join(dir, 'artifacts', '0001', 'package.zip'), 'PK anna@example.com');
  });
  afterEach(() => rm(base, { recursive: true, force: true }));

  const share = (withBinaries = false) => shareBundle(dir, out, { withBinaries, now: NOW }, quietly);
  const filesOf = async (path: string) => (await readdir(path, { recursive: true })).toSorted();

  it('copies what it can mask, says what it left out, and does not touch the original', async () => {
    const before = await readFile(join(dir, 'artifacts', '0001', 'logs.jsonl'), 'utf8');
    const report = await share();

    expect(await filesOf(out)).toEqual([
      'artifacts',
      'artifacts/0001',
      'artifacts/0001/logs.jsonl',
      SHARE_REPORT,
    ]);
    expect(await readFile(join(out, 'artifacts', '0001', 'logs.jsonl'), 'utf8')).toBe(
      '{"message":"order of [masked:email]"}\n',
    );
    expect(report).toMatchObject({
      counts: { email: 1 },
      files: [{ file: 'artifacts/0001/logs.jsonl', places: [{ line: 1, column: 22, kind: 'email' }] }],
      notCopied: [{ file: 'artifacts/0001/package.zip' }],
    });
    expect(await readFile(join(dir, 'artifacts', '0001', 'logs.jsonl'), 'utf8')).toBe(before);
  });

  it('never has in its report what was masked', async () => {
    await share();

    expect(await readFile(join(out, SHARE_REPORT), 'utf8')).not.toContain('anna');
  });

  it('copies other files where it is asked to, and says that nothing is masked in them', async () => {
    const report = await share(true);

    expect(report.unmasked).toEqual(['artifacts/0001/package.zip']);
    expect(sharePage(report)).toContain('nothing masked');
  });

  it('is for its owner alone', async () => {
    await share();

    expect((await stat(out)).mode & 0o777).toBe(0o700);
    expect((await stat(join(out, 'artifacts', '0001', 'logs.jsonl'))).mode & 0o777).toBe(0o600);
  });

  it('follows no link out of the bundle', async () => {
    await writeFile(join(base, 'secret.json'), '{"elsewhere":true}');
    await symlink(join(base, 'secret.json'), join(dir, 'artifacts', 'link.json'));
    await symlink(base, join(dir, 'artifacts', 'up'));
    const report = await share();

    expect(report.notCopied.map(({ file }) => file)).toEqual(
      expect.arrayContaining(['artifacts/link.json', 'artifacts/up']),
    );
    expect((await filesOf(out)).join()).not.toMatch(/link|up/);
  });

  it.each([
    ['a place inside the bundle', () => join(dir, 'copy')],
    ['the bundle itself', () => dir],
    ['a directory that holds something', () => base],
    ['a place whose parent is not there', () => join(base, 'no', 'copy')],
  ])('refuses %s', async (_what, to) => {
    await expect(shareBundle(dir, to(), { withBinaries: false, now: NOW }, quietly)).rejects.toMatchObject({
      name: 'ShareArgumentError',
    });
  });

  it('shows names of files without what a terminal would obey', async () => {
    await writeFile(join(dir, 'artifacts', 'red\u001b[31m.bin'), 'x');

    expect(sharePage(await share())).not.toContain('\u001b');
  });

  const run = (...args: readonly string[]): Promise<{ code: number; output: string }> =>
    new Promise((settle) => {
      execFile(
        process.execPath,
        [join(root, 'bin', 'tourniquet.cjs'), 'evidence', 'share', ...args],
        (error, stdout, stderr) =>
          settle({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr }),
      );
    });

  it('exits 0 when it is done and 2 when it was asked wrongly, with one line that says why', async () => {
    expect((await run(dir, out)).code).toBe(0);
    const again = await run(dir, out);

    expect(again.code).toBe(2);
    expect(again.output).toContain('not an empty directory: give a new one');
    expect((await run(join(base, 'nothing'), join(base, 'other'))).code).toBe(2);
  }, 60_000);
});
