import { gzipSync } from 'node:zlib';
import { newCore, search } from '../../local/canaries/search';
import { zipOf } from '../fixtures/zip';

const core = newCore();
const found = async (bytes: Buffer) =>
  (await search([{ name: 'it', core, belongs: () => false }], [{ place: 'there', bytes }])).get('it')?.leaks;

describe('the scanner for what must not be found', () => {
  it.each<[string, () => Buffer | Promise<Buffer>]>([
    ['as it is', () => Buffer.from(`before ${core} after`)],
    ['in JSON, escaped twice', () => Buffer.from(JSON.stringify(JSON.stringify({ value: `"${core}"\n` })))],
    ['in base64', () => Buffer.from(Buffer.from(core).toString('base64'))],
    ['in base64, one byte on', () => Buffer.from(Buffer.from(`a${core}bc`).toString('base64'))],
    ['in base64, two bytes on', () => Buffer.from(Buffer.from(`ab${core}c`).toString('base64'))],
    ['in base64url', () => Buffer.from(Buffer.from(`??${core}??`).toString('base64url'))],
    ['in hexadecimal digits', () => Buffer.from(Buffer.from(core).toString('hex'))],
    ['in gzip', () => gzipSync(`before ${core} after`)],
    [
      'in gzip in base64 in JSON',
      () => Buffer.from(JSON.stringify({ data: gzipSync(`some ${core}`).toString('base64') })),
    ],
    ['in an entry of a zip', () => zipOf({ 'index.js': `const it = '${core}';` })],
    ['in the name of an entry of a zip', () => zipOf({ [`${core}.js`]: 'fine' })],
  ])('finds it %s', async (_how, make) => {
    expect(await found(await make())).toEqual(['there']);
  });

  it('finds what JSON escapes, in JSON and in JSON within JSON', async () => {
    const awkward = 'pass"word\\with ends';
    const places = [awkward, JSON.stringify({ awkward }), JSON.stringify(JSON.stringify({ awkward }))].map(
      (text, index) => ({ place: String(index), bytes: Buffer.from(text) }),
    );
    const all = await search([{ name: 'it', core: awkward, belongs: () => false }], places);
    expect(all.get('it')?.leaks).toEqual(['0', '1', '2']);
  });

  it('finds nothing where nothing is', async () => {
    expect(await found(gzipSync(JSON.stringify({ other: newCore() })))).toEqual([]);
  });
});
