/**
 * The kinds of dependants of a suspect that can be cut off (shared/dependants/cuts.ts), for whoever must not carry the
 * cuts themselves: containment is on the critical path, and its bundle is kept small. `needsReach`: what it is about is
 * known only from the exposure map, which is made from the evidence.
 */
export const DEPENDANTS = {
  'trusting-roles': { title: 'Roles that trust its role', needsReach: false },
  consumers: { title: 'Functions that read what it writes to', needsReach: true },
  rules: { title: 'Rules on event buses that it may put events to', needsReach: true },
  subscriptions: { title: 'Subscriptions of topics that it publishes to', needsReach: true },
  'api-keys': { title: 'API keys that are its own', needsReach: false },
  'resource-policies': { title: 'Policies of resources that let it in', needsReach: true },
  'security-groups': { title: 'Security groups that let its group in', needsReach: false },
  'database-users': { title: 'Users of databases whose password it could read', needsReach: true },
} as const;
export type Dependant = keyof typeof DEPENDANTS;
export const DEPENDANT_KINDS = Object.keys(DEPENDANTS) as [Dependant, ...Dependant[]];

/** `ask`: where an approver adds it. A kind that is not named is off. */
export type DependantChoices = Readonly<Partial<Record<Dependant, 'ask' | 'on'>>>;

/** As `infrastructure/policySchema.cjs` checks and writes them: `<kind>:<ask or on>`. */
export const readDependants = (entries: readonly string[]): DependantChoices =>
  Object.fromEntries(entries.map((entry) => entry.split(':')));
