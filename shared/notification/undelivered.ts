import type { Undelivered } from '../incident/incident';
import type { About } from './about';
import type { Report } from './announce';

/** A record must not grow by what cannot be told. */
const MOST_LINES = 20;
const LONGEST = 500;

type Told = { readonly about: About; readonly detail: readonly string[]; readonly report: Report };

/**
 * What is still to be told after an announcement, by channel: a channel that delivered owes nothing any more, one that
 * failed owes what it was told last. Null where nothing changes.
 */
export const undeliveredAfter = (
  before: Readonly<Record<string, Undelivered>> = {},
  { about, detail, report: { delivered, failed } }: Told,
  now: Date,
): Readonly<Record<string, Undelivered>> | null => {
  if (failed.length === 0 && !delivered.some((channel) => Object.hasOwn(before, channel))) return null;
  const short = detail.slice(0, MOST_LINES).map((line) => line.slice(0, LONGEST));
  const kept = Object.entries(before).filter(([channel]) => !delivered.includes(channel));
  const owed = failed.map(
    ({ channel }) => [channel, { at: now.toISOString(), about, detail: short }] as const,
  );
  return Object.fromEntries([...kept, ...owed]);
};
