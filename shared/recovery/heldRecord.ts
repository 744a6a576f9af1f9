import * as z from 'zod';
import { type FunctionArn, parseFunctionArn } from '../suspect/functionArn';

/** What Lambda says of an event that it could not hand over (developer guide, invocation record). */
export type HeldRecord = {
  readonly requestId: string;
  readonly target: FunctionArn;
  /** The event as it was sent, to the letter; null where Lambda left it out because the record grew too large. */
  readonly payload: string | null;
};

const recordSchema = z.object({
  requestContext: z.object({
    requestId: z.string().min(1).max(128),
    functionArn: z.string().max(300),
  }),
});

const endOfString = (text: string, from: number): number => {
  let at = from + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
};

/** Where the value that begins at `from` ends: at the comma or bracket that is not its own. */
const endOfValue = (text: string, from: number): number => {
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const character = text[at];
    if (character === '"') {
      at = endOfString(text, at);
      continue;
    }
    if (depth === 0 && (character === ',' || character === '}')) return at;
    if (character === '{' || character === '[') depth += 1;
    if (character === '}' || character === ']') depth -= 1;
    at += 1;
  }
  return at;
};

/**
 * The text of one member of a JSON object, or null when there is none. Parsed and written again, an event would be
 * another: numbers beyond 2^53 change. The text must be valid JSON; of a name given twice the last counts, as for
 * `JSON.parse`.
 */
export const rawMember = (text: string, name: string): string | null => {
  let found: string | null = null;
  let at = text.indexOf('{') + 1;
  while (text.indexOf('"', at) !== -1) {
    const key = text.indexOf('"', at);
    const afterKey = endOfString(text, key);
    const value = text.indexOf(':', afterKey) + 1;
    const end = endOfValue(text, value);
    if (JSON.parse(text.slice(key, afterKey)) === name) found = text.slice(value, end).trim();
    if (text[end] !== ',') break;
    at = end + 1;
  }
  return found;
};

const jsonOrNull = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/** Reads a message of a quarantine queue; null when it is no record of Lambda's. Who wrote it, it cannot tell. */
export const parseHeldRecord = (body: string): HeldRecord | null => {
  const parsed = recordSchema.safeParse(jsonOrNull(body));
  if (!parsed.success) return null;
  const { requestId, functionArn } = parsed.data.requestContext;
  const target = parseFunctionArn(functionArn);
  return target === null ? null : { requestId, target, payload: rawMember(body, 'requestPayload') };
};

/**
 * Why a record is not replayed, or null. Only to the suspect, and only to a qualifier whose events were held: a forged
 * record could otherwise start an old version that nobody has verified.
 */
export const refusalOf = (
  record: HeldRecord | null,
  suspectArn: string,
  held: readonly (string | null)[],
): string | null => {
  if (record === null) return 'it is no invocation record';
  if (record.target.arn !== suspectArn) return 'it is about another function';
  if (!held.includes(record.target.qualifier))
    return 'it is about a version or alias whose events were not held';
  return record.payload === null ? 'Lambda left the event out, as the record was too large' : null;
};
