/**
 * How long a stolen session is taken to live. Lambda does not say how long those are that it gives out, and a role's
 * MaxSessionDuration bounds what others ask for, not what a service gets; 12 hours is the longest that IAM gives a
 * role's session (IAM user guide, "Disabling permissions for temporary security credentials").
 */
export const SESSION_HOURS = 12;

/** When a deny of old sessions is moot: the longest that IAM gives any session, 36 hours. */
export const MOOT_HOURS = 36;

const HOUR = 3_600_000;
/** A time that many hours after another, both ISO 8601 in UTC. */
export const hoursAfter = (at: string, hours: number): string =>
  new Date(new Date(at).getTime() + hours * HOUR).toISOString();

/** When a function was stopped, and when the last invocation that was running then must have ended. */
export type Stop = { readonly containedAt: string; readonly lastInFlightAt?: string };

/**
 * Until when a stolen session is taken to live. An invocation that was running when the function was stopped may be
 * given a session as long as it runs, and none is given after: that is where the time begins. AWS lists no environments
 * and no sessions, so time is all the evidence that there is.
 */
export const sessionsLiveUntil = ({ containedAt, lastInFlightAt = containedAt }: Stop): string =>
  hoursAfter(lastInFlightAt > containedAt ? lastInFlightAt : containedAt, SESSION_HOURS);
