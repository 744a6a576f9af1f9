import type { Evidence } from '../evidenceOf';
import type { Observation, ObservationId } from '../observation';

/** What may be there on any day. */
const ORDINARY: readonly ObservationId[] = [
  'own-code-changed',
  'code-as-before',
  'deployer-usual',
  'calls-usual',
  'stands-open',
  'dependency-installs',
];

/** What speaks for a false alarm: a sample, or that all that was looked at shows nothing. */
export const observeInnocence = (
  evidence: Evidence,
  others: readonly Observation[],
): readonly Observation[] => {
  const { sample, current, sessions, logs, management } = evidence;
  const [any] = sessions ?? [];
  const [change] = management ?? [];
  const isWhole = current !== null && any !== undefined && logs !== null && change !== undefined;
  return [
    ...(sample === null
      ? []
      : [
          {
            id: 'sample' as const,
            what: 'Every finding of it is marked as a sample by the service that sent it',
            artifacts: [sample] as const,
          },
        ]),
    ...(isWhole && others.every(({ id }) => ORDINARY.includes(id))
      ? [
          {
            id: 'nothing-bad' as const,
            what: 'Package, logs, calls of the role and changes were read, and none shows anything bad',
            artifacts: [current.artifact, logs, any.artifact, change.artifact] as [string, ...string[]],
          },
        ]
      : []),
  ];
};
