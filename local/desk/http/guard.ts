import type { IncomingHttpHeaders } from 'node:http';

const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i;

/**
 * Why a request is not from this machine's own programs or from the desk's own page, or null when it is.
 * A foreign page can make the browser send requests here: by a name that it points at 127.0.0.1 (then Host is that
 * name), or from its own address (then Origin is that address).
 */
export const foreign = ({ host, origin }: IncomingHttpHeaders): string | null => {
  if (host === undefined || !LOOPBACK_HOST.test(host)) {
    return 'the Host header is not 127.0.0.1, localhost or [::1]';
  }
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) {
    return 'requests from other origins are refused';
  }
  return null;
};
