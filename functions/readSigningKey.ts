import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { kmsClient } from '../shared/aws/clients';
import { requireEnv } from '../shared/aws/environment';
import { log } from '../shared/aws/log';
import { publicKeyFromKms } from '../shared/evidence/signature';

const kms = kmsClient();
const keyArn = requireEnv('TOURNIQUET_SIGNING_KEY_ARN');

/** What CloudFormation sends a custom resource (user guide, "Custom resource request types"). */
const requestSchema = z.object({
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  ResponseURL: z.url(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
});

/**
 * Gives the stack's outputs the public half of the signing key, which CloudFormation itself cannot read. Changes nothing.
 * Every request is answered, failures too: CloudFormation waits an hour for an answer.
 */
export const handler = async (event: unknown): Promise<void> => {
  const { RequestType, ResponseURL, StackId, RequestId, LogicalResourceId } = requestSchema.parse(event);
  const answer = { StackId, RequestId, LogicalResourceId, PhysicalResourceId: keyArn };
  const outcome: Outcome = RequestType === 'Delete' ? { Status: 'SUCCESS' } : await factsOf();
  const { status } = await fetch(ResponseURL, {
    method: 'PUT',
    // The address is signed without a type of content.
    headers: { 'content-type': '' },
    body: JSON.stringify({ ...answer, ...outcome }),
  });
  log.info('answered CloudFormation', { RequestType, outcome: outcome.Status, status });
};

/** A role that was made a moment ago is not known everywhere in IAM yet. */
const MOST_TRIES = 5;
const PAUSE = 3000;

type Outcome =
  | { readonly Status: 'SUCCESS'; readonly Data?: Readonly<Record<string, string>> }
  | { readonly Status: 'FAILED'; readonly Reason: string };

const factsOf = async (tries = 1): Promise<Outcome> => {
  try {
    const { fingerprint, publicKey } = await publicKeyFromKms(kms, keyArn);
    return { Status: 'SUCCESS', Data: { Fingerprint: fingerprint, PublicKey: publicKey } };
  } catch (error) {
    if (tries < MOST_TRIES) {
      await pause(PAUSE);
      return factsOf(tries + 1);
    }
    const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { Status: 'FAILED', Reason: `the signing key could not be read: ${why}`.slice(0, 1000) };
  }
};
