import { RequestRefused } from '../errors';

/** Where presses are posted to. */
export type Target = { readonly url: () => string | null; readonly set: (url: string) => void };

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

export const openTarget = (initial: string | undefined): Target => {
  let url = initial === undefined ? null : loopbackUrl(initial);
  return {
    url: () => url,
    set: (next) => {
      url = loopbackUrl(next);
    },
  };
};

/** The desk signs as Slack does; whoever it posts to could pass that on. So it posts to this machine alone. */
export const loopbackUrl = (text: string): string => {
  const url = URL.canParse(text) ? new URL(text) : null;
  const fine =
    url !== null &&
    url.protocol === 'http:' &&
    LOOPBACK.includes(url.hostname) &&
    url.username === '' &&
    url.password === '';
  if (!fine) {
    throw new RequestRefused(
      400,
      'the interactions URL must be http://127.0.0.1, http://localhost or http://[::1]',
    );
  }
  return url.href;
};
