import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves with the first truthy answer; for what the local AWS does in its own time. */
export async function until<T>(ask: () => Promise<T | undefined | false>, patienceMs = 15_000): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`Nothing within ${patienceMs} ms: ${ask}`);
    await sleep(100);
  }
}
