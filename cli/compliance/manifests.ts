import type { KMSClient } from '@aws-sdk/client-kms';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Looked } from '../../shared/compliance/facts';
import { faultsBetween, faultsOf, type Read } from '../../shared/evidence/manifest';
import { isSignedBy, publicKeyFromKms, publicKeyOf } from '../../shared/evidence/signature';
import type { Incident } from '../../shared/incident/incident';
import { NoChainError, readChain } from '../evidence/chain';

/** The newest of them: `tourniquet evidence verify` reads a whole bundle, each artifact included. */
const NEWEST = 10;

/** The manifests of the newest incidents, each checked against its digest, its chain and the key in KMS. */
export const manifestsOf = async (
  s3: S3Client,
  kms: KMSClient,
  prefix: string,
  incidents: readonly Incident[],
): Promise<Looked | null> => {
  const sealed = incidents.filter(({ chain }) => chain !== undefined).slice(0, NEWEST);
  if (sealed.length === 0) return null;
  const { fingerprint, publicKey } = await publicKeyFromKms(kms, `alias/${prefix}-signing`);
  const key = publicKeyOf(publicKey);
  const problems: string[] = [];
  let manifests = 0;
  for (const incident of sealed) {
    try {
      let before: Read | null = null;
      for (const { ref, bytes, signature, manifest } of await readChain(s3, incident)) {
        manifests += 1;
        const where = `${incident.id}, manifest ${ref.number}`;
        if (manifest.signer.fingerprint !== fingerprint)
          problems.push(`${where}: signed by ${manifest.signer.fingerprint}, and KMS has ${fingerprint}`);
        else if (key === null || !isSignedBy(key, bytes, signature))
          problems.push(`${where}: its signature does not fit`);
        for (const { text } of [...faultsOf(manifest), ...faultsBetween(before, manifest)])
          problems.push(`${where}: ${text}`);
        before = { sha256: ref.sha256, manifest };
      }
    } catch (error) {
      if (!(error instanceof NoChainError)) throw error;
      problems.push(error.message);
    }
  }
  return { found: `${manifests} manifests of ${sealed.length} incident(s)`, problems };
};
