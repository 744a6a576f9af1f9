import type { Incident } from './incident';

/** What is said anew of every containment, and taken off the record before it. */
export const OF_A_CONTAINMENT = [
  'relapse',
  'decision',
  'acknowledged',
  'containedAt',
  'holds',
  'credentialsDeniedAt',
  'containedDigest',
  'containedConfiguration',
  'candidate',
  'losses',
  'releasedAt',
  'stopped',
  'settling',
  'investigatedAt',
  'namedSecretsAt',
  'exposedSecretsAt',
] as const;

/** When it was contained again, of one that was: a release was taken back, or did not hold. */
export const containedAgainAt = ({
  firstContainedAt,
  containedAt,
}: Pick<Incident, 'firstContainedAt' | 'containedAt'>): string | undefined =>
  firstContainedAt === undefined || firstContainedAt === containedAt ? undefined : containedAt;

/** What is kept of a containment when it ends: when the first one was. */
export const firstContained = ({
  firstContainedAt,
  containedAt,
}: Pick<Incident, 'firstContainedAt' | 'containedAt'>): Pick<Incident, 'firstContainedAt'> => {
  const first = firstContainedAt ?? containedAt;
  return first === undefined ? {} : { firstContainedAt: first };
};
