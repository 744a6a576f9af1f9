import { ResourceNotFoundException } from '@aws-sdk/client-lambda';

/** What a collector could not get, as sentences: the rest is sealed all the same (invariant 8). */
export type Gaps = string[];

const explain = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/** What a call gives; null where it fails, and then `gaps` says so. An ended collector fails as a whole. */
export const attempt = async <T>(
  what: string,
  gaps: Gaps,
  signal: AbortSignal,
  call: () => Promise<T>,
): Promise<T | null> => {
  try {
    return await call();
  } catch (error) {
    if (signal.aborted) throw error;
    gaps.push(`${what}: ${explain(error)}`);
    return null;
  }
};

/** What Lambda answers; null where there is no such thing (any more). */
export const unlessMissing = async <T>(call: Promise<T>): Promise<T | null> => {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  }
};

/** The longest that `completeness` gets: a manifest is no place for a thousand refusals. */
const MOST_SAID = 20;

/** Gaps in one sentence, behind what is said anyway; "complete" without either. */
export const sayGaps = (gaps: Gaps, ...said: readonly string[]): string => {
  const all = [
    ...said,
    ...gaps.slice(0, MOST_SAID).map((gap) => `missing: ${gap}`),
    ...(gaps.length > MOST_SAID ? [`missing: ${gaps.length - MOST_SAID} more`] : []),
  ];
  return all.length === 0 ? 'complete' : all.join('; ');
};

/** How many calls of one kind are made at once: Lambda's control plane is shared with everybody in the account. */
const AT_ONCE = 5;

export const inBatches = async <Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> => {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += AT_ONCE)
    results.push(...(await Promise.all(items.slice(start, start + AT_ONCE).map(work))));
  return results;
};
