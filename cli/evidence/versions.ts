import {
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type ObjectVersion,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Note } from '../../shared/evidence/bundle';
import { isPiece } from '../../shared/evidence/manifest';
import { signatureKey } from '../../shared/evidence/sealManifest';
import type { Link } from './chain';

/** One version in the bucket, or a delete marker. */
export type Version = {
  readonly key: string;
  readonly versionId: string | null;
  readonly deleteMarker: boolean;
  readonly isLatest: boolean;
  readonly at: string;
};

/** Every version under an incident's folder; S3 gives those of one key newest first. */
export const listVersions = async (
  s3: S3Client,
  Bucket: string,
  incident: string,
): Promise<readonly Version[]> => {
  const versions: Version[] = [];
  let after: { readonly KeyMarker?: string; readonly VersionIdMarker?: string } | null = {};
  while (after !== null) {
    const page: ListObjectVersionsCommandOutput = await s3.send(
      new ListObjectVersionsCommand({ Bucket, Prefix: `incidents/${incident}/`, ...after }),
    );
    versions.push(
      ...(page.Versions ?? []).map((one) => asVersion(one, false)),
      ...(page.DeleteMarkers ?? []).map((one) => asVersion(one, true)),
    );
    after =
      page.IsTruncated === true
        ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
        : null;
  }
  return versions;
};

type Listed = Pick<ObjectVersion, 'Key' | 'VersionId' | 'IsLatest' | 'LastModified'>;

const asVersion = ({ Key, VersionId, IsLatest, LastModified }: Listed, deleteMarker: boolean): Version => ({
  key: Key ?? '',
  versionId: VersionId ?? null,
  deleteMarker,
  isLatest: IsLatest === true,
  at: LastModified?.toISOString() ?? '',
});

/** What a chain names: every version that was sealed. */
const sealedIn = (chain: readonly Link[]) =>
  chain.flatMap(({ ref, manifest }) => [
    { key: ref.key, versionId: ref.versionId, lockedUntil: null },
    { key: signatureKey(ref.key), versionId: ref.signatureVersionId, lockedUntil: null },
    ...manifest.entries
      .filter(isPiece)
      .map(({ key, versionId, lockedUntil }) => ({ key, versionId, lockedUntil })),
  ]);

const nameOf = ({ key, versionId }: { readonly key: string; readonly versionId: string | null }): string =>
  `${key}\0${versionId ?? ''}`;

/**
 * What the bucket shows beside the chain. An overwrite or a deletion without a version only makes a new version: the
 * sealed one stays readable by its id, and is said to be covered. What no manifest names was left by a sealing that was
 * interrupted or came second, or was put there by somebody.
 */
export const notesOn = (chain: readonly Link[], versions: readonly Version[]): readonly Note[] => {
  const sealed = sealedIn(chain);
  const isSealed = new Set(sealed.map(nameOf));
  const there = new Map(versions.map((version) => [nameOf(version), version]));
  const latest = new Map(
    versions.filter(({ isLatest }) => isLatest).map((version) => [version.key, version]),
  );
  const ofSealed = sealed.flatMap(({ key, versionId, lockedUntil }): readonly Note[] => {
    if (!there.has(nameOf({ key, versionId })))
      return [
        {
          key,
          versionId,
          note: `GONE: the sealed version is no longer in the bucket${lockedUntil === null ? '' : `; it was locked until ${lockedUntil}`}`,
        },
      ];
    const newest = latest.get(key);
    // Sealed again under the same name, and named in the chain itself: not covered by anybody.
    if (newest === undefined || isSealed.has(nameOf(newest))) return [];
    return [
      {
        key,
        versionId,
        note: `covered at ${newest.at} by ${newest.deleteMarker ? 'a delete marker' : 'another version'} (${newest.versionId ?? 'none'}); the sealed version is there`,
      },
    ];
  });
  const ofOthers = versions
    .filter((version) => !version.deleteMarker && !isSealed.has(nameOf(version)))
    .map(({ key, versionId, at }) => ({
      key,
      versionId,
      note: `no manifest of the chain names it; of ${at}`,
    }));
  return [...ofSealed, ...ofOthers];
};
