import { createHash } from 'node:crypto';
import * as z from 'zod';

/*
 * Who decides on the command line is learned from AWS, not from the client's word (invariant 5), and not from the event
 * of the function either: whoever may invoke it could write that. The client signs a call of STS GetCallerIdentity and
 * hands the signature over; we make the call, and STS says whose signature it is. The decision's digest is among the
 * signed headers, so that a signature serves for that decision alone; STS refuses one that is older than minutes.
 */

/** The signature of a GetCallerIdentity call. The secret key stays with the client. */
export const proofSchema = z.object({
  authorization: z.string().max(2048),
  date: z.string().max(32),
  token: z.string().max(8192).optional(),
});
export type Proof = z.infer<typeof proofSchema>;

export const IDENTITY_BODY = 'Action=GetCallerIdentity&Version=2011-06-15';
export const IDENTITY_TYPE = 'application/x-www-form-urlencoded; charset=utf-8';
export const DECISION_HEADER = 'x-tourniquet-decision';

/** What the signature is bound to. */
export const decisionDigest = ({
  incidentId,
  action,
  reason,
  force = [],
  hours,
  control,
  task,
  check,
}: {
  readonly incidentId: string;
  readonly action: string;
  readonly reason: string;
  readonly force?: readonly string[];
  readonly hours?: number;
  readonly control?: string;
  readonly task?: string;
  readonly check?: string;
}): string =>
  createHash('sha256')
    // What goes with another decision is left out: the digest of this one is the same without.
    .update(
      JSON.stringify([
        incidentId,
        action,
        reason,
        ...(force.length === 0 ? [] : [force]),
        ...(hours === undefined ? [] : [{ hours }]),
        ...(control === undefined ? [] : [{ control }]),
        ...(task === undefined ? [] : [{ task }]),
        ...(check === undefined ? [] : [{ check }]),
      ]),
    )
    .digest('hex');

const SIGNED = /\bSignedHeaders=([a-z0-9;-]+)/;

/**
 * The ARN of whoever signed, as STS gives it; null when the signature is not good, or not for this decision.
 * `endpoint` is ours to choose, never the client's.
 */
export const signerOf = async (
  proof: Proof,
  digest: string,
  endpoint: string,
  request: typeof fetch,
): Promise<string | null> => {
  const signed = SIGNED.exec(proof.authorization)?.[1]?.split(';') ?? [];
  if (!['host', 'x-amz-date', DECISION_HEADER].every((header) => signed.includes(header))) return null;
  const answer = await request(endpoint, {
    method: 'POST',
    headers: {
      authorization: proof.authorization,
      'x-amz-date': proof.date,
      'content-type': IDENTITY_TYPE,
      [DECISION_HEADER]: digest,
      ...(proof.token === undefined ? {} : { 'x-amz-security-token': proof.token }),
    },
    body: IDENTITY_BODY,
    redirect: 'error',
    signal: AbortSignal.timeout(5000),
  });
  const text = await answer.text();
  return answer.ok ? (/<Arn>(arn:[^<]{1,2048})<\/Arn>/.exec(text)?.[1] ?? null) : null;
};
