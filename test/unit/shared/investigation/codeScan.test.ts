import fc from 'fast-check';
import { scanPackage } from '../../../../shared/investigation/codeScan';
import { renamed, zipOf } from '../../../fixtures/zip';

const MARK = 'connect("stratum+tcp://pool.example:3333")';
const MEBIBYTE = 1024 * 1024;

describe('scanPackage', () => {
  it('says which sign is in which file', async () => {
    const archive = await zipOf({
      'index.js': 'exports.handler = async () => "fine";',
      'lib/worker.js': `const a = 1; ${MARK}`,
      'bin/miner': Buffer.concat([Buffer.from([0, 1, 2, 255]), Buffer.from('xmrig')]),
    });

    expect(await scanPackage(archive)).toMatchObject({
      signs: [
        { sign: 'miner-protocol', technique: 'T1496', entry: 'lib/worker.js' },
        { sign: 'miner-name', entry: 'bin/miner' },
      ],
      unread: [],
    });
  });

  it('finds nothing in a package that bears no sign, nor in an empty one', async () => {
    expect(await scanPackage(await zipOf({ 'index.js': 'fine' }))).toEqual({
      signs: [],
      unread: [],
      arns: [],
    });
    expect(await scanPackage(await zipOf({}))).toEqual({ signs: [], unread: [], arns: [] });
  });

  it.each(['../worker.js', '/abs/work.js', 'C:\\worker.js', 'a\\..\\b.js', '..\\..\\x.js'])(
    'looks into a file that is called %j, and only quotes its name',
    async (name) => {
      const plain = 'x'.repeat(name.length);
      const archive = renamed(await zipOf({ [plain]: MARK, 'other.js': 'xmrig' }), plain, name);
      const { signs } = await scanPackage(archive);

      expect(signs.map(({ sign, entry }) => [sign, entry])).toEqual([
        ['miner-protocol', name],
        ['miner-name', 'other.js'],
      ]);
    },
  );

  it('still finds what is in the other files when one is damaged, and says which it could not read', async () => {
    const archive = await zipOf({ 'damaged.js': 'a'.repeat(1000), 'worker.js': MARK });
    // The first file's data begins after its local header (30 bytes) and its name.
    archive.fill(0xff, 30 + 'damaged.js'.length, 30 + 'damaged.js'.length + 8);
    const { signs, unread } = await scanPackage(archive);

    expect(signs).toMatchObject([{ entry: 'worker.js' }]);
    expect(unread).toEqual([expect.stringContaining('damaged.js')]);
  });

  it('ends with a zip bomb before the memory does', async () => {
    const bomb = await zipOf({ 'bomb.bin': Buffer.alloc(96 * MEBIBYTE), 'worker.js': MARK });
    const before = process.memoryUsage().arrayBuffers;
    const { signs } = await scanPackage(bomb);

    expect(bomb.length).toBeLessThan(MEBIBYTE);
    expect(signs).toMatchObject([{ entry: 'worker.js' }]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * MEBIBYTE);
  });

  it('says what it did not look at: the rest of a file that is too long (invariant 8)', async () => {
    const archive = await zipOf({
      'padded.js': Buffer.concat([Buffer.alloc(12 * MEBIBYTE, 32), Buffer.from(MARK)]),
    });
    const { signs, unread } = await scanPackage(archive);

    expect(signs.length > 0 || unread.some((what) => what.includes('padded.js'))).toBe(true);
  });

  it('says what it did not look at: files beyond the most that it takes', async () => {
    const files = Object.fromEntries(Array.from({ length: 5001 }, (_, index) => [`f${index}.js`, '']));
    const { unread } = await scanPackage(await zipOf(files));

    expect(unread).toHaveLength(1);
  });

  it.each([Buffer.alloc(0), Buffer.from('not a zip'), Buffer.alloc(1000, 0x50)])(
    'refuses what is no package',
    async (garbage) => {
      await expect(scanPackage(garbage)).rejects.toThrow();
    },
  );

  it('ends on any bytes, read or refused (property)', async () => {
    const archive = await zipOf({ 'index.js': MARK, 'lib/other.js': 'fine' });

    await fc.assert(
      fc.asyncProperty(fc.nat({ max: archive.length - 1 }), fc.nat({ max: 255 }), async (at, byte) => {
        const broken = Buffer.from(archive);
        broken[at] = byte;
        const outcome = await scanPackage(broken).then(
          ({ signs }) => signs.length <= 4,
          (error: unknown) => error instanceof Error,
        );
        expect(outcome).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
