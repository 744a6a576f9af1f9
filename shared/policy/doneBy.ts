import type { Actor } from '../findings/finding';
import type { Mode } from './mode';

/** How far a finding may go, and why no further; `because` is null where it may go as far as the mode. */
export type Bound = { readonly most: Mode; readonly because: string | null };

type Changed = { readonly arn: string; readonly functionName: string; readonly roleArn: string };

/** Lambda names the session of a function's credentials after the function. */
const isItself = ({ roleArn, session, functionArn }: Actor, suspect: Changed): boolean =>
  roleArn !== null &&
  roleArn === suspect.roleArn &&
  (functionArn === null ? session === suspect.functionName : functionArn === suspect.arn);

/**
 * How far the responder may go for something that was done *to* a function (invariant 11: containment needs the
 * function's own act).
 *
 * - With its own credentials: as far as the mode says.
 * - With those of another function, or of its role in another's hands: a human is asked at most. The one that acted may
 *   well be compromised; were the one that it acted on contained for that, it could stop every function it may tag.
 * - By anybody else: it is told, and no more.
 */
export const boundOf = (doneBy: Actor, suspect: Changed): Bound => {
  if (isItself(doneBy, suspect)) return { most: 'respond', because: null };
  if (doneBy.functionArn !== null && doneBy.functionArn !== suspect.arn)
    return { most: 'ask', because: 'at most ask: another function did this to it, it did not do it itself' };
  if (doneBy.functionArn !== null || (doneBy.roleArn !== null && doneBy.roleArn === suspect.roleArn))
    return { most: 'ask', because: 'at most ask: that the function did this itself is not certain' };
  return {
    most: 'observe',
    because: 'at most observe: somebody else did this to it, it is no act of its own',
  };
};
