import { Sha256 } from '@aws-crypto/sha256-js';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Target } from './target';

export type Sent = {
  readonly status: number;
  readonly body: { readonly error?: string; readonly code?: string; readonly message?: string };
};

/**
 * Sends a decision to the deployment, signed with the caller's own AWS credentials (SigV4, `execute-api`): the server
 * learns from AWS who decides, and checks it against its list of approvers.
 */
export const sendDecision = async (
  { decisionsUrl, region }: Pick<Target, 'decisionsUrl' | 'region'>,
  decision: { incidentId: string; action: string; reason: string },
  credentials = fromNodeProviderChain(),
): Promise<Sent> => {
  const url = new URL(decisionsUrl);
  const signer = new SignatureV4({
    service: 'execute-api',
    region,
    credentials,
    sha256: Sha256,
  });
  const body = JSON.stringify(decision);
  const { headers } = await signer.sign({
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    headers: { host: url.host, 'content-type': 'application/json' },
    body,
  });
  const answer = await fetch(url, { method: 'POST', headers, body });
  const text = await answer.text();
  try {
    return { status: answer.status, body: JSON.parse(text) as Sent['body'] };
  } catch {
    return { status: answer.status, body: { error: text.slice(0, 300) } };
  }
};
