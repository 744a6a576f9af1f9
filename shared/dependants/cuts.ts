import type { Cut } from './cut';
import { apiKeys } from './cuts/apiKeys';
import { consumers } from './cuts/consumers';
import { databaseUsers } from './cuts/databaseUsers';
import { resourcePolicies } from './cuts/resourcePolicies';
import { rules } from './cuts/rules';
import { securityGroups } from './cuts/securityGroups';
import { subscriptions } from './cuts/subscriptions';
import { trustingRoles } from './cuts/trustingRoles';

/** What can be cut off from a suspect, one kind after the other. */
export const CUTS: readonly Cut<unknown>[] = [
  trustingRoles,
  consumers,
  rules,
  subscriptions,
  apiKeys,
  resourcePolicies,
  securityGroups,
  databaseUsers,
];

export const cutOf = (kind: string): Cut<unknown> => {
  const cut = CUTS.find((known) => known.kind === kind);
  if (cut === undefined) throw new RangeError(`${kind} is no kind of dependant that is known here`);
  return cut;
};
