import * as z from 'zod';
import { canonical, type Json, sha256 } from './canonical';

/*
 * What a manifest is: the list of what was sealed, and of what could not be, each entry holding the digest of the one
 * before, and each manifest the digest of the manifest before. docs/evidence.md describes it for people.
 */

export const MANIFEST_FORMAT = 'tourniquet-manifest/2';

/** What was sealed together. A gathering has one for every invocation of it; each names the manifest before. */
export const KINDS = ['gathering', 'candidate', 'investigation', 'post-mortem'] as const;
export type Kind = (typeof KINDS)[number];

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const time = z.iso.datetime({ precision: 3 });

const sealedShape = {
  key: z.string(),
  versionId: z.string().nullable(),
  sha256: digest,
  size: z.int().nonnegative(),
  /** S3's own checksum of the version, which was compared with what was written: see `seal.ts`. */
  s3Checksum: z.string(),
  lockedUntil: time,
  lockMode: z.enum(['GOVERNANCE', 'COMPLIANCE']),
  /** Whether it is held beside its lock. */
  legalHold: z.literal(true).optional(),
  /** The key that its readers alone can use; absent where it is encrypted under the deployment's data key. */
  encryptedUnder: z.string().optional(),
  /** The principal that collected and wrote it: the ARN that STS gives. */
  by: z.string(),
};

const pieceSchema = z.strictObject({
  artifact: z.string(),
  /** The call or record that it comes from. */
  source: z.string(),
  /** AWS's own ids of those calls, by which CloudTrail and AWS Support find them. */
  requestIds: z.array(z.string()).optional(),
  collectedAt: time,
  completeness: z.string(),
  ...sealedShape,
});

const gapSchema = z.strictObject({ collector: z.string(), missing: z.string(), noticedAt: time });

const linked = { index: z.int().nonnegative(), previous: digest };

const refSchema = z.strictObject({
  number: z.int().positive(),
  key: z.string(),
  versionId: z.string().nullable(),
  sha256: digest,
  signatureVersionId: z.string().nullable(),
});

export const manifestSchema = z.strictObject({
  format: z.literal(MANIFEST_FORMAT),
  incident: z.string(),
  function: z.string().nullable(),
  kind: z.enum(KINDS),
  /** 1 for the first of an incident. */
  number: z.int().positive(),
  previous: refSchema.nullable(),
  bucket: z.string(),
  /** What the kind has to say: a gathering its window, a candidate its changes. */
  about: z.record(z.string(), z.json()),
  sealedAt: time,
  by: z.string(),
  signer: z.strictObject({
    keyArn: z.string(),
    algorithm: z.literal('ECDSA_SHA_256'),
    fingerprint: z.string(),
    /** SubjectPublicKeyInfo, PEM. */
    publicKey: z.string(),
  }),
  entries: z.array(z.union([pieceSchema.extend(linked), gapSchema.extend(linked)])),
});

/** Where a version was written, and what S3 and we say of its bytes. */
export type Sealed = Readonly<z.infer<z.ZodObject<typeof sealedShape>>>;
export type Piece = Readonly<z.infer<typeof pieceSchema>>;
/** What could not be had, and why (invariant 8). */
export type Gap = Readonly<z.infer<typeof gapSchema>>;
/** One line of a manifest, before it is chained. */
export type ManifestEntry = Piece | Gap;
/** Names one version of one manifest. */
export type ManifestRef = Readonly<z.infer<typeof refSchema>>;
export type Manifest = Omit<z.infer<typeof manifestSchema>, 'entries'> & {
  readonly entries: readonly (ManifestEntry & { readonly index: number; readonly previous: string })[];
};

export const isPiece = <T extends ManifestEntry>(entry: T): entry is Extract<T, Piece> => 'artifact' in entry;

export const timeOf = (entry: ManifestEntry): string =>
  isPiece(entry) ? entry.collectedAt : entry.noticedAt;

/** What the first entry of a manifest holds as the digest before it: of everything in the manifest but the entries. */
const headOf = ({ entries: _entries, ...head }: Manifest | z.infer<typeof manifestSchema>): string =>
  sha256(canonical(head));

export type ManifestDraft = Omit<Manifest, 'format' | 'entries' | 'about'> & {
  readonly about: { readonly [key: string]: Json | undefined };
  readonly entries: readonly ManifestEntry[];
};

/**
 * Puts entries in the order in which they were collected (collectors run side by side) and chains them. The canonical
 * bytes of the result are what is signed.
 */
