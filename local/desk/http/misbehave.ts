import type { Fault } from '../store/faults';
import { type Answer, json } from './answer';

/** The answer of a call that meets a fault. */
export const misbehave = ({ error, status = 200, retryAfter }: Fault): Answer => {
  // Slack always says for how long a caller is rate limited; its client does not retry without.
  const wait = retryAfter ?? (status === 429 ? 1 : undefined);
  const code = error ?? (status === 429 ? 'ratelimited' : 'internal_error');
  return json(status, { ok: false, error: code }, wait === undefined ? {} : { 'Retry-After': String(wait) });
};
