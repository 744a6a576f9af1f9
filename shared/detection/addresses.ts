import { isIPv4, isIPv6 } from 'node:net';

/** A list of addresses and names to look for: single addresses, networks (CIDR) and domains with what is below them. */
export type Addresses = {
  readonly isEmpty: boolean;
  /** The first address or name in a text that is on the list; null where none is. The text is in lower case. */
  readonly foundIn: (text: string) => string | null;
};

const bitsOf4 = (address: string): bigint =>
  address.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);

const bitsOf6 = (address: string): bigint => {
  const [head = '', tail] = address.replace(/%.*$/, '').split('::');
  // An IPv4 address at its end stands for two groups.
  const groupsOf = (text: string): readonly string[] =>
    text === ''
      ? []
      : text
          .split(':')
          .flatMap((group) =>
            isIPv4(group)
              ? [(bitsOf4(group) >> 16n).toString(16), (bitsOf4(group) & 0xffffn).toString(16)]
              : [group],
          );
  const [before, after] = [groupsOf(head), groupsOf(tail ?? '')];
  const zeros =
    tail === undefined ? [] : new Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  return [...before, ...zeros, ...after].reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
};

type Parsed = { readonly kind: 4 | 6; readonly bits: bigint };

const parse = (address: string): Parsed | null =>
  isIPv4(address)
    ? { kind: 4, bits: bitsOf4(address) }
    : isIPv6(address)
      ? { kind: 6, bits: bitsOf6(address) }
      : null;

const WIDTH = { 4: 32, 6: 128 } as const;
const networkOf = ({ kind, bits }: Parsed, length: number): bigint => bits >> BigInt(WIDTH[kind] - length);

/** Enough of a line: what is beyond it has been cut away before. */
const CANDIDATE = /[0-9a-z_][0-9a-z_.:-]{2,252}/g;

/** Makes a list of entries that infrastructure/watchlist.cjs found nothing wrong with. */
export const addressList = (entries: readonly string[]): Addresses => {
  const domains = new Set<string>();
  const networks = { 4: new Map<number, Set<bigint>>(), 6: new Map<number, Set<bigint>>() };
  for (const entry of entries) {
    const [address = '', length] = entry.toLowerCase().split('/');
    const parsed = parse(address);
    if (parsed === null) domains.add(address);
    else {
      const bits = length === undefined ? WIDTH[parsed.kind] : Number(length);
      const known = networks[parsed.kind].get(bits) ?? new Set<bigint>();
      known.add(networkOf(parsed, bits));
      networks[parsed.kind].set(bits, known);
    }
  }
  const hasAddress = (parsed: Parsed): boolean =>
    [...networks[parsed.kind]].some(([length, known]) => known.has(networkOf(parsed, length)));
  const hasDomain = (name: string): boolean => {
    for (let rest = name; rest.includes('.'); rest = rest.slice(rest.indexOf('.') + 1))
      if (domains.has(rest)) return true;
    return false;
  };
  const isListed = (candidate: string): boolean => {
    // `host:443`, and a full stop at the end of a sentence.
    const bare = candidate.replace(/[.:-]+$/, '');
    const host = /^[^:]+:\d{1,5}$/.test(bare) ? bare.slice(0, bare.indexOf(':')) : bare;
    const parsed = parse(host);
    return parsed === null ? hasDomain(host) : hasAddress(parsed);
  };
  return {
    isEmpty: entries.length === 0,
    foundIn: (text) => text.match(CANDIDATE)?.find(isListed) ?? null,
  };
};