export const chainManifest = ({ entries, ...draft }: ManifestDraft): Manifest => {
  // Through JSON, so that what is left out of the bytes is left out here too.
  const head = JSON.parse(canonical({ ...draft, format: MANIFEST_FORMAT, entries: [] })) as Manifest;
  let previous = headOf(head);
  const chained = entries
    .toSorted((a, b) => timeOf(a).localeCompare(timeOf(b)))
    .map((entry, index) => {
      const link = { ...entry, index, previous };
      previous = sha256(canonical(link));
      return link;
    });
  return { ...head, entries: chained };
};

/** A manifest out of its bytes, or one sentence that says why they are none. */
export const readManifest = (text: string): Manifest | string => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return 'it is no JSON';
  }
  const manifest = manifestSchema.safeParse(parsed);
  if (!manifest.success) {
    const [issue] = manifest.error.issues;
    return `it is no manifest: ${issue?.path.join('.') || 'the whole'}: ${issue?.message ?? 'not as it should be'}`;
  }
  // A key that is there twice, or white space: other programs could read it otherwise than this one.
  try {
    if (canonical(parsed) !== text) return 'it is not in canonical form (RFC 8785)';
  } catch {
    return 'it is not in canonical form (RFC 8785)';
  }
  return manifest.data;
};

/**
 * Two functions that seal for one incident run on two machines. Amazon keeps their clocks within milliseconds of each
 * other; more than this is no matter of two clocks.
 */
const CLOCKS_MAY_DIFFER = 2000;

/** What is wrong with a manifest: a word for programs, a sentence for people. */
export type Fault = { readonly what: 'chain' | 'clock' | 'reordered'; readonly text: string };

/** What is wrong with one manifest in itself: with its chain of entries and with its times. */
export const faultsOf = (manifest: Manifest): readonly Fault[] => {
  const faults: Fault[] = [];
  let expected = headOf(manifest);
  let before: string | null = null;
  for (const [place, entry] of manifest.entries.entries()) {
    const name = JSON.stringify(isPiece(entry) ? entry.artifact : entry.collector);
    if (entry.index !== place)
      faults.push({
        what: 'reordered',
        text: `the entries are reordered: ${name} is entry ${entry.index} and stands in place ${place}`,
      });
    if (entry.previous !== expected)
      faults.push({
        what: 'chain',
        text: `the chain of entries is broken before entry ${place} (${name}): what stands before it was changed, removed, added or moved`,
      });
    if (before !== null && timeOf(entry) < before)
      faults.push({
        what: 'clock',
        text: `the clock runs backwards: entry ${place} (${name}) is of ${timeOf(entry)}, the one before of ${before}`,
      });
    if (isPiece(entry) && entry.lockedUntil <= entry.collectedAt)
      faults.push({
        what: 'clock',
        text: `the clock runs backwards: entry ${place} (${name}) was locked until before it was collected`,
      });
    before = timeOf(entry);
    expected = sha256(canonical(entry));
  }
  if (before !== null && manifest.sealedAt < before)
    faults.push({
      what: 'clock',
      text: `the clock runs backwards: sealed at ${manifest.sealedAt}, after an entry of ${before}`,
    });
  return faults;
};

/** A manifest with the digest of its bytes. */
export type Read = { readonly sha256: string; readonly manifest: Manifest };

/** What is wrong between a manifest and the one that is said to be before it; `null` before the first. */
export const faultsBetween = (before: Read | null, manifest: Manifest): readonly Fault[] => {
  const { previous, number } = manifest;
  const named = previous === null ? 'none' : `number ${previous.number} (sha256 ${previous.sha256})`;
  const broken = `the chain of manifests is broken: number ${number} names ${named} before it, and`;
  if (before === null)
    return number === 1 && previous === null
      ? []
      : [{ what: 'chain', text: `${broken} it is the first that is there` }];
  const faults: Fault[] = [];
  if (previous?.sha256 !== before.sha256 || number !== before.manifest.number + 1)
    faults.push({
      what: 'chain',
      text: `${broken} number ${before.manifest.number} (sha256 ${before.sha256}) is there`,
    });
  if (manifest.incident !== before.manifest.incident || manifest.bucket !== before.manifest.bucket)
    faults.push({
      what: 'chain',
      text: `it is of another incident or bucket (${JSON.stringify(manifest.incident)}, ${JSON.stringify(manifest.bucket)})`,
    });
  if (Date.parse(manifest.sealedAt) + CLOCKS_MAY_DIFFER < Date.parse(before.manifest.sealedAt))
    faults.push({
      what: 'clock',
      text: `the clock runs backwards: sealed at ${manifest.sealedAt}, and the manifest before it at ${before.manifest.sealedAt}`,
    });
  return faults;
};
