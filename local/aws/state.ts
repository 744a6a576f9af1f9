import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';

/** The repository: `.local` and every instance directory are named relative to it. */
export const root = resolve(__dirname, '../..');

const localAwsShape = z.object({
  endpoint: z.string(),
  region: z.string(),
  accountId: z.string(),
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
  /** 0 for an emulator that was given by AWS_ENDPOINT_URL and is not ours to stop. */
  pid: z.number(),
});

const recordShape = localAwsShape.extend({
  port: z.number(),
  /** Tells the process from a later one that was given its id. */
  started: z.string(),
});

export type LocalAws = Readonly<z.infer<typeof localAwsShape>>;
export type LocalAwsRecord = Readonly<z.infer<typeof recordShape>>;

/** Where one instance keeps what it has. */
export function placesOf(dir: string) {
  const base = resolve(root, dir);
  return {
    base,
    lock: join(base, 'aws.lock'),
    record: join(base, 'aws.json'),
    log: join(base, 'logs', 'aws.log'),
    home: join(base, 'aws-home'),
    /** The emulator's files and its workers' code; its removal ends the emulator. */
    files: join(base, 'aws-files'),
  } as const;
}

export type Places = ReturnType<typeof placesOf>;

/** Undefined when there is none, or none that can be understood: both mean that nothing is known to run. */
export async function readRecord(places: Places): Promise<LocalAwsRecord | undefined> {
  const text = await readFile(places.record, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return recordShape.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Written whole or not at all, and readable by its owner alone: it holds the root key of the local account. */
export async function writeRecord(places: Places, record: LocalAwsRecord): Promise<void> {
  await mkdir(dirname(places.record), { recursive: true });
  const draft = `${places.record}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, places.record);
}

export async function removeRecord(places: Places): Promise<void> {
  await rm(places.record, { force: true });
}

export function withoutRecordKeeping(record: LocalAwsRecord): LocalAws {
  return localAwsShape.parse(record);
}
