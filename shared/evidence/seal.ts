import { createHash, type Hash } from 'node:crypto';
import { Readable, Transform } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { Retention } from '../aws/settings';
import type { Sealed } from './manifest';
import type { Signer } from './signature';

/**
 * What is sealed is kept by its class: what was collected of the suspect, which may hold personal data, or the record of
 * what was done about it, which names the evidence and outlives it (docs/retention.md).
 */
export type Class = keyof Retention['days'];

/** The bucket's lifecycle knows the class by this tag (infrastructure/retention.cjs). A tag loosens no lock. */
export const CLASS_TAG = 'tourniquet:class';

export type Vault = {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly retention: Retention;
  readonly now: () => Date;
  /** The ARN of the principal that writes, as STS gives it. */
  readonly principal: () => Promise<string>;
  readonly signer: Signer;
  /** The key for what the reader roles alone may read; absent where nothing of the kind is sealed. */
  readonly secretsKeyArn?: string;
};

/** There is no key for what only the reader roles may read: it is not sealed under the key that all share. */
export class NoSecretsKeyError extends Error {
  override readonly name = 'NoSecretsKeyError';
}

/** S3 holds other bytes than those that were sent, or does not say which. The version that it made is locked. */
export class SealMismatchError extends Error {
  override readonly name = 'SealMismatchError';
}

const DAY = 24 * 60 * 60 * 1000;

/** Of one part of an upload, in bytes: S3 takes 10,000 parts, so that an artifact may have 78 GiB. */
export const PART_SIZE = 8 * 1024 * 1024;

/**
 * What S3 must answer. For an upload in one part that is the SHA-256 of the object. For an upload in several, S3 knows
 * SHA-256 only as a composite: the digest of the parts' digests, and their number. (A checksum of the whole object it
 * would give as CRC-64/NVME, against accidents alone.) So the digests of the parts are computed beside that of the
 * whole, over the same bytes, and both cases are compared exactly.
 */
class Digests {
  readonly #whole = createHash('sha256');
  readonly #parts: Buffer[] = [];
  #part: Hash = createHash('sha256');
  #inPart = 0;
  size = 0;

  add(chunk: Buffer): void {
    this.#whole.update(chunk);
    this.size += chunk.length;
    for (let start = 0; start < chunk.length; ) {
      // The uploader ends a part when the next byte comes, so that the last is never empty.
      if (this.#inPart === PART_SIZE) this.#endPart();
      const piece = chunk.subarray(start, start + PART_SIZE - this.#inPart);
      this.#part.update(piece);
      this.#inPart += piece.length;
      start += piece.length;
    }
  }

  #endPart(): void {
    this.#parts.push(this.#part.digest());
    this.#part = createHash('sha256');
    this.#inPart = 0;
  }

  end(): { readonly sha256: string; readonly s3Checksum: string } {
    this.#endPart();
    const whole = this.#whole.digest();
    const composite = createHash('sha256').update(Buffer.concat(this.#parts)).digest('base64');
    return {
      sha256: whole.toString('hex'),
      s3Checksum: this.#parts.length === 1 ? whole.toString('base64') : `${composite}-${this.#parts.length}`,
    };
  }
}

/** Without the number of parts, which the API reference leaves out of some answers: the digest commits to them. */
const digestIn = (checksum: string): string => checksum.replace(/-\d+$/, '');

const secretsKeyOf = ({ secretsKeyArn }: Vault): string => {
  if (secretsKeyArn !== undefined) return secretsKeyArn;
  throw new NoSecretsKeyError('whoever seals here has no key for what only the reader roles may read');
};

/** A bucket key would be shared with other objects, and fetched with more than kms:GenerateDataKey. */
const encryption = (SSEKMSKeyId: string) =>
  ({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId, BucketKeyEnabled: false }) as const;

/**
 * Writes one artifact as a locked version, hashing the bytes as they pass: what is hashed is what is stored, and a
 * package of any size goes through in constant memory. S3 checks each part against its SHA-256, and what it then says
 * of the whole is compared with what passed here. Throws {@link SealMismatchError}.
 *
 * `secret`: encrypted under the key of the secrets instead of the bucket's. It must fit one part: of an upload in several,
 * S3 asks whoever completes it for kms:Decrypt too, which those who seal do not have with that key.
 */
export const seal = async (
  vault: Vault,
  key: string,
  contentType: string,
  body: string | Uint8Array | Readable,
  { kept = 'evidence', secret = false }: { readonly kept?: Class; readonly secret?: boolean } = {},
): Promise<Sealed> => {
  const encryptedUnder = secret ? secretsKeyOf(vault) : undefined;
  const digests = new Digests();
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      digests.add(chunk);
      done(null, chunk);
    },
  });
  const source = body instanceof Readable ? body : Readable.from([Buffer.from(body)]);
  source.on('error', (error) => hashing.destroy(error));
  const by = await vault.principal();
  const { lockMode, days, legalHold } = vault.retention;
  const lockedUntil = new Date(vault.now().getTime() + days[kept] * DAY);
  const upload = new Upload({
    client: vault.s3,
    partSize: PART_SIZE,
    params: {
      Bucket: vault.bucket,
      Key: key,
      Body: source.pipe(hashing),
      ContentType: contentType,
      ChecksumAlgorithm: 'SHA256',
      ObjectLockMode: lockMode,
      ObjectLockRetainUntilDate: lockedUntil,
      ...(legalHold ? { ObjectLockLegalHoldStatus: 'ON' } : {}),
      Tagging: `${encodeURIComponent(CLASS_TAG)}=${kept}`,
      ...(encryptedUnder === undefined ? {} : encryption(encryptedUnder)),
    },
  });
  const { VersionId, ChecksumSHA256 } = await upload.done();
  const { sha256, s3Checksum } = digests.end();
  if (ChecksumSHA256 === undefined || digestIn(ChecksumSHA256) !== digestIn(s3Checksum))
    throw new SealMismatchError(
      `s3://${vault.bucket}/${key} (version ${VersionId ?? 'none'}): S3 says ${ChecksumSHA256 ?? 'nothing'} of its SHA-256, and ${s3Checksum} was sent`,
    );
  return {
    key,
    sha256,
    size: digests.size,
    s3Checksum,
    versionId: VersionId ?? null,
    lockedUntil: lockedUntil.toISOString(),
    lockMode,
    ...(legalHold ? { legalHold: true } : {}),
    ...(encryptedUnder === undefined ? {} : { encryptedUnder }),
    by,
  };
};
