import { createHmac, timingSafeEqual } from 'node:crypto';

export type SignedRequest = {
  /** The body exactly as received: text that was decoded and encoded again is another. */
  readonly rawBody: string | Uint8Array;
  readonly signature: string | undefined;
  readonly timestamp: string | undefined;
};

/** Slack advises five minutes; Bolt does not refuse stamps from the future, we do. */
const TOLERANCE_SECONDS = 5 * 60;

/** Signs as Slack does: HMAC-SHA256 over `v0:{timestamp}:{raw body}`. */
export const slackSignature = (
  signingSecret: string,
  timestamp: string,
  rawBody: string | Uint8Array,
): string =>
  `v0=${createHmac('sha256', signingSecret).update(`v0:${timestamp}:`).update(rawBody).digest('hex')}`;

/** Slack's own requests have some kilobytes; a modal's at most some more. */
const MOST_BYTES = 256 * 1024;

/**
 * Why a request is not from Slack, or null when it is (https://docs.slack.dev/authentication/verifying-requests-from-slack/).
 * Any of the secrets may have signed it: while one is rotated there are two.
 */
export const forgery = (
  request: SignedRequest,
  signingSecrets: readonly string[],
  now: Date,
): string | null => {
  const { rawBody, signature, timestamp } = request;
  if (signature === undefined || timestamp === undefined) return 'the request is not signed';
  if (!/^\d{1,12}$/.test(timestamp)) return 'the timestamp is not a number of seconds';
  if (Math.abs(now.getTime() / 1000 - Number(timestamp)) > TOLERANCE_SECONDS)
    return 'the timestamp is more than five minutes off';
  if (rawBody.length > MOST_BYTES) return 'the body is larger than any of Slack';
  const given = Buffer.from(signature);
  const isSigned = signingSecrets.some((secret) => {
    const expected = Buffer.from(slackSignature(secret, timestamp, rawBody));
    return expected.length === given.length && timingSafeEqual(expected, given);
  });
  return isSigned ? null : 'the signature does not match';
};
