import { isIPv4 } from 'node:net';

/** A host that a text names. */
export type Host = { readonly kind: 'address' | 'domain'; readonly value: string };

/* Bounded and linear: the text is the attacker's. */
const URL_HOST =
  /\b(?:https?|tcp|ssl|tls|stratum\+tcp|stratum\+ssl|wss?|ftp):\/\/(?:[^\s/@'"]{1,64}@)?([\w.-]{4,253})/gi;
const SHELL_ADDRESS = /\/dev\/(?:tcp|udp)\/([\w.-]{4,253})\//g;
const FETCHES = /\b(?:curl|wget|ncat|nc)\s([^\n]{1,200})/gi;

/** Of AWS itself, and of registries: whoever looks for these finds everything. */
const ORDINARY =
  /(?:^|\.)(?:amazonaws\.com(?:\.cn)?|amazonaws-us-gov\.com|a\.co|aws\.amazon\.com|on\.aws|npmjs\.(?:org|com)|pypi\.org|github\.com|githubusercontent\.com|nodejs\.org|w3\.org|localhost)$/i;
const NAME = /^(?:[\w-]{1,63}\.)+[a-z][a-z0-9-]{1,62}$/;
/** Names of files look like names of hosts. */
const FILE = /\.(?:sh|js|py|json|txt|gz|zip|tgz|exe|bin)$/i;
const PRIVATE = /^(?:10\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|0\.)/;

const hostOf = (host: string): readonly Host[] => {
  const value = host.toLowerCase().replace(/\.+$/, '');
  if (isIPv4(value)) return PRIVATE.test(value) ? [] : [{ kind: 'address', value }];
  return NAME.test(value) && !ORDINARY.test(value) ? [{ kind: 'domain', value }] : [];
};

/** Addresses that many hosts have, each in its own network (RFC 1918, 6598, 4193, 4291): they name nobody. */
export const isPrivate = (address: string): boolean =>
  PRIVATE.test(address) ||
  /^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./.test(address) ||
  /^(?:::1$|f[cd]|fe[89ab])/i.test(address);

/** What stands behind a command that fetches: options, URLs, hosts. A URL is found as one. */
const wordsOf = (rest: string): readonly string[] =>
  rest.split(/[\s"'`|;&()<>]+/).flatMap((word) => word.split(/[/:]/, 1));

/** The hosts that a text would reach: of URLs, of a shell's own devices, of what fetches. */
export const hostsIn = (text: string): readonly Host[] => [
  ...[URL_HOST, SHELL_ADDRESS].flatMap((pattern) =>
    [...text.matchAll(pattern)].flatMap((match) => {
      const [whole, host = ''] = match;
      const next = text[match.index + whole.length] ?? '';
      // A name that a program goes on with (`https://portal.${region}…`) is none yet.
      return /[.-]$/.test(host) && /[$"'`{%+]/.test(next) ? [] : hostOf(host);
    }),
  ),
  ...[...text.matchAll(FETCHES)].flatMap(([, rest = '']) =>
    wordsOf(rest)
      .filter((word) => !FILE.test(word))
      .flatMap(hostOf),
  ),
];
