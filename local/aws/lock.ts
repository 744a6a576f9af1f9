import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isStill, startedAt } from './processes';

/** Between making the directory and naming its owner; beyond this its maker died in between. */
const unnamedForMs = 10_000;

/** Runs `work` while no other process on this machine does so under the same path. */
export async function withLock<T>(path: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  for (let waited = false; !(await take(path)); ) {
    if (await breakIfStale(path)) continue;
    if (!waited) onWait();
    waited = true;
    await sleep(150);
  }
  try {
    return await work();
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}

async function take(path: string): Promise<boolean> {
  try {
    await mkdir(path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  await writeFile(join(path, 'owner'), `${process.pid} ${startedAt(process.pid) ?? ''}`);
  return true;
}

/** A lock whose owner is dead is moved aside: a rename succeeds for one of the waiters only. */
async function breakIfStale(path: string): Promise<boolean> {
  const owner = await ownerOf(path);
  if (owner === undefined || !(await isStale(path, owner))) return owner === undefined;
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return true;
    throw error;
  }
  // A faster waiter may have broken the stale lock and taken it before our rename: give that one back.
  if ((await ownerOf(aside)) === owner) await rm(aside, { recursive: true, force: true });
  else await rename(aside, path);
  return true;
}

async function isStale(path: string, owner: string): Promise<boolean> {
  if (owner) {
    const [pid, ...started] = owner.split(' ');
    return !isStill(Number(pid), started.join(' '));
  }
  const made = await stat(path).catch(() => undefined);
  return made !== undefined && Date.now() - made.mtimeMs > unnamedForMs;
}

/** The owner's line, empty while it has not been written, undefined when there is no lock any more. */
async function ownerOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(join(path, 'owner'), 'utf8');
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    return (await stat(path).catch(() => undefined)) ? '' : undefined;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
