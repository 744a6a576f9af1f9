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

/** Until when a session that was stolen before the containment is taken to live. */
export const sessionsLiveUntil = (containedAt: string): string => hoursAfter(containedAt, SESSION_HOURS);
