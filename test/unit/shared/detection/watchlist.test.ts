import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { addressList } from '../../../../shared/detection/addresses';
import { LOG_RULES } from '../../../../shared/detection/logRules';
import { watchingFinder } from '../../../../shared/detection/watchlist';

const { readAddresses } = require('../../../../infrastructure/watchlist.cjs') as {
  readAddresses: (file: string) => { problems: readonly string[]; entries?: readonly string[] };
};

const list = addressList([
  '198.51.100.7',
  '203.0.113.0/24',
  '2001:db8:bad::/48',
  '2001:db8::5',
  'pool.example.net',
  'evil.example',
]);

describe('a list of bad addresses', () => {
  it.each([
    'connect ECONNREFUSED 198.51.100.7:4444',
    'to 203.0.113.200.',
    '{"host":"203.0.113.9","port":443}',
    'connect to [2001:db8:bad:1::9]:443',
    'peer 2001:db8:0:0:0:0:0:5 answered',
    'getaddrinfo enotfound pool.example.net',
    'https://a.b.evil.example/x?y=1',
    'host evil.example: refused',
  ])('is found in %s', (line) => {
    expect(list.foundIn(line)).not.toBeNull();
  });

  it.each([
    '198.51.100.70',
    '1198.51.100.7',
    '203.0.114.1',
    '2001:db8:bae::1',
    'notevil.example',
    'evil.example.org',
    'example.net',
    'version 4.19.51.100',
    '::',
    '2026-11-23T03:12:00.123Z',
  ])('is not found in %s', (line) => {
    expect(list.foundIn(line)).toBeNull();
  });

  it('finds any address of a network that is listed, and none outside of it', () => {
    fc.assert(
      fc.property(
        fc.nat(0xffffffff),
        fc.integer({ min: 8, max: 32 }),
        fc.nat(0xffffffff),
        (at, length, other) => {
          const dotted = (bits: number): string =>
            [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
          const isIn = length === 32 ? at === other : at >>> (32 - length) === other >>> (32 - length);
          expect(addressList([`${dotted(at)}/${length}`]).foundIn(` ${dotted(other)} `) !== null).toBe(isIn);
        },
      ),
    );
  });

  it('takes any line, however hostile', () => {
    fc.assert(fc.property(fc.string(), (line) => void list.foundIn(line)));
    expect(list.foundIn('a.'.repeat(8000))).toBeNull();
    expect(list.foundIn(':'.repeat(16_000))).toBeNull();
  });
});

describe('the file of bad addresses', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'watchlist-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));
  const read = (text: string) => {
    const file = join(directory, 'bad.txt');
    writeFileSync(file, text);
    return readAddresses(file);
  };

  it('may have comments, blank lines, and an entry twice', () => {
    expect(read('# feed\n198.51.100.7 # c2\r\n\n198.51.100.7\nEvil.Example\n2001:DB8::/32\n')).toEqual({
      problems: [],
      entries: ['198.51.100.7', 'evil.example', '2001:db8::/32'],
    });
  });

  it.each([
    '198.51.100',
    '0.0.0.0/0',
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    'evil',
    'http://evil.example/',
    '2001:db8::/4',
  ])('is refused with %s, by its line', (entry) => {
    expect(read(`evil.example\n${entry}\n`).problems).toEqual([expect.stringContaining('bad.txt:2: ')]);
  });

  it('is refused where it is not there', () => {
    expect(readAddresses(join(directory, 'none.txt')).problems).toEqual([
      expect.stringContaining('there is no'),
    ]);
  });
});

describe('what the policy looks for in logs', () => {
  const find = watchingFinder(LOG_RULES, {
    keywords: [{ text: 'Payment.Override', severity: 6 }],
    addresses: ['evil.example'],
  });

  it('is found in any spelling and coding, beside the rules that ship', () => {
    expect(find('WARN payment.override by 7').map(({ title, severity }) => [title, severity])).toEqual([
      ['A line has the keyword "Payment.Override"', 6],
    ]);
    expect(find('GET /?u=%65vil.example').map(({ id }) => id)).toEqual(['listed-address']);
    expect(find('stratum+tcp://evil.example:3333').map(({ id }) => id)).toEqual([
      'coin-miner',
      'listed-address',
    ]);
    expect(find('paymentXoverride at example')).toEqual([]);
  });
});
