import { gzipSync } from 'node:zlib';
import { recordsOf } from '../../../../shared/detection/trailFile';

async function* pieces(bytes: Uint8Array, size = 7): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

const all = async (bytes: Uint8Array): Promise<readonly unknown[]> => {
  const found: unknown[] = [];
  for await (const record of recordsOf(pieces(bytes))) found.push(record);
  return found;
};

describe('a log file of a trail', () => {
  it('gives its records in order, however it is cut', async () => {
    const Records = Array.from({ length: 50 }, (_, index) => ({
      eventID: `é${index}`,
      nested: { Records: [index] },
    }));

    expect(await all(gzipSync(JSON.stringify({ Records })))).toEqual(Records);
    expect(await all(gzipSync('{"Records":[]}'))).toEqual([]);
  });

  it.each([
    ['no gzip', Buffer.from('{"Records":[]}')],
    [
      'gzip that breaks off',
      gzipSync(JSON.stringify({ Records: [{ eventID: 'x'.repeat(5000) }] })).subarray(0, 30),
    ],
    ['no JSON', gzipSync('not JSON at all')],
    ['JSON that breaks off', gzipSync('{"Records":[{"eventID":"1"},')],
  ])('is refused where it is %s', async (_what, bytes) => {
    await expect(all(bytes)).rejects.toThrow('no log file of CloudTrail');
  });
});
