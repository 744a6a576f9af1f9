import { type Approvals, getApproved } from '../../fleet/approved';
import type { Incident } from '../../incident/incident';
import type { PolicyFacts } from '../checks/policies';
import { livePolicies, type PolicyTools } from './livePolicies';

export type { PolicyTools } from './livePolicies';

/**
 * What is known of its policies: when it was contained, when they were approved, now. `at`: the role that it has now and
 * its aliases, or of a deleted function the role that it had. `force`: what an approver has put back although changed.
 */
export const policyFacts = async (
  incident: Incident,
  at: { readonly role: string; readonly aliases: Readonly<Record<string, string>> },
  force: readonly string[],
  { approvedStates, ...tools }: PolicyTools & { readonly approvedStates: Approvals },
): Promise<PolicyFacts> => {
  const { remains, functionArn } = incident;
  const known = await getApproved(approvedStates, functionArn ?? '');
  const grants = known?.state.grants;
  return {
    contained: remains?.grants ?? null,
    planted: remains?.planted ?? null,
    approved: known === null || grants === undefined ? null : { grants, by: known.by },
    live: await livePolicies(incident, at, force, tools),
  };
};
