import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from './errors';
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
  if (!(await makeOnce(path))) return false;
  await writeFile(join(path, 'owner'), `${process.pid} ${startedAt(process.pid) ?? ''}`);
  return true;
}

/**
 * Removes a dead owner's lock. Of several waiters that see it one only may, and looks again first: a faster one may
 * have broken it and given it to a living owner since.
 */
async function breakIfStale(path: string): Promise<boolean> {
  if (!(await isStale(path))) return false;
  const breaking = `${path}.breaking`;
  if (!(await makeOnce(breaking))) {
    if (await isOld(breaking)) await rm(breaking, { recursive: true, force: true });
    return false;
  }
  try {
    if (await isStale(path)) await rm(path, { recursive: true, force: true });
  } finally {
    await rm(breaking, { recursive: true, force: true });
  }
  return true;
}

async function isStale(path: string): Promise<boolean> {
  const owner = await readFile(join(path, 'owner'), 'utf8').catch(() => '');
  if (!owner) return isOld(path);
  const [pid, ...started] = owner.split(' ');
  return !isStill(Number(pid), started.join(' '));
}

async function isOld(path: string): Promise<boolean> {
  const made = await stat(path).catch(() => undefined);
  return made !== undefined && Date.now() - made.mtimeMs > unnamedForMs;
}

async function makeOnce(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}
