import type { ApprovalRule, Approvals } from '../policy/approvals';
import { roleOfSession, withoutPath } from './approvers';

/** Who may not release an incident alone, where a rule says so. */
export type Involved = {
  /** Who ordered the containment; empty where it came of itself. */
  readonly triggeredBy: readonly string[];
  /** Who deployed the code that a release would start; null where that is not known. */
  readonly deployedBy: string | null;
};

/**
 * Whom a principal stands for. Sessions of one role are one: whoever may assume it chooses the session's name. Principals
 * that the policy calls one person are one.
 */
export const personOf = (principal: string, { samePerson }: Pick<Approvals, 'samePerson'>): string => {
  const nameOf = (one: string): string => withoutPath(roleOfSession(one) ?? one);
  const name = nameOf(principal);
  const group = samePerson.find((principals) => principals.some((one) => nameOf(one) === name));
  return group?.[0] === undefined ? name : nameOf(group[0]);
};

const plural = (count: number): string => (count === 1 ? 'another approver' : `${count} other approvers`);

/**
 * What is missing for a release that these principals approved, as a clause; null where nothing is. Who deployed is not
 * known where CloudTrail does not show it (yet): then one person may be that one, and two are needed.
 */
export const missingFor = (
  rule: ApprovalRule,
  approvedBy: readonly string[],
  { triggeredBy, deployedBy }: Involved,
  approvals: Pick<Approvals, 'samePerson'>,
): string | null => {
  const person = (principal: string): string => personOf(principal, approvals);
  const people = new Set(approvedBy.map(person));
  const isBlind = rule.notDeployerAlone && deployedBy === null;
  const needed = Math.max(1, rule.people, isBlind ? 2 : 1);
  if (people.size < needed)
    return `needs ${plural(needed - people.size)}${isBlind && rule.people < 2 ? ': it is not known who deployed the code' : ''}`;
  const triggers = new Set(triggeredBy.map(person));
  if (rule.notTriggeredAlone && [...people].every((one) => triggers.has(one)))
    return 'needs another approver than whoever ordered the containment';
  if (rule.notDeployerAlone && deployedBy !== null && [...people].every((one) => one === person(deployedBy)))
    return 'needs another approver than whoever deployed the code';
  return null;
};
