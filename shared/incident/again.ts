import { createHash } from 'node:crypto';

/** The same death, reported twice, starts one execution: a name that is taken by one that runs is left to it. */
export const digestOf = (executionArn: string): string =>
  createHash('sha256').update(executionArn).digest('hex').slice(0, 16);

const AGAIN = 'again-';

/** What an execution is called that assesses the finding of a dead one once more. */
export const againName = (executionArn: string): string => `${AGAIN}${digestOf(executionArn)}`;

export const isAgain = (name: string): boolean => name.startsWith(AGAIN);

/**
 * Whether an execution assesses once more what a dead one was about. The function of the dead one may still have been
 * running, and have opened the incident after nobody found one: then it is the successor's.
 */
export const succeeds = (executionArn: string, dead: string): boolean =>
  executionArn.endsWith(`:${againName(dead)}`);
