import { createHash } from 'node:crypto';

/**
 * Names a value without showing it: enough to tell whether two values were the same. Salted with the incident, so that
 * a short or guessable value cannot be looked up in a table that was made beforehand.
 */
export const fingerprint = (salt: string, value: string): string =>
  `sha256:${createHash('sha256').update(`${salt}\0${value}`).digest('hex').slice(0, 16)}`;
