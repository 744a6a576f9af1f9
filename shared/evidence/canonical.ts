import { createHash } from 'node:crypto';

/** What a manifest is made of: JSON, of whose numbers only whole ones are used. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/** A value that has no canonical form: a fraction, an infinity, or what is no JSON. */
export class NotCanonicalError extends Error {
  override readonly name = 'NotCanonicalError';
}

/**
 * The one way to write a value: RFC 8785 (JCS), that is no white space, and keys in the order of their UTF-16 code
 * units. What is signed and chained is these bytes, so that two programs cannot read one signature in two ways.
 * Properties that are undefined are left out. Throws {@link NotCanonicalError}.
 */
export const canonical = (value: unknown): string => {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value) || Object.is(value, -0))
      throw new NotCanonicalError(`${value} is no whole number`);
    return String(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object') throw new NotCanonicalError(`a ${typeof value} is no JSON`);
  const entries = Object.entries(value).filter(([, held]) => held !== undefined);
  // toSorted compares UTF-16 code units, as RFC 8785 asks for.
  const keys = entries.map(([key]) => key).toSorted();
  const held = value as Readonly<Record<string, unknown>>;
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(held[key])}`).join(',')}}`;
};

/** SHA-256 of bytes, or of text as UTF-8, in lower-case hexadecimal. */
export const sha256 = (bytes: string | Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');
