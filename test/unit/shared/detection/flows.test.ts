import fc from 'fast-check';
import { addressList } from '../../../../shared/detection/addresses';
import { flowSigns, readFlow } from '../../../../shared/detection/flows';

const list = addressList(['198.51.100.0/24', '2001:db8::7']);
const record = (from: string, to: string, port: number, action = 'ACCEPT', status = 'OK'): string =>
  `2 111122223333 eni-0123456789abcdef0 ${from} ${to} 49152 ${port} 6 20 4249 1763632800 1763632860 ${action} ${status}`;
const rulesOf = (line: string): readonly string[] => {
  const flow = readFlow(line);
  return flow === null ? [] : flowSigns(flow, list).map(({ id }) => id);
};

describe('a record of VPC Flow Logs', () => {
  it('is a sign where it goes out to an address that is listed, or to a port of miners', () => {
    expect(rulesOf(record('10.0.1.5', '198.51.100.9', 443))).toEqual(['listed-address-contacted']);
    expect(rulesOf(record('172.31.0.9', '203.0.113.5', 3333))).toEqual(['connection-to-odd-port']);
    expect(rulesOf(record('fd00::1', '2001:db8::7', 14444))).toEqual([
      'listed-address-contacted',
      'connection-to-odd-port',
    ]);
  });

  it('is none where it stays inside, comes back, was rejected, or goes to the web', () => {
    expect(rulesOf(record('10.0.1.5', '10.0.2.9', 3333))).toEqual([]);
    expect(rulesOf(record('198.51.100.9', '10.0.1.5', 49152))).toEqual([]);
    expect(rulesOf(record('10.0.1.5', '198.51.100.9', 443, 'REJECT'))).toEqual([]);
    expect(rulesOf(record('10.0.1.5', '203.0.113.5', 443))).toEqual([]);
    expect(rulesOf(record('10.0.1.5', '169.254.169.254', 80))).toEqual([]);
  });

  it.each([
    '2 111122223333 eni-0123456789abcdef0 - - - - - - - 1763632800 1763632860 - NODATA',
    'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status',
    '2 111122223333 i-0123 10.0.0.1 198.51.100.9 1 3333 6 1 1 1 1 ACCEPT OK',
    '',
  ])('is no record of traffic: %j', (line) => {
    expect(readFlow(line)).toBeNull();
  });

  it('never makes the reader throw (property)', () => {
    fc.assert(fc.property(fc.string(), (line) => void readFlow(line)));
    fc.assert(
      fc.property(
        fc.array(fc.string(), { minLength: 14, maxLength: 14 }),
        (fields) => void readFlow(fields.join(' ')),
      ),
    );
  });
});
