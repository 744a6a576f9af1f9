import { isIPv4, isIPv6 } from 'node:net';
import type { Call } from '../call';
import { text } from '../fields';

/** Where a call came from, as coarsely as it is compared. */
export type Network = {
  /** `10.0.0.0/8`-like private space, a VPC endpoint, an AWS service, or the /16 (IPv6: /32) of a public address. */
  readonly near: string;
  /** The same, but the /8 (IPv6: /16) of a public address. */
  readonly wide: string;
};

const both = (name: string): Network => ({ near: name, wide: name });

const isPrivate = (a: number, b: number): boolean =>
  a === 10 ||
  (a === 172 && b >= 16 && b < 32) ||
  (a === 192 && b === 168) ||
  (a === 100 && b >= 64 && b < 128);

/** Whether an address is of private space (RFC 1918, RFC 6598, RFC 4193, link-local), and so inside the network. */
export const isPrivateAddress = (address: string): boolean => {
  if (isIPv4(address)) {
    const [a = 0, b = 0] = address.split('.').map(Number);
    return isPrivate(a, b) || (a === 169 && b === 254);
  }
  return /^f[cde]/i.test(address);
};

/** The first two groups of an IPv6 address; a `::` this early stands for zeros. */
const firstGroups = (address: string): readonly [string, string] => {
  const [head = ''] = address.toLowerCase().split('::');
  const groups = head.split(':').map((group) => group.replace(/^0{1,3}/, ''));
  return [groups[0] || '0', groups[1] || '0'];
};

/**
 * The network of a call, null where the record names none. The owner of an address (its ASN) is in no record and asking
 * for it would need a database, so this is by prefix. RFC 1918 and RFC 6598 space, as CloudTrail shows it of calls
 * through a VPC endpoint, is one network: the endpoint where the record names it.
 */
export const networkOf = ({ address, record }: Pick<Call, 'address' | 'record'>): Network | null => {
  const endpoint = text(record, 'vpcEndpointId');
  if (endpoint !== null && /^vpce-[0-9a-f]{8,32}$/.test(endpoint)) return both(endpoint);
  if (address === null) return null;
  if (/^AWS Internal$/i.test(address) || /\.amazonaws\.com(?:\.cn)?$/i.test(address))
    return both('aws-service');
  if (isIPv4(address)) {
    const [a = 0, b = 0] = address.split('.').map(Number);
    return isPrivate(a, b) ? both('private') : { near: `${a}.${b}.0.0/16`, wide: `${a}.0.0.0/8` };
  }
  if (isIPv6(address)) {
    const [a, b] = firstGroups(address);
    return /^f[cde]/.test(a) ? both('private') : { near: `${a}:${b}::/32`, wide: `${a}::/16` };
  }
  return null;
};
