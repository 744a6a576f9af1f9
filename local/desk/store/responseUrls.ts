import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock';
import { TEAM } from '../identity';

/** The press that a response_url answers to. */
export type Press = { readonly user: string; readonly channel: string; readonly ts: string };

export type ResponseUrls = {
  /** The path of a new response_url. */
  readonly issue: (press: Press) => string;
  readonly use: (
    id: string,
    secret: string,
  ) => Press | { readonly error: 'no_such_url' | 'used_url' | 'expired_url' };
};

const LIFETIME_MS = 30 * 60_000;
const MOST_USES = 5;

export const openResponseUrls = (now: Clock): ResponseUrls => {
  const known = new Map<
    string,
    { readonly press: Press; readonly issuedAt: number; readonly uses: number }
  >();
  return {
    issue: (press) => {
      const key = `${known.size + 1}/${randomBytes(12).toString('hex')}`;
      known.set(key, { press, issuedAt: now(), uses: 0 });
      return `/actions/${TEAM.id}/${key}`;
    },
    use: (id, secret) => {
      const key = `${id}/${secret}`;
      const url = known.get(key);
      if (url === undefined) return { error: 'no_such_url' };
      if (now() - url.issuedAt > LIFETIME_MS) return { error: 'expired_url' };
      if (url.uses >= MOST_USES) return { error: 'used_url' };
      known.set(key, { ...url, uses: url.uses + 1 });
      return url.press;
    },
  };
};
