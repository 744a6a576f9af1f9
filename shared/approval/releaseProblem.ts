import type { Decision, Incident } from '../incident/incident';
import type { Approvals } from '../policy/approvals';
import { isApprover } from './approvers';
import { involvedIn, ruleOf } from './decide';
import { missingFor } from './quorum';

/**
 * Why a release that stands in the record is none, or null: looked at once more before anything is released, by the lists
 * and rules as they are then. Whoever is off the list since does not count; a member of a Slack user group counts as long
 * as the group is on it.
 */
export const releaseProblem = (
  incident: Incident,
  { by, via, at, approvals: given = [{ by, via, at, entry: by }] }: Decision,
  approvers: readonly string[],
  approvals: Approvals,
): string | null => {
  const rule = ruleOf(incident, approvals);
  const list = rule.approvers ?? approvers;
  const counted = given.filter((approval) => list.includes(approval.entry) || isApprover(list, approval.by));
  if (counted.length === 0) return `${by} is not on the list of approvers (any more)`;
  const missing = missingFor(
    rule,
    counted.map((approval) => approval.by),
    involvedIn(incident),
    approvals,
  );
  return missing === null ? null : `the release ${missing}`;
};
