import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  artifactPaths,
  BUNDLE_FORMAT,
  BUNDLE_INDEX,
  keyPath,
  manifestPath,
  signaturePath,
  writeIndex,
} from '../shared/evidence/bundle';
import { canonical } from '../shared/evidence/canonical';
import { chainManifest, type Piece } from '../shared/evidence/manifest';
import { signerKeyOf } from '../shared/evidence/signature';

export type MadeBundle = {
  readonly dir: string;
  readonly fingerprint: string;
  /** The artifacts, relative to the directory. */
  readonly paths: readonly string[];
  readonly bytes: number;
};

const CHUNK = 8 * 1024 * 1024;
const INCIDENT = 'inc-20260101-0123456789ab';
const BUCKET = 'bench-evidence';
const AT = '2026-01-01T00:00:00.000Z';

/** Random bytes over and over, each time with another beginning: what they are makes no difference to a digest. */
const writeArtifact = async (path: string, size: number): Promise<string> => {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'wx');
  const chunk = randomBytes(CHUNK);
  const hash = createHash('sha256');
  try {
    for (let left = size; left > 0; left -= CHUNK) {
      chunk.writeUInt32BE(left % 2 ** 32);
      const bytes = left < CHUNK ? chunk.subarray(0, left) : chunk;
      hash.update(bytes);
      await file.write(bytes);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return hash.digest('hex');
};

/** A bundle with artifacts of given sizes, signed by a key that nobody keeps. */
export const makeBundle = async (dir: string, sizes: readonly number[]): Promise<MadeBundle> => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signer = signerKeyOf('arn:aws:kms:us-east-1:000000000000:key/bench', publicKey);
  const names = sizes.map((_, index) => `behaviour/part-${String(index).padStart(5, '0')}.jsonl`);
  const pieces: Piece[] = [];
  for (const [index, size] of sizes.entries()) {
    const name = names[index] ?? '';
    pieces.push({
      artifact: name,
      source: 'bench',
      collectedAt: AT,
      completeness: 'complete',
      key: `incidents/${INCIDENT}/${name}`,
      versionId: 'v',
      sha256: await writeArtifact(join(dir, 'artifacts', '0001', name), size),
      size,
      s3Checksum: 'none',
      lockedUntil: '2027-01-01T00:00:00.000Z',
      lockMode: 'GOVERNANCE',
      by: 'bench',
    });
  }
  const manifest = chainManifest({
    incident: INCIDENT,
    function: null,
    kind: 'gathering',
    number: 1,
    previous: null,
    bucket: BUCKET,
    about: {},
    sealedAt: AT,
    by: 'bench',
    signer,
    entries: pieces,
  });
  const bytes = Buffer.from(canonical(manifest));
  const files = {
    [BUNDLE_INDEX]: writeIndex({
      format: BUNDLE_FORMAT,
      incident: INCIDENT,
      bucket: BUCKET,
      pulledAt: AT,
      manifests: 1,
      notes: [],
    }),
    [manifestPath(1)]: bytes,
    [signaturePath(1)]: sign('sha256', bytes, privateKey),
    [keyPath(signer.fingerprint)]: signer.publicKey,
  };
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), content);
  }
  return {
    dir,
    fingerprint: signer.fingerprint,
    paths: artifactPaths(manifest).filter((path) => path !== null),
    bytes: sizes.reduce((sum, size) => sum + size, 0),
  };
};
