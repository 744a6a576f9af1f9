import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { JSONParser } from '@streamparser/json';

/** CloudTrail's log files are some megabytes, unpacked; one that is larger than this was made to exhaust us. */
const MOST_UNPACKED = 1024 * 1024 * 1024;

export class TrailFileError extends Error {
  override readonly name = 'TrailFileError';
}

/** The records that pieces of `{"Records": […]}` complete, as they come. */
const recordParser = () => {
  const found: unknown[] = [];
  const parser = new JSONParser({ paths: ['$.Records.*'], keepStack: false });
  parser.onValue = ({ value }) => {
    found.push(value);
  };
  return {
    parse: (piece: Uint8Array): readonly unknown[] => {
      parser.write(piece);
      return found.splice(0);
    },
    isWhole: (): boolean => parser.isEnded,
  };
};

/**
 * The records of a log file of CloudTrail (gzip of `{"Records": […]}`), one after the other: never the whole file in
 * memory. Throws {@link TrailFileError} for what is none.
 */
export async function* recordsOf(packed: AsyncIterable<Uint8Array>): AsyncGenerator<unknown> {
  const unpacked = createGunzip();
  const piping = pipeline(Readable.from(packed), unpacked).catch(() => undefined);
  const { parse, isWhole } = recordParser();
  let bytes = 0;
  try {
    for await (const piece of unpacked as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > MOST_UNPACKED) throw new Error(`more than ${MOST_UNPACKED} bytes unpacked`);
      yield* parse(piece);
    }
    if (!isWhole()) throw new Error('the JSON breaks off');
  } catch (error) {
    throw new TrailFileError(`no log file of CloudTrail: ${(error as Error).message}`);
  } finally {
    unpacked.destroy();
    await piping;
  }
}
