import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type Manifest, type ManifestRef, readManifest } from '../../shared/evidence/manifest';
import { signatureKey } from '../../shared/evidence/sealManifest';
import type { Incident } from '../../shared/incident/incident';

/** One manifest as it is in the bucket: its bytes, which were signed, and what they say. */
export type Link = {
  readonly ref: ManifestRef;
  readonly bytes: Buffer;
  readonly signature: Buffer;
  readonly manifest: Manifest;
};

/** The incident has no evidence, or its chain cannot be followed in the bucket. */
export class NoChainError extends Error {
  override readonly name = 'NoChainError';
}

/** As large as `verify` reads them: shared/evidence/verify.ts. */
const LARGEST = 256 * 1024 * 1024;

const readVersion = async (
  s3: S3Client,
  Bucket: string,
  Key: string,
  VersionId: string | null,
): Promise<Buffer> => {
  const { Body, ContentLength = 0 } = await s3.send(
    new GetObjectCommand({ Bucket, Key, ...(VersionId === null ? {} : { VersionId }) }),
  );
  if (ContentLength > LARGEST) throw new NoChainError(`s3://${Bucket}/${Key} is too large for a manifest`);
  const chunks: Buffer[] = [];
  for await (const chunk of Body as Readable) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const explain = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/**
 * The manifests of an incident, oldest first: from the newest, which the incident's record names, along what each names
 * before it, every one by its version and checked against its digest. Throws {@link NoChainError}.
 */
export const readChain = async (
  s3: S3Client,
  { id, evidence, chain }: Pick<Incident, 'id' | 'evidence' | 'chain'>,
): Promise<readonly Link[]> => {
  if (chain === undefined)
    throw new NoChainError(
      evidence === undefined
        ? `${id} has no evidence`
        : `the evidence of ${id} was gathered before manifests were signed: it is listed in s3://${evidence.bucket}/${evidence.manifestKey}`,
    );
  const { bucket } = chain;
  const links: Link[] = [];
  let next: ManifestRef | null = chain;
  while (next !== null) {
    const ref: ManifestRef = next;
    const where = `manifest ${ref.number} (s3://${bucket}/${ref.key}, version ${ref.versionId ?? 'none'})`;
    const bytes = await readVersion(s3, bucket, ref.key, ref.versionId).catch((error: unknown) => {
      throw new NoChainError(`${where} cannot be read: ${explain(error)}`, { cause: error });
    });
    if (createHash('sha256').update(bytes).digest('hex') !== ref.sha256)
      throw new NoChainError(`${where} is not what it was: its sha256 is not ${ref.sha256}`);
    const manifest = readManifest(bytes.toString('utf8'));
    if (typeof manifest === 'string') throw new NoChainError(`${where}: ${manifest}`);
    // Each number is smaller, so the walk ends.
    if (manifest.number !== ref.number || (manifest.previous?.number ?? 0) !== ref.number - 1)
      throw new NoChainError(`${where}: the chain is broken`);
    const signature = await readVersion(s3, bucket, signatureKey(ref.key), ref.signatureVersionId).catch(
      (error: unknown) => {
        throw new NoChainError(`the signature of ${where} cannot be read: ${explain(error)}`, {
          cause: error,
        });
      },
    );
    links.unshift({ ref, bytes, signature, manifest });
    next = manifest.previous;
  }
  return links;
};
