import type { Burst } from './rule';

type Seen = Map<string, number>;

/** Callers that are remembered at a time, the least recent forgotten first: a stream has no end. */
const MOST_KEYS = 20_000;

/**
 * Counts for bursts, in memory. Times are those of the records: a stream that comes in another order counts the same, as
 * far as it is remembered.
 */
export class Memory {
  readonly #seen = new Map<string, Seen>();

  /** Notes what a caller did at a time (milliseconds), and whether that and what is near it in time make a burst. */
  note(key: string, what: readonly string[], time: number, { least, seconds }: Burst): boolean {
    const seen = this.#seen.get(key) ?? new Map<string, number>();
    this.#seen.delete(key);
    this.#seen.set(key, seen);
    if (this.#seen.size > MOST_KEYS) this.#seen.delete(this.#seen.keys().next().value as string);
    for (const one of what) {
      // Put last, so that the oldest is what is forgotten.
      const before = seen.get(one);
      seen.delete(one);
      seen.set(one, before === undefined ? time : Math.max(before, time));
    }
    for (const one of seen.keys()) {
      if (seen.size <= 2 * least) break;
      seen.delete(one);
    }
    let near = 0;
    for (const then of seen.values()) if (Math.abs(time - then) <= seconds * 1000) near += 1;
    return what.length > 0 && near >= least;
  }
}
