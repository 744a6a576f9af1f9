import { createHash } from 'node:crypto';
import { Readable, Transform } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';

export type Vault = {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly lockMode: 'GOVERNANCE' | 'COMPLIANCE';
  readonly retentionDays: number;
  readonly now: () => Date;
};

export type Sealed = {
  readonly key: string;
  readonly sha256: string;
  readonly size: number;
  readonly versionId: string | null;
  readonly lockedUntil: string;
};

const DAY = 24 * 60 * 60 * 1000;

/**
 * Writes one artifact as a locked version, hashing the bytes as they pass: what is hashed is what is stored, and a
 * package of any size goes through in constant memory. S3 checks each part against the SDK's own checksum.
 */
export const seal = async (
  vault: Vault,
  key: string,
  contentType: string,
  body: string | Readable,
): Promise<Sealed> => {
  const hash = createHash('sha256');
  let size = 0;
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      size += chunk.length;
      done(null, chunk);
    },
  });
  const source = typeof body === 'string' ? Readable.from([Buffer.from(body, 'utf8')]) : body;
  source.on('error', (error) => hashing.destroy(error));
  const lockedUntil = new Date(vault.now().getTime() + vault.retentionDays * DAY);
  const upload = new Upload({
    client: vault.s3,
    params: {
      Bucket: vault.bucket,
      Key: key,
      Body: source.pipe(hashing),
      ContentType: contentType,
      ChecksumAlgorithm: 'SHA256',
      ObjectLockMode: vault.lockMode,
      ObjectLockRetainUntilDate: lockedUntil,
    },
  });
  const { VersionId } = await upload.done();
  return {
    key,
    sha256: hash.digest('hex'),
    size,
    versionId: VersionId ?? null,
    lockedUntil: lockedUntil.toISOString(),
  };
};
