import { isIPv4 } from 'node:net';

/** A host that a text names. */
export type Host = { readonly kind: 'address' | 'domain'; readonly value: string };

/* Bounded and linear: the text is the attacker's. */
const URL_HOST =
  /\b(?:https?|tcp|ssl|tls|stratum\+tcp|stratum\+ssl|wss?|ftp):\/\/(?:[^\s/@'"]{1,64}@)?([\w.-]{4,253})/gi;
const SHELL_ADDRESS = /\/dev\/(?:tcp|udp)\/([\w.-]{4,253})\//g;
const FETCHED = /\b(?:curl|wget|nc|ncat)\s[^\n|;&"'`)]{0,100}?((?:[\w-]{1,63}\.){1,8}[a-z][a-z0-9-]{1,62})/gi;

/** Of AWS itself, and of registries: whoever looks for these finds everything. */
const ORDINARY =
  /(?:^|\.)(?:amazonaws\.com(?:\.cn)?|aws\.amazon\.com|on\.aws|npmjs\.(?:org|com)|pypi\.org|github\.com|githubusercontent\.com|nodejs\.org|w3\.org|localhost)$/i;
const PRIVATE = /^(?:10\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|0\.)/;

/** The hosts that a text would reach: of URLs, of a shell's own devices, of what fetches. */
export const hostsIn = (text: string): readonly Host[] =>
  [URL_HOST, SHELL_ADDRESS, FETCHED].flatMap((pattern) =>
    [...text.matchAll(pattern)].flatMap(([, host = '']): readonly Host[] => {
      const bare = host.toLowerCase().replace(/\.+$/, '');
      if (isIPv4(bare)) return PRIVATE.test(bare) ? [] : [{ kind: 'address', value: bare }];
      return /^(?:[\w-]{1,63}\.)+[a-z][a-z0-9-]{1,62}$/.test(bare) && !ORDINARY.test(bare)
        ? [{ kind: 'domain', value: bare }]
        : [];
    }),
  );
