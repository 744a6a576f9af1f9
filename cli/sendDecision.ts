import { Sha256 } from '@aws-crypto/sha256-js';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { SignatureV4 } from '@smithy/signature-v4';
import { proveIdentity, type Sent, type SignedDecision, signRequest } from '../shared/approval/proveIdentity';
import { stsEndpoint } from '../shared/aws/environment';
import type { Target } from './target';

/**
 * Sends a decision to the deployment, signed with the caller's own AWS credentials twice: for the API (SigV4,
 * `execute-api`), and for STS, by which the server learns who decides.
 */
export const sendDecision = async (
  {
    decisionsUrl,
    region,
    sts = stsEndpoint(region),
  }: Pick<Target, 'decisionsUrl' | 'region'> & { sts?: string },
  decision: SignedDecision,
  credentials = fromNodeProviderChain(),
): Promise<Sent> => {
  const proof = await proveIdentity(decision, { region, sts, credentials });
  const url = new URL(decisionsUrl);
  const body = JSON.stringify({ ...decision, proof });
  const headers = await signRequest(
    new SignatureV4({ region, credentials, sha256: Sha256, service: 'execute-api' }),
    { url, headers: { 'content-type': 'application/json' }, body },
  );
  const answer = await fetch(url, { method: 'POST', headers, body });
  const text = await answer.text();
  try {
    return { status: answer.status, body: JSON.parse(text) as Sent['body'] };
  } catch {
    return { status: answer.status, body: { error: text.slice(0, 300) } };
  }
};
