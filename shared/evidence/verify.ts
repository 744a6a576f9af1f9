import { constants, type Dirent } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
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
import { sha256 } from './canonical';
import { type Hashed, hashFile } from './hashFile';
import { faultsBetween, faultsOf, isPiece, type ManifestRef, type Read, readManifest } from './manifest';
import { fingerprintOf, isSignedBy, publicKeyOf } from './signature';

/** What whoever verifies knows from elsewhere than the bundle. */
export type Trust = {
  /** Fingerprints whose signatures count for an incident of a bucket. Empty: none is known. */
  readonly keysFor: (incident: string, bucket: string) => ReadonlySet<string>;
  /** The newest manifest that this machine saw of an incident: a bundle without it was cut short. */
  readonly headOf: (incident: string) => Pick<ManifestRef, 'number' | 'sha256'> | null;
};

/** One thing that is not as it was sealed. `what` is a word for programs, `text` a sentence for people. */
export type Defect = {
  readonly what:
    | 'changed'
    | 'missing'
    | 'extra'
    | 'renamed'
    | 'truncated'
    | 'reordered'
    | 'manifest'
    | 'signature'
    | 'signer'
    | 'clock'
    | 'chain'
    | 'index';
  readonly path: string;
  readonly text: string;
};

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

/** A manifest lists some thousand artifacts in a megabyte; more than this is read by nobody. */
const LARGEST_MANIFEST = 256 * 1024 * 1024;
const LARGEST_SMALL_FILE = 16 * 1024 * 1024;

/** A small file's bytes; a sentence where it cannot be read, null where there is none. */
const readSmall = async (path: string, most: number): Promise<Buffer | string | null> => {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const facts = await file.stat();
      if (!facts.isFile()) return 'it is no file';
      if (facts.size > most) return `it is larger than ${most} bytes`;
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    return code === 'ELOOP' ? 'it is a symbolic link' : `it cannot be read (${code ?? String(error)})`;
  }
};

/** Every file under a directory, by its path from there; what is neither file nor directory too. */
async function* filesUnder(root: string, folder = ''): AsyncGenerator<{ path: string; entry: Dirent }> {
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* filesUnder(root, path);
    else yield { path, entry };
  }
}

const MANIFEST_FILE = /^manifests\/(\d{4,})\.json$/;

/** What is said of a manifest by itself: whether it can be read, its signature, its signer, its chain, its times. */
const checkManifest = async (
  dir: string,
  path: string,
  trust: Trust,
): Promise<{
  readonly loaded: Read | null;
  readonly signer: string | null;
  readonly trusted: boolean;
  readonly defects: Defect[];
}> => {
  const defects: Defect[] = [];
  const found = (what: Defect['what'], text: string, at = path) => defects.push({ what, path: at, text });
  const bytes = await readSmall(join(dir, path), LARGEST_MANIFEST);
  if (bytes === null || typeof bytes === 'string') {
    found('manifest', bytes ?? 'it is missing');
    return { loaded: null, signer: null, trusted: false, defects };
  }
  const manifest = readManifest(bytes.toString('utf8'));
  if (typeof manifest === 'string') {
    found('manifest', manifest);
    return { loaded: null, signer: null, trusted: false, defects };
  }
  const { fingerprint, publicKey } = manifest.signer;
  const signature = await readSmall(join(dir, `${path}.sig`), LARGEST_SMALL_FILE);
  const key = publicKeyOf(publicKey);
  let signer: string | null = null;
  if (key === null) found('signature', 'the key that it names is no public key on P-256');
  else if (fingerprintOf(key) !== fingerprint)
    found(
      'signature',
      `the key that it names has the fingerprint ${fingerprintOf(key)} and not ${fingerprint}`,
    );
  else if (signature === null || typeof signature === 'string')
    found('signature', `its signature cannot be read: ${signature ?? 'it is missing'}`, `${path}.sig`);
  else if (isSignedBy(key, bytes, signature)) signer = fingerprint;
  else found('signature', 'its signature does not fit: the manifest or the signature was changed');
  const keys = trust.keysFor(manifest.incident, manifest.bucket);
  if (signer !== null && keys.size > 0 && !keys.has(signer))
    found(
      'signer',
      `it was signed by ${signer}, which is no trusted key (trusted: ${[...keys].join(', ')}): whoever holds that key may have written it from scratch`,
    );
  for (const { what, text } of faultsOf(manifest)) found(what, text);
  return {
    loaded: { sha256: sha256(bytes), manifest },
    signer,
    trusted: signer !== null && keys.has(signer),
    defects,
  };
};

