import type { Incident } from '../incident/incident';
import { isGathered } from './gather';

/** While it is contained; what was left of that, while it is watched; and what came since, before it is closed. */
export type When = 'contained' | 'watched' | 'closing';

/**
 * How the playbook goes on. `More`: call again; `Busy`: so does an earlier step, whose function still runs; `Investigate`:
 * it is there, and the code that it shows is what was contained; `Tell`: it is there. `Relapsed`, `Settled`: nothing was
 * gathered, as that is not to wait for it.
 */
export type Gathered = 'More' | 'Busy' | 'Investigate' | 'Tell' | 'Done' | 'Relapsed' | 'Settled';

/** What a function that gathers has died of is tried no oftener. */
const MOST_DEATHS = 3;

/** It was killed as often as it was tried: too large for its memory, perhaps. */
export class GatheringDiesError extends Error {
  override readonly name = 'GatheringDiesError';
}

/** Whether it is still to be looked at: what was called a false positive, and has no other code by now. */
const looks = ({ decision, investigatedAt, candidate }: Incident): boolean =>
  decision?.action === 'false_positive' && investigatedAt === undefined && candidate === undefined;

/** What was found or decided since it is released, and may be heard by no other state, as the watch is over; or null. */
const waitsFor = ({ status, relapse, settling, acknowledged }: Incident): Gathered | null => {
  if (status !== 'watching') return null;
  if (relapse !== undefined) return 'Relapsed';
  return settling !== undefined && settling.at !== acknowledged ? 'Settled' : null;
};

/**
 * Why nothing is to be gathered now, or null where something is. `told`: people were told of this containment's evidence,
 * which a false positive may have ended. Throws {@link GatheringDiesError} where the function died of it too often.
 */
export const withoutGathering = (
  incident: Incident,
  when: When,
  told: boolean,
  now: string,
): Gathered | null => {
  if (when === 'contained') return null;
  const waits = waitsFor(incident);
  if (waits !== null) return waits;
  const { evidence, decision, containedAt, firstContainedAt, gatheringUntil, gatheringDeaths = 0 } = incident;
  if (when === 'closing')
    return evidence === undefined && containedAt === undefined && firstContainedAt === undefined
      ? 'Done'
      : null;
  if (isGathered(incident)) {
    if (looks(incident)) return 'Investigate';
    return decision?.action === 'false_positive' && !told ? 'Tell' : 'Done';
  }
  if (gatheringUntil === undefined) return null;
  // The step before this one was ended, and its function was not; or that has died.
  if (gatheringUntil > now) return 'Busy';
  if (gatheringDeaths >= MOST_DEATHS)
    throw new GatheringDiesError(`the function has died of it ${gatheringDeaths} times: its log says why`);
  return null;
};

/** How it goes on after one invocation's worth. What came since is gathered after what was left to gather. */
export const afterGathering = (
  incident: Incident,
  when: When,
  { more, onlyNews }: { readonly more: boolean; readonly onlyNews: boolean },
): Gathered => {
  if (more) return 'More';
  if (when === 'closing') return onlyNews ? 'Done' : 'More';
  return when === 'watched' && looks(incident) ? 'Investigate' : 'Tell';
};
