import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import {
  artifactPaths,
  BUNDLE_FORMAT,
  BUNDLE_INDEX,
  type BundleIndex,
  keyPath,
  manifestPath,
  type Note,
  readIndex,
  signaturePath,
  writeIndex,
} from '../../shared/evidence/bundle';
import { hashFile } from '../../shared/evidence/hashFile';
import { isPiece, type Piece } from '../../shared/evidence/manifest';
import type { Link } from './chain';

/** The directory cannot take the bundle: it holds something else. Nothing in it was changed. */
export class NotThisBundleError extends Error {
  override readonly name = 'NotThisBundleError';
}

/** What S3 gave is not what was sealed. */
export class PulledOtherBytesError extends Error {
  override readonly name = 'PulledOtherBytesError';
}

/** A path in the bundle, whose folders are made and are folders: no link leads out of it. */
const place = async (dir: string, path: string): Promise<string> => {
  const folders = dirname(path).split('/');
  for (const depth of folders.keys()) {
    const folder = join(dir, ...folders.slice(0, depth + 1));
    await mkdir(folder).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
      if (!(await lstat(folder)).isDirectory())
        throw new NotThisBundleError(`${folder} is no folder: it was put there by somebody else`);
    });
  }
  return join(dir, path);
};

/** Written beside and then renamed: under its name a file is whole or not there. */
const write = async (dir: string, path: string, bytes: string | Uint8Array): Promise<void> => {
  const target = await place(dir, path);
  const partial = `${target}.partial`;
  await rm(partial, { force: true });
  const file = await open(partial, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(partial, target);
};

/**
 * Makes or finds the directory. One that is not empty must be a bundle of this incident, from an earlier pull. Throws
 * {@link NotThisBundleError}.
 */
export const prepare = async (dir: string, incident: string, bucket: string): Promise<void> => {
  await mkdir(dir, { recursive: true });
  if ((await readdir(dir)).length === 0) return;
  const refusal = new NotThisBundleError(
    `${dir} is not empty and is no bundle of ${incident}: give a new directory`,
  );
  const text = await readFile(join(dir, BUNDLE_INDEX), 'utf8').catch(() => null);
  if (text === null) throw refusal;
  const index = readIndex(text);
  if (index?.incident !== incident || index.bucket !== bucket) throw refusal;
};

/** Whether a file is there, whole and unchanged; one that is not is fetched anew. */
const isWhole = async (
  path: string,
  { sha256, size }: Piece,
  seen: (bytes: number) => void,
): Promise<boolean> => {
  const facts = await lstat(path).catch(() => null);
  if (facts === null || !facts.isFile() || facts.size !== size) return false;
  let counted = 0;
  const found = await hashFile(path, (bytes) => {
    counted += bytes;
    seen(bytes);
  });
  if (found.sha256 === sha256) return true;
  seen(-counted);
  return false;
};

type Source = { readonly s3: S3Client; readonly bucket: string };

/**
 * Fetches one version, going on where an earlier pull broke off: what is there of it is hashed, the rest is asked for
 * by range. Throws {@link PulledOtherBytesError}, and then leaves nothing behind.
 */
const fetchOne = async (
  { s3, bucket }: Source,
  target: string,
  piece: Piece,
  seen: (bytes: number) => void,
): Promise<void> => {
  const partial = `${target}.partial`;
  const before = await lstat(partial).catch(() => null);
  if (before !== null && (!before.isFile() || before.size >= piece.size)) await rm(partial, { force: true });
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
  const file = await open(partial, flags, 0o600);
  try {
    let hash = createHash('sha256');
    let size = 0;
    for await (const chunk of file.createReadStream({ autoClose: false, start: 0 })) {
      hash.update(chunk as Buffer);
      size += (chunk as Buffer).length;
    }
    const { Body, ContentRange } = await s3.send(
      new GetObjectCommand({
        Bucket: bucket,
        Key: piece.key,
        ...(piece.versionId === null ? {} : { VersionId: piece.versionId }),
        ...(size === 0 ? {} : { Range: `bytes=${size}-` }),
      }),
    );
    // HTTP leaves it to the server whether it heeds a range (RFC 9110, 14.2): then all of it comes.
    if (size > 0 && ContentRange?.startsWith(`bytes ${size}-`) !== true) {
      await file.truncate(0);
      hash = createHash('sha256');
      size = 0;
    }
    seen(size);
    for await (const chunk of Body as Readable) {
      const bytes = chunk as Buffer;
      hash.update(bytes);
      await file.write(bytes, 0, bytes.length, size);
      size += bytes.length;
      seen(bytes.length);
      // More than was sealed is not what was sealed, however much is to come.
      if (size > piece.size) break;
    }
    await file.sync();
    if (size !== piece.size || hash.digest('hex') !== piece.sha256) {
      await rm(partial, { force: true });
      throw new PulledOtherBytesError(
        `s3://${bucket}/${piece.key} (version ${piece.versionId ?? 'none'}) is not what was sealed`,
      );
    }
  } catch (error) {
    // What was begun is gone on with; what was not even begun would only be in the way.
    if ((await file.stat()).size === 0) await rm(partial, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  await rename(partial, target);
};

const explain = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

export type Pulled = { readonly bytes: number; readonly failures: readonly string[] };

/** S3 gives this too where the key is what is refused. */
const isRefused = (error: unknown): boolean => error instanceof Error && error.name === 'AccessDenied';

/**
 * Brings the manifests of a chain and what they name into a directory. What cannot be fetched is told and stops nothing
 * else; a second pull fetches what is missing. `seen` is told bytes done and bytes in all.
 */
export const pullBundle = async (
  source: Source,
  chain: readonly Link[],
  dir: string,
  about: { readonly incident: string; readonly notes: readonly Note[]; readonly now: Date },
  seen: (done: number, total: number) => void,
): Promise<Pulled> => {
  await prepare(dir, about.incident, source.bucket);
  const index: BundleIndex = {
    format: BUNDLE_FORMAT,
    incident: about.incident,
    bucket: source.bucket,
    pulledAt: about.now.toISOString(),
    manifests: chain.length,
    notes: [...about.notes],
  };
  await write(dir, BUNDLE_INDEX, writeIndex(index));
  for (const { bytes, signature, manifest } of chain) {
    await write(dir, manifestPath(manifest.number), bytes);
    await write(dir, signaturePath(manifest.number), signature);
    await write(dir, keyPath(manifest.signer.fingerprint), manifest.signer.publicKey);
  }
  const wanted = chain.flatMap(({ manifest }) => {
    const paths = artifactPaths(manifest);
    return manifest.entries.flatMap((entry, at) => {
      const path = paths[at] ?? null;
      return isPiece(entry) && path !== null ? [{ piece: entry, path }] : [];
    });
  });
  const total = wanted.reduce((sum, { piece }) => sum + piece.size, 0);
  let done = 0;
  const count = (bytes: number): void => {
    done += bytes;
    seen(done, total);
  };
  const failures: string[] = [];
  for (const { piece, path } of wanted) {
    const began = done;
    try {
      const target = await place(dir, path);
      if (!(await isWhole(target, piece, count))) await fetchOne(source, target, piece, count);
    } catch (error) {
      // What is for its reader roles alone is withheld from all others: `verify` says so.
      if (piece.encryptedUnder === undefined || !isRefused(error))
        failures.push(`${piece.artifact}: ${explain(error)}`);
      done = began;
    }
  }
  return { bytes: total, failures };
};
