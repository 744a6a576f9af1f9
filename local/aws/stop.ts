import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmulatorFailed } from './errors';
import { markerOf } from './launch';
import { withLock } from './lock';
import { familyOf, isStill, kill } from './processes';
import { type Places, placesOf, readRecord, removeRecord } from './state';

const patienceMs = 10_000;

/** Ends the instance and everything it spawned. One that AWS_ENDPOINT_URL named is not ours and is left alone. */
export async function stopLocalAws(dir: string): Promise<void> {
  const places = placesOf(dir);
  await withLock(
    places.lock,
    () => undefined,
    () => endInstance(places),
  );
}

/** For whoever holds the instance's lock. */
export async function endInstance(places: Places): Promise<void> {
  const record = await readRecord(places);
  // An id that was given to another process since must not be taken for ours.
  const leader = record && isStill(record.pid, record.started) ? record.pid : undefined;
  const deadline = Date.now() + patienceMs;
  for (
    let left = familyOf(leader, markerOf(places));
    left.length > 0;
    left = familyOf(leader, markerOf(places))
  ) {
    if (Date.now() > deadline)
      throw new EmulatorFailed(`The local AWS could not be ended; still there: ${left.join(', ')}.`);
    kill(left);
    await sleep(20);
  }
  await rm(places.files, { recursive: true, force: true, maxRetries: 3 });
  await removeRecord(places);
}
