/** How somebody got in, or that nobody did. */
export const CAUSES = [
  'supply-chain',
  'layer',
  'injection',
  'credentials',
  'tampering',
  'exposure',
  'false-positive',
] as const;
export type Cause = (typeof CAUSES)[number];

/** One thing that the evidence shows. Without an artifact there is none. */
export type Observation = {
  readonly id: ObservationId;
  /** A sentence for an engineer. What is quoted in it may be the attacker's. */
  readonly what: string;
  /** The artifacts without any one of which it could not be said. */
  readonly artifacts: readonly [string, ...string[]];
  /** When it happened, where it has a time. ISO 8601, UTC. */
  readonly at?: string;
  /** Who did it: a role's or user's ARN. */
  readonly principal?: string;
  /** From where, as CloudTrail has it. */
  readonly address?: string;
  /** Entries of the package or layer. */
  readonly files?: readonly string[];
  /** `name@version` */
  readonly dependency?: string;
};

/**
 * How much each observation speaks for a cause (positive) or against it. A table, so that a score can be read: 5 is
 * what nearly nothing else explains, 1 a hint. 4 against an innocent explanation rules it out in practice. The weights
 * are judgement, not statistics; docs/investigation.md says so.
 */
export const WEIGHTS = {
  'dependency-marked': {
    'supply-chain': 4,
    credentials: -2,
    injection: -1,
    exposure: -1,
    'false-positive': -4,
  },
  'dependency-rewritten': { 'supply-chain': 3, 'false-positive': -2 },
  'dependency-lookalike': { 'supply-chain': 3, credentials: -1, 'false-positive': -3 },
  'dependency-installs': { 'supply-chain': 1 },
  'own-code-marked': {
    tampering: 3,
    'supply-chain': 1,
    credentials: -1,
    injection: -1,
    exposure: -1,
    'false-positive': -4,
  },
  'own-code-changed': { tampering: 1, 'false-positive': 1 },
  'code-as-before': { 'supply-chain': -2, tampering: -3 },
  'deployer-unknown': { tampering: 4, 'supply-chain': -1, 'false-positive': -4 },
  'deployer-usual': { 'false-positive': 2, tampering: -3 },
  'deployer-elsewhere': { 'supply-chain': 5, tampering: -1, 'false-positive': -4 },
  'layer-marked': { layer: 4, 'supply-chain': -1, tampering: -2, credentials: -1, 'false-positive': -4 },
  'layer-packed': { layer: 2, 'false-positive': -1 },
  'layer-added': { layer: 2 },
  'layer-foreign': { layer: 2, 'false-positive': -1 },
  'request-followed': { injection: 5, credentials: -2, exposure: -1, 'false-positive': -3 },
  'request-alone': { injection: 1 },
  ran: { 'false-positive': -4 },
  'used-outside': { credentials: 5, 'false-positive': -4 },
  'role-assumed': { credentials: 2, 'false-positive': -1 },
  'role-assumed-foreign': { credentials: 5, 'false-positive': -4 },
  'key-created': { credentials: 1, 'false-positive': -3 },
  'calls-unusual': { 'false-positive': -2 },
  'calls-usual': { credentials: -2, 'false-positive': 1 },
  opened: { exposure: 4 },
  'stands-open': { exposure: 1 },
  'calls-rose': { exposure: 1 },
  sample: { 'false-positive': 8 },
  'nothing-bad': { 'false-positive': 2 },
} as const satisfies Readonly<Record<string, Partial<Record<Cause, number>>>>;

export type ObservationId = keyof typeof WEIGHTS;

export const weightOf = (id: ObservationId, cause: Cause): number => {
  const weights: Partial<Record<Cause, number>> = WEIGHTS[id];
  return weights[cause] ?? 0;
};

/** The observations whose time is when a cause would have begun; of others the time is when it showed. */
export const BEGINS: Readonly<Record<Cause, readonly ObservationId[]>> = {
  'supply-chain': ['deployer-elsewhere', 'deployer-usual', 'deployer-unknown'],
  layer: ['layer-foreign', 'layer-added'],
  injection: ['request-followed'],
  credentials: ['role-assumed-foreign', 'role-assumed', 'used-outside', 'key-created'],
  tampering: ['deployer-unknown', 'deployer-elsewhere', 'deployer-usual'],
  exposure: ['opened'],
  'false-positive': ['deployer-usual'],
};
