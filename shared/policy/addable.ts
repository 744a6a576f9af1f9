import type { Choices } from './choices';
import { DEPENDANT_KINDS, type Dependant } from './dependants';

/**
 * Controls that policy may leave to an approver, who adds them to a containment, by what is told of them. An option of
 * Slack's holds 75 characters, 'Add: ' among them.
 */
export type Addable = 'trust' | Dependant;
export const ADDABLE: Readonly<Record<Addable, string>> = {
  trust: 'nobody but Lambda may assume its role',
  'trusting-roles': 'roles that trust its role trust it no longer',
  consumers: 'functions that read what it writes to are paused',
  rules: 'rules on event buses that it may put events to are off',
  subscriptions: 'subscriptions of topics that it publishes to are paused',
  'api-keys': 'API keys that are its own are disabled',
  'resource-policies': 'resources whose own policies let it in deny its role',
  'security-groups': 'security groups no longer let its own in',
  'database-users': 'users of databases that it could log in as are locked',
};
export const ADDABLES = Object.keys(ADDABLE) as [Addable, ...Addable[]];

/** The controls that this deployment leaves to approvers. */
export const addableIn = ({ narrowTrust, dependants }: Choices): readonly Addable[] => [
  ...(narrowTrust === 'ask' ? (['trust'] as const) : []),
  ...DEPENDANT_KINDS.filter((kind) => dependants[kind] === 'ask'),
];
