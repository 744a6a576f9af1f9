import type { ChainHead } from '../incident/incident';
import { getIncident, type Records } from '../incident/store';
import { swap } from '../incident/swap';
import { canonical, type Json } from './canonical';
import { chainManifest, type Kind, type Manifest, type ManifestEntry, type ManifestRef } from './manifest';
import { seal, type Vault } from './seal';

/** Others went on sealing for this incident all the time. The step is retried. */
export class ChainContendedError extends Error {
  override readonly name = 'ChainContendedError';
}

export type SealedManifest = {
  readonly manifest: Manifest;
  readonly ref: ManifestRef;
  readonly lockedUntil: string;
};

/** Two at once are seldom; each try costs one more locked manifest of some kilobytes. */
const MOST_TRIES = 8;

/** The signature lies beside its manifest: an ECDSA signature in DER over the manifest's bytes. */
export const signatureKey = (manifestKey: string): string => `${manifestKey}.sig`;

/** What a manifest says of the one before it: the bucket is its own. */
const refOf = (newest: ChainHead | null): ManifestRef | null => {
  if (newest === null) return null;
  const { number, key, versionId, sha256, signatureVersionId } = newest;
  return { number, key, versionId, sha256, signatureVersionId };
};

/**
 * Seals the manifest of what was just sealed, and its signature, as the next of the incident's chain.
 *
 * The incident's record holds the newest of the chain, and is moved on last, by a conditional write:
 *
 *   gathering ── manifest 2 (after 1) ── record 1 → 2 ✓
 *   watch     ── manifest 2 (after 1) ── record 1 → 2 ✗ ── manifest 3 (after 2) ── record 2 → 3 ✓
 *
 * Whoever comes second writes again behind the first. What it had written, like what is left of one that died, stays
 * locked and is in no chain: `evidence list` shows it as such.
 */
export const sealManifest = async (
  vault: Vault,
  records: Records,
  incident: { readonly id: string; readonly functionArn: string | null },
  {
    kind,
    key,
    about = {},
    entries,
  }: {
    readonly kind: Kind;
    readonly key: string;
    readonly about?: { readonly [name: string]: Json | undefined };
    readonly entries: readonly ManifestEntry[];
  },
): Promise<SealedManifest> => {
  const [signer, by] = await Promise.all([vault.signer.key(), vault.principal()]);
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const now = await getIncident(records, incident.id);
    const previous = refOf(now.chain ?? null);
    const manifest = chainManifest({
      incident: incident.id,
      function: incident.functionArn,
      kind,
      number: (previous?.number ?? 0) + 1,
      previous,
      bucket: vault.bucket,
      about,
      sealedAt: vault.now().toISOString(),
      by,
      signer,
      entries,
    });
    const bytes = Buffer.from(canonical(manifest), 'utf8');
    const { versionId, sha256, lockedUntil } = await seal(vault, key, 'application/json', bytes, {
      kept: 'record',
    });
    const signature = await vault.signer.sign(Buffer.from(sha256, 'hex'));
    const beside = await seal(vault, signatureKey(key), 'application/octet-stream', signature, {
      kept: 'record',
    });
    const ref = { number: manifest.number, key, versionId, sha256, signatureVersionId: beside.versionId };
    // Only while the manifest that it names as the one before it is the newest. Else it is sealed once more behind that.
    if (await swap(records, now, 'chain', { ...ref, bucket: vault.bucket }))
      return { manifest, ref, lockedUntil };
  }
  throw new ChainContendedError(`${incident.id}: others were sealing all the time`);
};
