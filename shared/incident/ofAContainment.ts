import type { Incident } from './incident';

/** What is said anew of every containment. */
const OF_A_CONTAINMENT = [
  'relapse',
  'codeIsBack',
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

/**
 * What is taken off the record before another containment. Where the code that was contained is back, that is what is
 * contained: the fix beside it is none of it.
 */
export const takenOff = (codeIsBack = false): readonly (typeof OF_A_CONTAINMENT)[number][] =>
  OF_A_CONTAINMENT.filter((name) => !codeIsBack || name !== 'containedDigest');

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
