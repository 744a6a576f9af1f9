import { createHmac, timingSafeEqual } from 'node:crypto';

export type SignedRequest = {
  /** The body exactly as received. */
  readonly rawBody: string;
  readonly signature: string | undefined;
  readonly timestamp: string | undefined;
};

/** Slack advises five minutes; Bolt does not refuse stamps from the future, we do. */
const TOLERANCE_SECONDS = 5 * 60;

/** Signs as Slack does: HMAC-SHA256 over `v0:{timestamp}:{raw body}`. */
export const slackSignature = (signingSecret: string, timestamp: string, rawBody: string): string =>
  `v0=${createHmac('sha256', signingSecret).update(`v0:${timestamp}:${rawBody}`).digest('hex')}`;

/** Why a request is not from Slack, or null when it is (https://docs.slack.dev/authentication/verifying-requests-from-slack/). */
export const forgery = (request: SignedRequest, signingSecret: string, now: Date): string | null => {
  const { rawBody, signature, timestamp } = request;
  if (signature === undefined || timestamp === undefined) return 'the request is not signed';
  if (!/^\d{1,12}$/.test(timestamp)) return 'the timestamp is not a number of seconds';
  if (Math.abs(now.getTime() / 1000 - Number(timestamp)) > TOLERANCE_SECONDS)
    return 'the timestamp is more than five minutes off';
  const expected = Buffer.from(slackSignature(signingSecret, timestamp, rawBody));
  const given = Buffer.from(signature);
  return expected.length === given.length && timingSafeEqual(expected, given)
    ? null
    : 'the signature does not match';
};
