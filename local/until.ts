import { setTimeout as sleep } from 'node:timers/promises';

/** Something did not come about in time. */
export class NeverHappened extends Error {
  override readonly name = 'NeverHappened';
}

/** Asks again and again until there is an answer (not null or false), for so many seconds. */
export const until = async <T>(
  what: string,
  seconds: number,
  ask: () => Promise<T | null | false>,
): Promise<T> => {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== false) return answer;
    if (Date.now() > deadline) throw new NeverHappened(`${what}: not within ${seconds} seconds`);
    await sleep(150);
  }
};
