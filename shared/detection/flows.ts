import { isIPv4, isIPv6 } from 'node:net';
import type { Addresses } from './addresses';
import { isPrivateAddress } from './baseline/network';
import type { LogRule } from './sign';

/** One record of VPC Flow Logs, in the default format (VPC user guide, "Flow log records": version 2). */
export type Flow = {
  readonly interfaceId: string;
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly bytes: number;
};

const FIELDS = 14;

/** Reads a record of traffic that was let through; null for what was not, has no data, or is none. */
export const readFlow = (line: string): Flow | null => {
  const fields = line.trim().split(' ');
  const [, , interfaceId = '', from = '', to = '', , port, , , bytes, , , action, status] = fields;
  if (fields.length < FIELDS || action !== 'ACCEPT' || status !== 'OK') return null;
  if (!/^eni-[0-9a-f]{8,32}$/.test(interfaceId)) return null;
  if (![from, to].every((address) => isIPv4(address) || isIPv6(address))) return null;
  return { interfaceId, from, to, port: Number(port), bytes: Number(bytes) };
};

/** Out of the network: what comes back has the addresses the other way round. */
const isOutbound = ({ from, to }: Flow): boolean => isPrivateAddress(from) && !isPrivateAddress(to);

/**
 * Ports that a function seldom has business with: those of mining pools (3333, 4444, 5555, 7777, 14444, 45700), of IRC
 * (6667, 6697) and Tor (9001, 9030, 9050). MITRE ATT&CK T1571, T1496, T1090.003.
 */
const PORTS = new Set([3333, 4444, 5555, 6667, 6697, 7777, 9001, 9030, 9050, 14_433, 14_444, 45_560, 45_700]);

export const LISTED_CONTACTED: LogRule = {
  id: 'listed-address-contacted',
  row: 36,
  title: 'The function connected to an address of your list of bad addresses',
  techniques: ['T1071', 'T1041'],
  severity: 8,
  rationale: 'The policy lists it, and traffic went there',
  references: ['https://attack.mitre.org/techniques/T1071/'],
  hints: [],
  patterns: [],
};

export const ODD_PORT: LogRule = {
  id: 'connection-to-odd-port',
  row: 36,
  title: 'The function connected to a port of miners, IRC or Tor',
  techniques: ['T1571', 'T1496.001', 'T1090.003'],
  severity: 5,
  rationale: 'Pools, bots and relays listen there, and services of the web do not',
  references: ['https://attack.mitre.org/techniques/T1571/'],
  hints: [],
  patterns: [],
};

/** What a flow is a sign of. */
export const flowSigns = (flow: Flow, list: Addresses): readonly LogRule[] =>
  !isOutbound(flow)
    ? []
    : [
        ...(list.foundIn(flow.to) === null ? [] : [LISTED_CONTACTED]),
        ...(PORTS.has(flow.port) ? [ODD_PORT] : []),
      ];
