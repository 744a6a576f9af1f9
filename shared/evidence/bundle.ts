import * as z from 'zod';
import { canonical, sha256 } from './canonical';
import { isPiece, type Manifest } from './manifest';

/*
 * A bundle: evidence of one incident in a directory, as `evidence pull` fetches it.
 *
 *   bundle.json                  what it is, and what S3 showed when it was pulled; signed by nobody, and trusted for nothing
 *   manifests/0001.json          the manifests, as they were signed
 *   manifests/0001.json.sig      their signatures: ECDSA, DER
 *   keys/<fingerprint>.pem       the public keys that the manifests name, for OpenSSL
 *   artifacts/0001/<name>        what a manifest lists
 */

export const BUNDLE_FORMAT = 'tourniquet-bundle/1';
export const BUNDLE_INDEX = 'bundle.json';

const noteSchema = z.strictObject({ key: z.string(), versionId: z.string().nullable(), note: z.string() });

export const bundleSchema = z.strictObject({
  format: z.literal(BUNDLE_FORMAT),
  incident: z.string(),
  bucket: z.string(),
  pulledAt: z.string(),
  manifests: z.int().nonnegative(),
  /** What the bucket showed beside the evidence: versions that were covered, objects in no manifest. */
  notes: z.array(noteSchema),
});
export type BundleIndex = Readonly<z.infer<typeof bundleSchema>>;

/** An index as it is written: canonical, with a digest of itself, so that no accident goes unnoticed. */
export const writeIndex = (index: BundleIndex): string =>
  `${canonical({ ...index, sha256: sha256(canonical(index)) })}\n`;

/** An index out of its text; null where it is none, or not as it was written. */
export const readIndex = (text: string): BundleIndex | null => {
  try {
    const { sha256: _digest, ...rest } = JSON.parse(text);
    const index = bundleSchema.parse(rest);
    return writeIndex(index) === text ? index : null;
  } catch {
    return null;
  }
};
export type Note = Readonly<z.infer<typeof noteSchema>>;

const numbered = (number: number): string => String(number).padStart(4, '0');
export const manifestPath = (number: number): string => `manifests/${numbered(number)}.json`;
export const signaturePath = (number: number): string => `${manifestPath(number)}.sig`;
export const keyPath = (fingerprint: string): string =>
  `keys/${fingerprint.replace(/^sha256:/, '').replaceAll(/[^0-9a-f]/g, '_')}.pem`;

/** Longest name of a file that every usual file system takes, less what `.partial` needs. */
const LONGEST = 200;
/** Names that Windows keeps for devices, with and without an ending. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** One part of a name as a file's name: whatever is not a plain character is percent-encoded, as UTF-8. */
const plain = (part: string): string => {
  const encoded = [...Buffer.from(part, 'utf8')]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[A-Za-z0-9_.-]/.test(character)
        ? character
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
  // Hidden files, `.` and `..`; and what Windows takes off the end.
  const dotless = encoded.replace(/^\.|\.$/g, '%2E');
  const harmless = dotless === '' || DEVICE.test(dotless) ? `%${dotless}` : dotless;
  if (harmless.length <= LONGEST) return harmless;
  return `${harmless.slice(0, LONGEST - 17)}-${sha256(part).slice(0, 16)}`;
};

/** Deeper than this is flattened: some systems take paths of 260 characters and no more. */
const DEEPEST = 6;

/**
 * Where the artifacts of a manifest lie in a bundle, by their place in it; null for what is missing. A name is what an
 * attacker may have chosen: it never leads out of the folder, and two that a file system would take for one (or one for
 * the other's folder) come apart. It depends on the manifest alone, so that whoever verifies finds the same.
 */
export const artifactPaths = ({ number, entries }: Manifest): readonly (string | null)[] => {
  const files = new Set<string>();
  const folders = new Set<string>();
  return entries.map((entry, index) => {
    if (!isPiece(entry)) return null;
    const parts = entry.artifact.split('/').map(plain);
    const foldersOf = parts.slice(0, -1).map((_, depth) =>
      parts
        .slice(0, depth + 1)
        .join('/')
        .toLowerCase(),
    );
    const wanted = parts.join('/').toLowerCase();
    const isFree =
      parts.length <= DEEPEST &&
      !files.has(wanted) &&
      !folders.has(wanted) &&
      !foldersOf.some((folder) => files.has(folder));
    // A percent sign that begins no code and no device's name: no name is encoded to this.
    const path = isFree ? parts.join('/') : `%entry-${numbered(index)}`;
    files.add(path.toLowerCase());
    if (isFree) for (const folder of foldersOf) folders.add(folder);
    return `artifacts/${numbered(number)}/${path}`;
  });
};
