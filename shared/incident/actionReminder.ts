import type { Incident } from './incident';
import { isLeftInPeace } from './leftInPeace';
import { openActions } from './openActions';

/** What policy says: how often people are reminded of open actions, and how often at most. */
export type Cadence = {
  /** 0: never. */
  readonly hours: number;
  readonly most: number;
};

export type Reminder = { readonly at: string; readonly count: number };

const HOUR_MS = 3_600_000;

/** Counted anew where something was opened since the last one. */
const countOf = ({ actionsReminded }: Incident, newest: string): number =>
  actionsReminded === undefined || newest > actionsReminded.at ? 0 : actionsReminded.count;

/**
 * The reminder that is due now, or null. The first comes a cadence after the oldest action was opened, each other a
 * cadence after the one before, whether the incident is open or over.
 */
export const dueReminder = (incident: Incident, { hours, most }: Cadence, now: Date): Reminder | null => {
  const actions = openActions(incident);
  const [oldest, newest] = [actions[0]?.at, actions.at(-1)?.at];
  if (hours === 0 || oldest === undefined || newest === undefined) return null;
  if (isLeftInPeace(incident, now)) return null;
  const since = Date.parse(incident.actionsReminded?.at ?? oldest);
  if (now.getTime() - since < hours * HOUR_MS) return null;
  const count = countOf(incident, newest) + 1;
  return count > most ? null : { at: now.toISOString(), count };
};

/** Whether nobody will ever be reminded of this incident again. */
export const isRemindedOut = (incident: Incident, { most }: Cadence): boolean => {
  const newest = openActions(incident).at(-1)?.at;
  return newest === undefined || countOf(incident, newest) >= most;
};
