import { createHash } from 'node:crypto';
import type { Entry, LinkedEntry } from './incident';

/*
 * The history of an incident as a chain: each entry has a number and holds the digest of the one before it, so that one
 * that was changed, taken out or put in later shows. docs/retention.md says what else keeps it, and what nothing stops.
 */

/**
 * SHA-256 over the entry and the one before it, as a JSON array of strings in this order. Anybody can compute it:
 * incident, number, at, kind, by (empty where Tourniquet itself acted), text, previous.
 */
const digestOf = (id: string, { number, at, kind, by = '', text, previous }: Omit<LinkedEntry, 'sha256'>) =>
  createHash('sha256')
    .update(JSON.stringify([id, String(number), at, kind, by, text, previous]))
    .digest('hex');

/** As it comes back from DynamoDB, which keeps UTF-8: half a character would be another one then. */
const wellFormed = (text: string): string => Buffer.from(text, 'utf8').toString('utf8');

/** An entry as the next of its incident's chain; `before` is the newest, null before the first. */
export const linkEntry = (id: string, before: LinkedEntry | null, entry: Entry): LinkedEntry => {
  const linked = {
    number: (before?.number ?? 0) + 1,
    at: entry.at,
    kind: wellFormed(entry.kind),
    ...(entry.by === undefined ? {} : { by: wellFormed(entry.by) }),
    text: wellFormed(entry.text),
    previous: before?.sha256 ?? '',
  };
  return { ...linked, sha256: digestOf(id, linked) };
};

/** What is wrong with an incident's history, in sentences; nothing where it is as it was written. By number. */
export const faultsInHistory = (id: string, entries: readonly LinkedEntry[]): readonly string[] => {
  if (entries.length === 0) return ['there is no entry at all: every incident begins with one'];
  const faults: string[] = [];
  let expected = 1;
  let before = '';
  for (const entry of entries.toSorted((a, b) => a.number - b.number)) {
    const { number, sha256, previous } = entry;
    if (number !== expected)
      faults.push(
        number === expected + 1
          ? `entry ${expected} is missing`
          : number > expected
            ? `entries ${expected} to ${number - 1} are missing`
            : `entry ${number} is there twice`,
      );
    else if (previous !== before)
      faults.push(`entry ${number} does not follow the one before it: one of the two was written anew`);
    if (digestOf(id, entry) !== sha256) faults.push(`entry ${number} was changed: its digest does not fit`);
    expected = number + 1;
    before = sha256;
  }
  return faults;
};
