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
