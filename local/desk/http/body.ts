import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { RequestRefused } from '../errors';
import { parseJson } from '../json';

export const MOST_BYTES = 1024 * 1024;

/** The body as received. A longer one is read to its end and thrown away, so that the sender gets to see why. */
export const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size <= MOST_BYTES) chunks.push(bytes);
  }
  if (size > MOST_BYTES) throw new RequestRefused(413, 'the body is larger than 1 MiB');
  return Buffer.concat(chunks);
};

/** The body of a call to the script API; throws `RequestRefused` with one clear reason. */
export const parseBody = <T>(rawBody: string, schema: z.ZodType<T>): T => {
  const value = parseJson(rawBody);
  if (value === undefined) throw new RequestRefused(400, 'the body is not JSON');
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  const where = first === undefined || first.path.length === 0 ? 'the body' : first.path.join('.');
  throw new RequestRefused(400, `${where}: ${first?.message ?? 'cannot be used'}`, { cause: parsed.error });
};
