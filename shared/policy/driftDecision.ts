import type { Choices } from './choices';

/** Who puts a control off again and again, or what (a deployment that turns in circles), is for humans to find. */
export const MOST_PUT_BACKS = 3;
const WITHIN_MILLISECONDS = 3_600_000;

export type DriftDecision =
  | { readonly act: 'put-back' }
  | { readonly act: 'leave'; readonly because: string };

/** What is done about a control that no longer holds. `refused` is why a guard forbids it; `putBacks` are ISO times. */
export const decideDrift = (
  drift: {
    readonly action: Choices['driftAction'];
    readonly refused: string | null;
    readonly putBacks: readonly string[];
  },
  now: Date,
): DriftDecision => {
  if (drift.refused !== null) return { act: 'leave', because: `a guard refuses: ${drift.refused}` };
  if (drift.action === 'escalate')
    return { act: 'leave', because: 'policy leaves it to people (driftAction escalate)' };
  const recent = drift.putBacks.filter((at) => now.getTime() - Date.parse(at) < WITHIN_MILLISECONDS).length;
  return recent >= MOST_PUT_BACKS
    ? { act: 'leave', because: `it was put back ${recent} times within an hour: somebody keeps changing it` }
    : { act: 'put-back' };
};
