import type { Incident } from './incident';

/** An approver asked for time about this very question: a relapse, or a release that stops, is another one. */
export const isLeftInPeace = (
  { remind, round, status }: Pick<Incident, 'remind' | 'round' | 'status'>,
  now: Date,
): boolean =>
  remind !== undefined &&
  remind.round === round &&
  remind.status === status &&
  now.toISOString() < remind.after;
