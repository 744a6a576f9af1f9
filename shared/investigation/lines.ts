import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import * as z from 'zod';

/** Lines ended by a line feed alone: whatever else looks like a line break belongs to the line. */
export async function* linesOf(body: Readable): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.write(chunk as Buffer)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest + decoder.end() !== '') yield rest + decoder.end();
}

const lineSchema = z.object({ timestamp: z.string().catch(''), message: z.string().catch('') });

/** A line that is not what the collector wrote is still a line, and is looked at as it is. */
export const readLine = (line: string): { readonly timestamp: string; readonly message: string } => {
  try {
    return lineSchema.parse(JSON.parse(line));
  } catch {
    return { timestamp: '', message: line };
  }
};
