import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import * as z from 'zod';
import type { Trust } from '../../shared/evidence/defect';

/*
 * What this machine knows of signing keys from elsewhere than a bundle: whose signatures count, and how far each
 * incident's chain had come. It lies in the user's state directory, where a bundle that is carried about cannot reach.
 */

const FORMAT = 'tourniquet-trust/1';

const pinSchema = z.strictObject({
  fingerprint: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  bucket: z.string(),
  incident: z.string(),
  /** How it was learned: from KMS, or by somebody's word. */
  from: z.string(),
  at: z.string(),
});
const headSchema = z.strictObject({ number: z.int().positive(), sha256: z.string() });
const storeSchema = z.strictObject({
  format: z.literal(FORMAT),
  pins: z.array(pinSchema),
  heads: z.record(z.string(), headSchema),
});

export type Pin = Readonly<z.infer<typeof pinSchema>>;
export type TrustStore = Readonly<z.infer<typeof storeSchema>>;

/** The trust store is there and is none: it is left as it is, and nothing is trusted meanwhile. */
export class TrustStoreError extends Error {
  override readonly name = 'TrustStoreError';
}

const EMPTY: TrustStore = { format: FORMAT, pins: [], heads: {} };

/** In `$XDG_STATE_HOME`, which must be absolute (XDG base directory specification), else in `~/.local/state`. */
export const trustPath = (environment: NodeJS.ProcessEnv = process.env): string => {
  const { XDG_STATE_HOME: given = '' } = environment;
  const state = isAbsolute(given) ? given : join(homedir(), '.local', 'state');
  return join(state, 'tourniquet', 'trust.json');
};

/** Reads the trust store; empty where there is none yet. Throws {@link TrustStoreError}. */
export const readTrust = async (path: string): Promise<TrustStore> => {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new TrustStoreError(`the trust store ${path} cannot be read: ${error.message}`, { cause: error });
  });
  if (text === null) return EMPTY;
  try {
    return storeSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new TrustStoreError(
      `${path} is no trust store: mend it or move it away, then pin the keys again by pulling`,
      {
        cause: error,
      },
    );
  }
};

/** Keys pinned for the incident, or for the bucket of its deployment. */
export const pinnedFor = ({ pins }: TrustStore, incident: string, bucket: string): ReadonlySet<string> =>
  new Set(
    pins
      .filter((pin) => pin.incident === incident || pin.bucket === bucket)
      .map(({ fingerprint }) => fingerprint),
  );

/** What was pulled: the key that signs for it, and how far its chain has come. A head never goes back. */
export const withPin = (store: TrustStore, pin: Pin, head: z.infer<typeof headSchema>): TrustStore => {
  const known = store.pins.some(
    ({ fingerprint, incident, bucket }) =>
      fingerprint === pin.fingerprint && incident === pin.incident && bucket === pin.bucket,
  );
  const before = store.heads[pin.incident];
  return {
    ...store,
    pins: known ? store.pins : [...store.pins, pin],
    heads: {
      ...store.heads,
      [pin.incident]: before !== undefined && before.number > head.number ? before : head,
    },
  };
};

/** Whole or not at all: a second process sees the old one or the new one. */
export const writeTrust = async (path: string, store: TrustStore): Promise<void> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const next = `${path}.${randomUUID()}`;
  await writeFile(next, `${JSON.stringify(store, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  await rename(next, path);
};

/** What a verification goes by: the keys that were given for it, else the store. */
export const trustOf = (store: TrustStore, given: ReadonlySet<string>): Trust => ({
  keysFor: (incident, bucket) => (given.size > 0 ? given : pinnedFor(store, incident, bucket)),
  headOf: (incident) => (Object.hasOwn(store.heads, incident) ? (store.heads[incident] ?? null) : null),
});
