import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { codeOf, EmulatorNotInstalled, wayOut } from './errors';
import { withLock } from './lock';
import { findPython } from './python';

const run = promisify(execFile);

export type Progress = (text: string) => void;

/** A set of pinned Python packages in a virtual environment of its own. */
export type PythonTools = {
  readonly venv: string;
  readonly requirements: string;
  /** What it is, for people: `the local AWS`. */
  readonly what: string;
};

/** The Python of a virtual environment that holds the pinned local AWS. */
export function ensureEmulator(root: string, progress: Progress): Promise<string> {
  const requirements = join(root, 'local', 'aws', 'requirements.txt');
  return ensurePythonTools(
    { venv: join(root, '.local', 'venv'), requirements, what: 'the local AWS' },
    progress,
  );
}

/** The Python of a virtual environment that holds the tools; made on first use and when the pins change. */
export async function ensurePythonTools(tools: PythonTools, progress: Progress): Promise<string> {
  const { venv, requirements, what } = tools;
  const wanted = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex');

  if ((await stampOf(venv)) !== wanted) {
    const waiting = () => progress(`Another process is installing ${what}, waiting for it`);
    await withLock(`${venv}.lock`, waiting, async () => {
      if ((await stampOf(venv)) !== wanted) await install(tools, wanted, progress);
    });
  }
  return join(venv, 'bin', 'python');
}

/** The stamp is written last, so an environment without one is half made and is thrown away. */
async function install(tools: PythonTools, wanted: string, progress: Progress): Promise<void> {
  const { venv, requirements, what } = tools;
  const environment = environmentOfInstall();
  const python = await findPython(environment);
  progress(`Installing ${what} into .local/${basename(venv)} (Python ${python.version}, once)`);
  await discard(venv);
  try {
    await run(python.command, ['-m', 'venv', venv], { env: environment });
    await run(
      join(venv, 'bin', 'python'),
      ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check', '-r', requirements],
      { env: environment, maxBuffer: 16 * 1024 * 1024 },
    );
    await writeFile(join(venv, 'stamp'), wanted);
  } catch (error) {
    await discard(venv);
    throw new EmulatorNotInstalled(
      `${capital(what)} could not be installed with pip (${lastLineOf(error)}): connect to a Python package registry, ${wayOut}.`,
      { cause: error },
    );
  }
  progress(`${capital(what)} is installed`);
}

/** Moved away first: a process that still runs from the old environment may keep files in it busy. */
async function discard(venv: string): Promise<void> {
  const aside = `${venv}.old-${process.pid}`;
  await mkdir(join(venv, '..'), { recursive: true });
  await rename(venv, aside).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error;
  });
  await rm(aside, { recursive: true, force: true, maxRetries: 3 });
}

/** pip needs the user's own settings (proxy, index, certificates), and never their AWS ones. */
function environmentOfInstall(): NodeJS.ProcessEnv {
  const ofOtherPythons = new Set([
    'PYTHONHOME',
    'PYTHONPATH',
    'VIRTUAL_ENV',
    'PIP_REQUIRE_VIRTUALENV',
    'PIP_TARGET',
  ]);
  const kept = Object.entries(process.env).filter(
    ([key]) => !key.startsWith('AWS_') && !ofOtherPythons.has(key),
  );
  return Object.fromEntries(kept);
}

async function stampOf(venv: string): Promise<string | undefined> {
  return readFile(join(venv, 'stamp'), 'utf8').catch(() => undefined);
}

function lastLineOf(error: unknown): string {
  const stderr = typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr) : '';
  const lines = (stderr || String(error)).split('\n').map((line) => line.trim());
  return lines.findLast((line) => line.startsWith('ERROR')) ?? lines.findLast(Boolean) ?? 'no reason given';
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
