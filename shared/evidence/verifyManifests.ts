import { join } from 'node:path';
import { manifestPath } from './bundle';
import { sha256 } from './canonical';
import type { Defect, Trust } from './defect';
import { faultsBetween, faultsOf, type Read, readManifest } from './manifest';
import { LARGEST_MANIFEST, LARGEST_SMALL_FILE, readSmall } from './readSmall';
import { fingerprintOf, isSignedBy, publicKeyOf } from './signature';

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
export const checkManifests = async (dir: string, paths: readonly string[], trust: Trust) => {
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
