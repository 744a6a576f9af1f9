import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PythonMissing, wayOut } from './errors';

const run = promisify(execFile);

const candidates = ['python3.13', 'python3.12', 'python3.11', 'python3.10', 'python3'] as const;

/** Fails on a Python too old, on one without venv (Debian ships that apart), and on a version manager's empty shim. */
const probe = [
  'import sys, venv, ensurepip',
  'assert sys.version_info >= (3, 10)',
  'print("%d.%d" % sys.version_info[:2])',
].join('; ');

export type Python = { readonly command: string; readonly version: string };

/** The newest Python that can run the local AWS. */
export async function findPython(environment: NodeJS.ProcessEnv): Promise<Python> {
  for (const command of candidates) {
    const found = await run(command, ['-c', probe], { env: environment }).catch(() => undefined);
    if (found) return { command, version: found.stdout.trim() };
  }
  throw new PythonMissing(
    `Python 3.10 or newer with its venv module was not found (tried ${candidates.join(', ')}): install it, ${wayOut}.`,
  );
}
