import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withLock } from '../../../local/aws/lock';
import { startedAt } from '../../../local/aws/processes';
import { findPython } from '../../../local/aws/python';

let directory = '';
const lock = () => join(directory, 'lock');
const quiet = () => undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lock-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('withLock', () => {
  it('runs one at a time, and tells who waits', async () => {
    const log: string[] = [];
    const work = (name: string) => async () => {
      log.push(`${name} begins`);
      await new Promise((resume) => setTimeout(resume, 50));
      log.push(`${name} ends`);
    };
    const waits = () => log.push('waits');
    await Promise.all([withLock(lock(), waits, work('one')), withLock(lock(), waits, work('other'))]);
    expect(log.filter((line) => line !== 'waits').map((line) => line.split(' ')[1])).toEqual([
      'begins',
      'ends',
      'begins',
      'ends',
    ]);
    expect(log).toContain('waits');
  });

  it('is given back after a failure', async () => {
    const failing = withLock(lock(), quiet, () => Promise.reject(new Error('no disk')));
    await expect(failing).rejects.toThrow('no disk');
    await expect(withLock(lock(), quiet, async () => 'done')).resolves.toBe('done');
  });

  it.each([
    ['a process that is gone', '4194305 1'],
    ['a process whose id another has now', `${process.pid} some other time`],
  ])('is taken from %s, by one of many', async (_, owner) => {
    await mkdir(lock());
    await writeFile(join(lock(), 'owner'), owner);
    let inside = 0;
    const alone = async () => {
      inside += 1;
      await new Promise((resume) => setTimeout(resume, 5));
      expect(inside).toBe(1);
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 8 }, () => withLock(lock(), quiet, alone)));
  });

  it('is taken from one that died before it gave its name', async () => {
    await mkdir(lock());
    await utimes(lock(), new Date(0), new Date(0));
    await expect(withLock(lock(), quiet, async () => 'done')).resolves.toBe('done');
  });

  it('is not taken from a living owner', async () => {
    await mkdir(lock());
    await writeFile(join(lock(), 'owner'), `${process.pid} ${startedAt(process.pid)}`);
    const waiting = withLock(lock(), quiet, async () => 'done');
    const first = await Promise.race([
      waiting,
      new Promise((settle) => setTimeout(settle, 400, 'still waiting')),
    ]);
    expect(first).toBe('still waiting');
    await rm(lock(), { recursive: true });
    await expect(waiting).resolves.toBe('done');
  });
});

describe('findPython', () => {
  it('names what is missing and the way out', async () => {
    const found = findPython({ PATH: directory });
    await expect(found).rejects.toMatchObject({ name: 'PythonMissing' });
    await expect(found).rejects.toThrow(
      /^Python 3\.10 or newer .* AWS_ENDPOINT_URL to another AWS emulator on this machine\.$/,
    );
  });
});
