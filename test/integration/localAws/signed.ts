import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Credentials } from './instance';

/** A signed POST, for what the repository has no SDK client for. */
export async function signedPost(
  service: string,
  credentials: Credentials,
  target: URL,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  const signer = new SignatureV4({ service, region: 'us-east-1', credentials, sha256: Sha256 });
  const { protocol, hostname, host, pathname: path } = target;
  const signed = await signer.sign({
    method: 'POST',
    protocol,
    hostname,
    port: Number(target.port),
    path,
    query: {},
    headers: { host, ...headers },
    body,
  });
  return fetch(target, { method: 'POST', headers: signed.headers, body });
}
