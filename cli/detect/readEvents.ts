import { createReadStream } from 'node:fs';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { JSONParser } from '@streamparser/json';

/** One event of the input, or one sentence about what stands there instead. */
export type Read = { readonly event: unknown } | { readonly error: string };

/** A line that is longer is not held in memory; a log file of CloudTrail is one line, and is parsed piece by piece then. */
const LONGEST_LINE = 64 * 1024 * 1024;
const NEWLINE = 0x0a;

const isGzip = (head: Buffer): boolean => head[0] === 0x1f && head[1] === 0x8b;

/** The input's bytes, unpacked where it is gzip (of one member or many). `-` is standard input. */
async function* bytesOf(path: string): AsyncGenerator<Buffer> {
  const input: AsyncIterator<Buffer> = (path === '-' ? process.stdin : createReadStream(path))[
    Symbol.asyncIterator
  ]();
  let { value: head, done = false } = await input.next();
  while (!done && head.length < 2) {
    const next = await input.next();
    done = next.done ?? false;
    if (!done) head = Buffer.concat([head, next.value]);
  }
  if (head === undefined) return;
  const first: Buffer = head;
  const rest = async function* (): AsyncGenerator<Buffer> {
    yield first;
    for (let next = await input.next(); !next.done; next = await input.next()) yield next.value;
  };
  if (!isGzip(first)) {
    yield* rest();
    return;
  }
  const plain = new PassThrough();
  // A failure reaches whoever reads: the pipeline destroys its last stream with it.
  pipeline(Readable.from(rest()), createGunzip(), plain).catch(() => undefined);
  yield* plain;
}

/** What a parsed line holds: a log file of CloudTrail and a list hold many events. */
const eventsIn = (value: unknown): readonly unknown[] => {
  if (Array.isArray(value)) return value;
  if (typeof value === 'object' && value !== null && 'Records' in value && Array.isArray(value.Records))
    return value.Records;
  return [value];
};

function* readLine(line: string): Generator<Read> {
  const text = line.trim();
  if (text === '') return;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    yield { error: 'the line is not JSON' };
    return;
  }
  for (const event of eventsIn(value)) yield { event };
}

/** JSON that is spread over lines, or too long for one: parsed as it comes. */
async function* readPieces(head: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Read> {
  const found: unknown[] = [];
  const start = head
    .subarray(0, 1024)
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart();
  const paths = start.startsWith('[') ? ['$.*'] : /^\{\s*"Records"\s*:/.test(start) ? ['$.Records.*'] : ['$'];
  const parser = new JSONParser({ paths, keepStack: false, separator: '' });
  parser.onValue = ({ value }) => {
    if (value !== undefined) found.push(value);
  };
  let failed = false;
  parser.onError = () => {
    failed = true;
  };
  const take = function* (piece: Buffer): Generator<Read> {
    if (!failed)
      try {
        parser.write(piece);
      } catch {
        failed = true;
      }
    for (const value of found.splice(0))
      for (const event of paths[0] === '$' ? eventsIn(value) : [value]) yield { event };
  };
  yield* take(head);
  for await (const piece of rest) yield* take(piece);
  if (failed) yield { error: 'from here on the input is not JSON' };
}

/** Whether a first line is the beginning of JSON that goes on in the next. */
const goesOn = (line: string): boolean => {
  const text = line.trim();
  if (!/^[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return false;
  } catch {
    return /[[{,:]$/.test(text);
  }
};

/**
 * The events of a file, in order, however large it is: JSON lines, JSON spread over lines, lists, log files of
 * CloudTrail (`{"Records": […]}`), each also as gzip. Throws what reading itself throws (ENOENT, a broken gzip).
 */
export async function* readEvents(path: string): AsyncGenerator<Read> {
  const bytes = bytesOf(path);
  let kept: Buffer[] = [];
  let length = 0;
  let isFirst = true;
  for await (const chunk of bytes) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      const line = Buffer.concat([...kept, chunk.subarray(from, end)])
        .toString('utf8')
        .replace(/^\uFEFF/, '');
      kept = [];
      length = 0;
      from = end + 1;
      if (isFirst && line.trim() !== '') {
        isFirst = false;
        if (goesOn(line)) {
          yield* readPieces(Buffer.concat([Buffer.from(`${line}\n`), chunk.subarray(from)]), bytes);
          return;
        }
      }
      yield* readLine(line);
    }
    kept.push(chunk.subarray(from));
    length += chunk.length - from;
    if (length > LONGEST_LINE) {
      if (!isFirst) throw new LineTooLongError(`a line is longer than ${LONGEST_LINE} bytes`);
      yield* readPieces(Buffer.concat(kept), bytes);
      return;
    }
  }
  yield* readLine(
    Buffer.concat(kept)
      .toString('utf8')
      .replace(/^\uFEFF/, ''),
  );
}

export class LineTooLongError extends Error {
  override readonly name = 'LineTooLongError';
}
