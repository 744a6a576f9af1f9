import { setTimeout as pause } from 'node:timers/promises';

/** How long is waited for what was written to be seen, in seconds. */
const SEEN_AFTER = 5;

/**
 * Waits until what was written is read again, where a service may give what was there before for some seconds: what is
 * looked at next is whether it is cut. Goes on without, so that this is then what says that it is not.
 */
export const untilSeen = async (isSeen: () => Promise<boolean>): Promise<void> => {
  for (let seconds = 0; seconds < SEEN_AFTER; seconds++) {
    if (await isSeen()) return;
    await pause(1000);
  }
};
