import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { type Read, readEvents } from '../../../../cli/detect/readEvents';

describe('a file of events', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'events-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const read = async (content: string | Buffer): Promise<readonly Read[]> => {
    const path = join(folder, `${Math.random()}`);
    await writeFile(path, content);
    const found: Read[] = [];
    for await (const one of readEvents(path)) found.push(one);
    return found;
  };

  const EVENTS = [
    { eventName: 'A' },
    { eventName: 'B', text: 'ü\u2028 "quoted" {' },
    { eventName: 'C', list: [[1], {}] },
  ];
  const FORMS: readonly (readonly [string, string])[] = [
    ['JSON lines', EVENTS.map((event) => JSON.stringify(event)).join('\n')],
    [
      'JSON lines with empty ones and carriage returns',
      EVENTS.map((event) => `${JSON.stringify(event)}\r\n\r\n`).join(''),
    ],
    ['a log file of CloudTrail', JSON.stringify({ Records: EVENTS })],
    ['a log file that is laid out', JSON.stringify({ Records: EVENTS }, null, 2)],
    ['a list', JSON.stringify(EVENTS)],
    ['a list that is laid out', JSON.stringify(EVENTS, null, 2)],
    [
      'events that are laid out, one after the other',
      EVENTS.map((event) => JSON.stringify(event, null, 2)).join('\n'),
    ],
    ['a byte order mark first', `\uFEFF${EVENTS.map((event) => JSON.stringify(event)).join('\n')}`],
  ];

  it.each(FORMS)('as %s is read in order, also as gzip', async (_, content) => {
    const wanted = EVENTS.map((event) => ({ event }));

    expect(await read(content)).toEqual(wanted);
    expect(await read(gzipSync(content))).toEqual(wanted);
  });

  it('as gzip of several members is read to its end', async () => {
    const members = EVENTS.map((event) => gzipSync(`${JSON.stringify(event)}\n`));

    expect(await read(Buffer.concat(members))).toEqual(EVENTS.map((event) => ({ event })));
  });

  it('says what is no JSON, and reads on', async () => {
    expect(await read('{"a":1}\nnonsense\n{"a":2}\n')).toEqual([
      { event: { a: 1 } },
      { error: 'the line is not JSON' },
      { event: { a: 2 } },
    ]);
  });

  it('that is empty has none', async () => {
    expect(await read('')).toEqual([]);
    expect(await read('\n\n')).toEqual([]);
  });

  it('that breaks off says so', async () => {
    await expect(read(gzipSync(FORMS[0]?.[1] ?? '').subarray(0, 40))).rejects.toThrow(
      'unexpected end of file',
    );
  });

  it('as lines is read whatever they hold', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.object(), { maxLength: 20 }), async (events) => {
        const lines = events.map((event) => JSON.stringify(event));
        expect(await read(lines.join('\n'))).toEqual(lines.map((line) => ({ event: JSON.parse(line) })));
      }),
      { numRuns: 100 },
    );
  });
});
