import { Sha256 } from '@aws-crypto/sha256-js';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { SignatureV4 } from '@smithy/signature-v4';
import {
  DECISION_HEADER,
  decisionDigest,
  IDENTITY_BODY,
  IDENTITY_TYPE,
  type Proof,
} from '../shared/approval/awsIdentity';
import { stsEndpoint } from '../shared/aws/environment';
import type { Target } from './target';

export type Sent = {
  readonly status: number;
  readonly body: {
    readonly error?: string;
    readonly code?: string;
    readonly message?: string;
    readonly note?: string;
  };
};

type Decision = {
  readonly incidentId: string;
  readonly action: string;
  readonly reason: string;
  /** Controls to be put back although changed. */
  readonly force?: readonly string[];
  /** With extend. */
  readonly hours?: number;
  /** With add. */
  readonly control?: string;
};

type Signed = {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

const sign = async (signer: SignatureV4, { url, headers, body }: Signed): Promise<Record<string, string>> => {
  const request = {
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    body,
  };
  return (await signer.sign({ ...request, headers: { host: url.host, ...headers } })).headers;
};

/**
 * Sends a decision to the deployment, signed with the caller's own AWS credentials twice: for the API (SigV4,
 * `execute-api`), and for STS, by which the server learns who decides (shared/approval/awsIdentity.ts).
 */
export const sendDecision = async (
  {
    decisionsUrl,
    region,
    sts = stsEndpoint(region),
  }: Pick<Target, 'decisionsUrl' | 'region'> & { sts?: string },
  decision: Decision,
  credentials = fromNodeProviderChain(),
): Promise<Sent> => {
  const common = { region, credentials, sha256: Sha256 };
  const identity = await sign(new SignatureV4({ ...common, service: 'sts', applyChecksum: false }), {
    url: new URL(sts),
    headers: {
      'content-type': IDENTITY_TYPE,
      [DECISION_HEADER]: decisionDigest({ ...decision, reason: decision.reason.trim() }),
    },
    body: IDENTITY_BODY,
  });
  const proof: Proof = {
    authorization: identity.authorization ?? '',
    date: identity['x-amz-date'] ?? '',
    ...(identity['x-amz-security-token'] ? { token: identity['x-amz-security-token'] } : {}),
  };
  const url = new URL(decisionsUrl);
  const body = JSON.stringify({ ...decision, proof });
  const headers = await sign(new SignatureV4({ ...common, service: 'execute-api' }), {
    url,
    headers: { 'content-type': 'application/json' },
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
