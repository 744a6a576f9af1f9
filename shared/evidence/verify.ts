import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  artifactPaths,
  BUNDLE_INDEX,
  type BundleIndex,
  keyPath,
  manifestPath,
  type Note,
  readIndex,
} from './bundle';
import { compareFiles, type Expected, type Found } from './compareFiles';
import type { Defect, Trust } from './defect';
import { hashFile } from './hashFile';
import { isPiece, type ManifestRef, type Read } from './manifest';
import { LARGEST_SMALL_FILE, readSmall } from './readSmall';
import { checkManifests } from './verifyManifests';

export type Verdict = {
  readonly incident: string | null;
  readonly defects: readonly Defect[];
  /** What is no defect of the bundle, but to be known. */
  readonly notes: readonly Note[];
  /** Whether every signer is one of the trusted keys. */
  readonly trusted: boolean;
  readonly signers: readonly string[];
  readonly manifests: number;
  readonly artifacts: number;
  readonly missing: readonly string[];
  readonly bytes: number;
  /** The newest manifest: to be compared with what the incident's thread in Slack says. */
  readonly head: Pick<ManifestRef, 'number' | 'sha256'> | null;
};

/** There is no bundle to verify: no such directory, or nothing of a bundle in it. */
export class NoBundleError extends Error {
  override readonly name = 'NoBundleError';
}

/** What the progress is told: bytes that were hashed, of so many that there are. */
export type Seen = (done: number, total: number) => void;

type Listed = { readonly path: string; readonly isFile: boolean };

/**
 * Every file under a directory, by its path from there; what is neither file nor directory too, and a directory that
 * cannot be read, such as one whose name is no text.
 */
async function* filesUnder(root: string, folder = ''): AsyncGenerator<Listed> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch((error: unknown) => {
    if (folder === '') throw error;
    return null;
  });
  if (entries === null) yield { path: folder, isFile: false };
  for (const entry of entries ?? []) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* filesUnder(root, path);
    else yield { path, isFile: entry.isFile() };
  }
}

const MANIFEST_FILE = /^manifests\/(\d{4,})\.json$/;

const hashOf = async (path: string, seen: (bytes: number) => void): Promise<Found> => {
  try {
    return await hashFile(path, seen);
  } catch (error) {
    return { unreadable: `it cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})` };
  }
};

const indexOf = async (dir: string): Promise<BundleIndex | string | null> => {
  const bytes = await readSmall(join(dir, BUNDLE_INDEX), LARGEST_SMALL_FILE);
  if (bytes === null || typeof bytes === 'string') return bytes;
  return readIndex(bytes.toString('utf8')) ?? 'it is no index of a bundle, or was changed';
};

/** What cannot be looked at has no size here; that it cannot be read is found when it is hashed. */
const sizeOf = (path: string): Promise<number> =>
  lstat(path).then(
    ({ size }) => size,
    () => 0,
  );

/**
 * Verifies a bundle with nothing but the bundle and what is trusted: no network, no AWS. Every file is read once, in
 * constant memory; every defect is named, not only the first. Throws {@link NoBundleError} where there is none.
 */
