import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureEmulator } from '../../../local/aws/emulator';

let root = '';
const told: string[] = [];
const ensure = () => ensureEmulator(root, (text) => told.push(text));
const installs = () => told.filter((text) => text.startsWith('Installing')).length;
const venv = (file: string) => join(root, '.local', 'venv', file);
const before = process.env.PIP_NO_INDEX;

/** Requirements that need no registry: the installation itself is what is looked at. */
async function require(text: string): Promise<void> {
  await mkdir(join(root, 'local', 'aws'), { recursive: true });
  await writeFile(join(root, 'local', 'aws', 'requirements.txt'), text);
}

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'install-'));
  told.length = 0;
  process.env.PIP_NO_INDEX = '1';
  await require('# nothing\n');
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
  if (before === undefined) delete process.env.PIP_NO_INDEX;
  else process.env.PIP_NO_INDEX = before;
});

describe('ensureEmulator', () => {
  it('installs once, though two ask at once, and again when the requirements change', async () => {
    const [one, other] = await Promise.all([ensure(), ensure()]);
    expect(one).toBe(venv('bin/python'));
    expect(other).toBe(one);
    expect(existsSync(one)).toBe(true);
    expect(installs()).toBe(1);

    await ensure();
    expect(installs()).toBe(1);
    await require('# nothing else\n');
    await ensure();
    expect(installs()).toBe(2);
  });

  it('throws away what an interrupted installation left, and its lock', async () => {
    await mkdir(venv('bin'), { recursive: true });
    await writeFile(venv('bin/python'), 'half');
    await mkdir(join(root, '.local', 'venv.lock'));
    await utimes(join(root, '.local', 'venv.lock'), new Date(0), new Date(0));
    await ensure();
    expect(existsSync(venv('bin/pip'))).toBe(true);
  });

  it('names the registry and the way out when it cannot install, and leaves nothing half made', async () => {
    await require('no-such-emulator==1\n');
    const failed = ensure();
    await expect(failed).rejects.toMatchObject({ name: 'EmulatorNotInstalled' });
    await expect(failed).rejects.toThrow(
      /^The local AWS could not be installed .*registry, or set AWS_ENDPOINT_URL .*\.$/,
    );
    expect(existsSync(venv(''))).toBe(false);
  });
});
