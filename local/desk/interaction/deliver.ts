import { createHmac } from 'node:crypto';
import { toSeconds } from '../clock';
import { codeOf, type Json, objectOf } from '../json';
import type { Desk } from '../state';

/** How the endpoint took an interaction. */
export type Delivery = {
  readonly ok: boolean;
  /** 0 when it did not answer. */
  readonly status: number;
  readonly body: string;
  readonly elapsedMs: number;
  readonly error?: string;
};

const LONGEST_SHOWN = 64 * 1024;

/** Posts an interaction as Slack does: a form with one field, signed, with three seconds to answer. */
export const deliver = async (desk: Desk, url: string, payload: Json): Promise<Delivery> => {
  const rawBody = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const timestamp = String(toSeconds(desk.now()));
  const started = performance.now();
  const elapsed = (): number => Math.round(performance.now() - started);
  const signal = AbortSignal.timeout(desk.patienceMs);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        'User-Agent': 'Slackbot 1.0 (local stand-in)',
        'X-Slack-Request-Timestamp': timestamp,
        'X-Slack-Signature': sign(desk.options.signingSecret, timestamp, rawBody),
      },
      body: rawBody,
      // Followed, a redirect could lead off this machine.
      redirect: 'manual',
      signal,
    });
    const body = (await response.text()).slice(0, LONGEST_SHOWN);
    const { ok, status } = response;
    return {
      ok,
      status,
      body,
      elapsedMs: elapsed(),
      ...(ok ? {} : { error: `the endpoint answered ${status}` }),
    };
  } catch (error) {
    const late = `the endpoint did not answer within ${desk.patienceMs / 1000} s`;
    const reason = signal.aborted ? late : unreachable(error);
    return { ok: false, status: 0, body: '', elapsedMs: elapsed(), error: reason };
  }
};

const sign = (secret: string, timestamp: string, rawBody: string): string =>
  `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${rawBody}`).digest('hex')}`;

const unreachable = (error: unknown): string => {
  // fetch says no more than "fetch failed" itself; its cause has the code.
  const code = codeOf(objectOf(error).cause);
  return `the endpoint cannot be reached (${code === '' ? String(error) : code})`;
};