/** The manifests of a bundle in their order, with what is wrong with each and between them. */
const checkManifests = async (dir: string, paths: readonly string[], trust: Trust) => {
  const defects: Defect[] = [];
  const loaded: Read[] = [];
  const signers = new Set<string>();
  let trusted = paths.length > 0;
  for (const path of paths) {
    const one = await checkManifest(dir, path, trust);
    defects.push(...one.defects);
    if (one.signer !== null) signers.add(one.signer);
    trusted &&= one.trusted;
    if (one.loaded === null) continue;
    const { manifest } = one.loaded;
    if (manifestPath(manifest.number) !== path)
      defects.push({
        what: 'renamed',
        path,
        text: `it is manifest ${manifest.number}, which belongs at ${manifestPath(manifest.number)}`,
      });
    for (const { what, text } of faultsBetween(loaded.at(-1) ?? null, manifest))
      defects.push({ what, path, text });
    loaded.push(one.loaded);
  }
  return { loaded, signers, trusted, defects };
};

type Expected = { readonly path: string; readonly sha256: string; readonly size: number };
type Found = Hashed | { readonly unreadable: string };

const hashOf = async (path: string, seen: (bytes: number) => void): Promise<Found> => {
  try {
    return await hashFile(path, seen);
  } catch (error) {
    return { unreadable: `it cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})` };
  }
};

/** What became of each artifact, with moved files recognised by their bytes. */
const compareFiles = (
  expected: readonly Expected[],
  found: ReadonlyMap<string, Found>,
  extras: readonly string[],
): readonly Defect[] => {
  const byDigest = new Map(expected.map((one) => [one.sha256, one.path]));
  const namedAs = (file: Found | undefined): string | undefined =>
    file !== undefined && 'sha256' in file ? byDigest.get(file.sha256) : undefined;
  const movedTo = new Map(
    extras.flatMap((path) => {
      const from = namedAs(found.get(path));
      return from !== undefined && !found.has(from) ? [[from, path] as const] : [];
    }),
  );
  const moved = new Set(movedTo.values());
  const ofArtifacts = expected.flatMap(({ path, sha256: digest, size }): readonly Defect[] => {
    const file = found.get(path);
    if (file === undefined) {
      const to = movedTo.get(path);
      return to === undefined
        ? [{ what: 'missing', path, text: 'it is missing' }]
        : [{ what: 'renamed', path, text: `it was renamed: its bytes are in ${to}` }];
    }
    if ('unreadable' in file) return [{ what: 'changed', path, text: file.unreadable }];
    if (file.sha256 === digest && file.size === size) return [];
    const other = byDigest.get(file.sha256);
    if (other !== undefined && other !== path)
      return [{ what: 'reordered', path, text: `it was exchanged: it holds the bytes of ${other}` }];
    const digests = `its sha256 is ${file.sha256}, and ${digest} was sealed`;
    if (file.size < size)
      return [
        { what: 'truncated', path, text: `it was truncated: ${file.size} bytes of ${size}; ${digests}` },
      ];
    return [
      { what: 'changed', path, text: `it was changed: ${file.size} bytes, sealed ${size}; ${digests}` },
    ];
  });
  const ofExtras = extras
    .filter((path) => !moved.has(path))
    .map((path): Defect => {
      const copy = namedAs(found.get(path));
      return {
        what: 'extra',
        path,
        text: copy === undefined ? 'no manifest names it' : `no manifest names it: a copy of ${copy}`,
      };
    });
  return [...ofArtifacts, ...ofExtras];
};

const indexOf = async (dir: string): Promise<BundleIndex | string | null> => {
  const bytes = await readSmall(join(dir, BUNDLE_INDEX), LARGEST_SMALL_FILE);
  if (bytes === null || typeof bytes === 'string') return bytes;
  return readIndex(bytes.toString('utf8')) ?? 'it is no index of a bundle, or was changed';
};

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
  for await (const { path, entry } of filesUnder(dir)) {
    paths.push(path);
    if (!entry.isFile())
      strange.push({ what: 'extra', path, text: 'it is no file, and nothing of a bundle' });
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
      return isPiece(entry) && path !== null ? [{ path, sha256: entry.sha256, size: entry.size }] : [];
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
  const sizes = await Promise.all(toHash.map(async (path) => (await lstat(join(dir, path))).size));
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
    notes: typeof index === 'object' && index !== null ? index.notes : [],
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
