import { ABILITIES, type Kind } from './abilities';
import type { Exposed, Exposure } from './exposure';

/** A record is no place for thousands. */
const MOST_REACHED = 100;

/** What is fed by being written to: to have read it leads to nobody. */
const FED: readonly Kind[] = ['queue', 'stream', 'table'];

const WRITES = new Set(ABILITIES.filter(({ does }) => does !== 'read').map(({ action }) => action));

const isReached = ({ kind, did, could, perhaps }: Exposed): boolean => {
  if (!FED.includes(kind)) return did > 0 || could.length > 0;
  // Touched, and no policy says by which right: what it did there is not known.
  return could.some((action) => WRITES.has(action)) || (did > 0 && could.length + perhaps.length === 0);
};

/**
 * Queues, streams and tables that a suspect read or surely could, by ARN, the worst first, and may not write to: nobody
 * is fed by it there, but they let it in. Pure.
 */
export const readsOf = ({ resources }: Exposure): readonly string[] =>
  resources
    .filter(({ kind, did, could }) => FED.includes(kind) && (did > 0 || could.length > 0))
    .filter((resource) => !isReached(resource))
    .map(({ arn }) => arn)
    .slice(0, MOST_REACHED);

/**
 * What a suspect reached or surely could, by ARN, the worst first; of queues, streams and tables those that it may write
 * to. What policies admit only under conditions, or name with a wildcard, is not in it. Pure.
 */
export const reachOf = ({ resources }: Exposure): readonly string[] =>
  resources
    .filter(isReached)
    .map(({ arn }) => arn)
    .slice(0, MOST_REACHED);
