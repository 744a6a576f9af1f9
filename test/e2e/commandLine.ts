import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { root } from '../../local/aws/state';
import { envPath } from '../../local/instance';
import { TEST_INSTANCE } from './instance';

/** What a command printed, and how it ended. */
export type Ran = { readonly code: unknown; readonly out: string; readonly err: string };

/** The command as a user runs it, with the variables that `local:up` writes for a shell. */
export const tourniquet = async (...args: readonly string[]): Promise<Ran> => {
  const lines = (await readFile(envPath(TEST_INSTANCE), 'utf8')).split('\n');
  const variables = lines.flatMap((line) => {
    const at = line.indexOf('=');
    return at < 1 ? [] : [[line.slice(0, at), line.slice(at + 1)]];
  });
  const env = { PATH: process.env.PATH, ...Object.fromEntries(variables) };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['bin/tourniquet.cjs', ...args],
      { cwd: root, env, maxBuffer: 64 * 1024 * 1024 },
      (error, out, err) => resolve({ code: error?.code ?? 0, out, err }),
    );
  });
};