export const verifyBundle = async (dir: string, trust: Trust, seen: Seen): Promise<Verdict> => {
  const isDirectory = await lstat(join(dir, '.')).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
  if (!isDirectory) throw new NoBundleError(`${dir} is no directory`);
  const paths: string[] = [];
  const strange: Defect[] = [];
  for await (const { path, isFile } of filesUnder(dir)) {
    paths.push(path);
    if (!isFile) strange.push({ what: 'extra', path, text: 'it is no file, and nothing of a bundle' });
  }
  const index = await indexOf(dir);
  const manifestPaths = paths
    .filter((path) => MANIFEST_FILE.test(path))
    .toSorted((a, b) => a.length - b.length || a.localeCompare(b));
  if (index === null && manifestPaths.length === 0)
    throw new NoBundleError(`${dir} holds no bundle: neither ${BUNDLE_INDEX} nor manifests/`);

  const { loaded, signers, trusted, defects } = await checkManifests(dir, manifestPaths, trust);
  const incident =
    loaded[0]?.manifest.incident ?? (typeof index === 'object' && index !== null ? index.incident : null);
  const expected = loaded.flatMap(({ manifest }): readonly Expected[] => {
    const places = artifactPaths(manifest);
    return manifest.entries.flatMap((entry, place) => {
      const path = places[place] ?? null;
      return isPiece(entry) && path !== null
        ? [
            {
              path,
              sha256: entry.sha256,
              size: entry.size,
              lockedUntil: entry.lockedUntil,
              forReaders: entry.encryptedUnder !== undefined,
            },
          ]
        : [];
    });
  });
  const files = new Set(paths);
  const known = new Set([BUNDLE_INDEX, ...expected.map(({ path }) => path)]);
  for (const path of manifestPaths) known.add(path).add(`${path}.sig`);
  for (const { manifest } of loaded) known.add(keyPath(manifest.signer.fingerprint));
  const extras = paths.filter((path) => !known.has(path));

  const notStrange = new Set(strange.map(({ path }) => path));
  const toHash = [...new Set([...expected.map(({ path }) => path), ...extras])].filter(
    (path) => files.has(path) && !notStrange.has(path),
  );
  const sizes = await Promise.all(toHash.map((path) => sizeOf(join(dir, path))));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const found = new Map<string, Found>();
  let done = 0;
  for (const path of toHash) {
    found.set(
      path,
      await hashOf(join(dir, path), (bytes) => {
        done += bytes;
        seen(done, total);
      }),
    );
  }
  defects.push(
    ...(await checkKeys(dir, loaded)),
    ...compareFiles(
      expected,
      found,
      extras.filter((path) => !notStrange.has(path)),
    ),
    ...strange,
    ...checkIndex(index, loaded, manifestPaths.length),
    ...checkHead(incident, loaded, trust),
    ...(loaded.length > 0
      ? []
      : [{ what: 'manifest', path: 'manifests', text: 'no manifest can be read' } as const]),
  );
  return {
    incident,
    defects,
    notes: [
      ...(typeof index === 'object' && index !== null ? index.notes : []),
      ...expected.filter(({ path, forReaders }) => forReaders && !found.has(path)).map(withheld),
    ],
    trusted,
    signers: [...signers],
    manifests: loaded.length,
    artifacts: expected.length,
    missing: loaded.flatMap(({ manifest }) =>
      manifest.entries.flatMap((entry) => (isPiece(entry) ? [] : [`${entry.collector}: ${entry.missing}`])),
    ),
    bytes: done,
    head: newestOf(loaded),
  };
};

/** The signed manifest says that it is for its readers, so that its absence proves nothing; only they can look at it. */
const withheld = ({ path }: Expected): Note => ({
  key: path,
  versionId: null,
  note: 'not in this bundle: it is for its reader roles alone, and was not verified',
});

/** The copies of the public keys serve OpenSSL alone, but a wrong one would lead astray whoever uses it so. */
const checkKeys = async (dir: string, loaded: readonly Read[]): Promise<readonly Defect[]> => {
  const keys = new Map(
    loaded.map(({ manifest: { signer } }) => [keyPath(signer.fingerprint), signer.publicKey]),
  );
  const results = await Promise.all(
    [...keys].map(async ([path, pem]): Promise<readonly Defect[]> => {
      const bytes = await readSmall(join(dir, path), LARGEST_SMALL_FILE);
      if (bytes === null) return [{ what: 'missing', path, text: 'the public key is missing' }];
      if (typeof bytes === 'string') return [{ what: 'changed', path, text: bytes }];
      return bytes.toString('utf8') === pem
        ? []
        : [{ what: 'changed', path, text: 'it is not the key that the manifest names' }];
    }),
  );
  return results.flat();
};

/** The index is signed by nobody: it is held against the manifests, never the other way round. */
const checkIndex = (
  index: BundleIndex | string | null,
  loaded: readonly Read[],
  manifests: number,
): readonly Defect[] => {
  const found = (text: string): readonly Defect[] => [{ what: 'index', path: BUNDLE_INDEX, text }];
  if (index === null) return [{ what: 'missing', path: BUNDLE_INDEX, text: 'it is missing' }];
  if (typeof index === 'string') return found(index);
  if (manifests !== index.manifests)
    return found(`${index.manifests} manifests were pulled, and ${manifests} are there`);
  const [first] = loaded;
  if (
    first !== undefined &&
    (first.manifest.incident !== index.incident || first.manifest.bucket !== index.bucket)
  )
    return found('it names another incident or bucket than the manifests');
  return [];
};

const newestOf = (loaded: readonly Read[]): Verdict['head'] => {
  const newest = loaded.at(-1);
  return newest === undefined ? null : { number: newest.manifest.number, sha256: newest.sha256 };
};

const checkHead = (incident: string | null, loaded: readonly Read[], trust: Trust): readonly Defect[] => {
  const head = incident === null ? null : trust.headOf(incident);
  if (head === null || loaded.some((one) => one.sha256 === head.sha256)) return [];
  return [
    {
      what: 'chain',
      path: manifestPath(head.number),
      text: `manifest ${head.number} (sha256 ${head.sha256}), which was pulled to this machine once, is not in the bundle: it was cut short or written anew`,
    },
  ];
};
