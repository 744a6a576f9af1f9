import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { DECISION_HEADER, decisionDigest, IDENTITY_BODY, IDENTITY_TYPE, type Proof } from './awsIdentity';

/** What an approver of AWS says of an incident. */
export type SignedDecision = {
  readonly incidentId: string;
  readonly action: string;
  readonly reason: string;
  /** Controls to be put back although changed. */
  readonly force?: readonly string[];
  /** With extend. */
  readonly hours?: number;
  /** With add. */
  readonly control?: string;
  /** With done. */
  readonly task?: string;
  /** With waive. */
  readonly check?: string;
};

/** What `decide` answered. */
export type Sent = {
  readonly status: number;
  readonly body: {
    readonly error?: string;
    readonly code?: string;
    readonly message?: string;
    readonly note?: string;
  };
};

type Request = {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export const signRequest = async (
  signer: SignatureV4,
  { url, headers, body }: Request,
): Promise<Record<string, string>> => {
  const request = {
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    body,
  };
  return (await signer.sign({ ...request, headers: { host: url.host, ...headers } })).headers;
};

/** Signs a decision for STS, by which the server learns who decides (awsIdentity.ts): with the caller's credentials. */
export const proveIdentity = async (
  decision: SignedDecision,
  {
    region,
    sts,
    credentials,
  }: {
    readonly region: string;
    readonly sts: string;
    readonly credentials: ConstructorParameters<typeof SignatureV4>[0]['credentials'];
  },
): Promise<Proof> => {
  const signer = new SignatureV4({
    region,
    credentials,
    sha256: Sha256,
    service: 'sts',
    applyChecksum: false,
  });
  const identity = await signRequest(signer, {
    url: new URL(sts),
    headers: {
      'content-type': IDENTITY_TYPE,
      [DECISION_HEADER]: decisionDigest({ ...decision, reason: decision.reason.trim() }),
    },
    body: IDENTITY_BODY,
  });
  return {
    authorization: identity.authorization ?? '',
    date: identity['x-amz-date'] ?? '',
    ...(identity['x-amz-security-token'] ? { token: identity['x-amz-security-token'] } : {}),
  };
};
