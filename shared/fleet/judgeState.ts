import { createHash } from 'node:crypto';
import type { Detail } from '../detection/raise';
import { matches } from '../policy/wildcard';
import type { Approved } from './approved';
import { type Change, type State, stateChanges } from './state';

/** Who changed it, as CloudTrail shows: ARNs; empty where it shows nobody. */
export type Actors = readonly string[];

export type Outcome =
  | { readonly kind: 'same' }
  /** `by` and `because` are kept with the state. */
  | { readonly kind: 'approved'; readonly by: string; readonly because: string }
  | { readonly kind: 'raised'; readonly detail: Detail };

/** As the rules about the same acts grade them (shared/detection/rules/function). */
const SEVERITY = { tampering: 8, access: 6, other: 5 } as const;

const TECHNIQUES = {
  tampering: ['T1525', 'T1554'],
  access: ['T1098'],
  other: ['T1578'],
} as const;

const worst = (changes: readonly Change[]): Change['weight'] =>
  changes.some(({ weight }) => weight === 'tampering')
    ? 'tampering'
    : changes.some(({ weight }) => weight === 'access')
      ? 'access'
      : 'other';

/** A session's ARN and the role's behind it: policy names the one or the other. */
const namesOf = (arn: string): readonly string[] => {
  const [, account = '', role = ''] =
    /^arn:aws[a-z-]*:sts::(\d{12}):assumed-role\/([\w+=,.@-]+)\//.exec(arn) ?? [];
  return role === '' ? [arn] : [arn, `arn:aws:iam::${account}:role/${role}`, role];
};

const isKnown = (actor: string, knownDeployers: readonly string[]): boolean =>
  actor === 'cloudformation.amazonaws.com' ||
  knownDeployers.some((pattern) => namesOf(actor).some((name) => matches(pattern, name)));

const boundOf = (weight: Change['weight'], knownDeployers: readonly string[]): Detail['bound'] => {
  if (knownDeployers.length === 0)
    return {
      most: 'observe',
      because: 'at most observe: no known deployers are listed, and this may be one',
    };
  return weight === 'tampering'
    ? { most: 'respond', because: '' }
    : { most: 'ask', because: 'at most ask: somebody else did this to the function' };
};

/** So many changes a finding names; names of variables and policies are what somebody chose. */
const MOST_NAMED = 10;
const plain = (text: string): string => text.slice(0, 160).replaceAll(/[^\w+=,.@:/$ -]/g, '?');

/**
 * What is to be said of a function whose state was approved once. What CloudTrail shows known deployers to have changed
 * is approved by that; what nobody known is seen to have done is a finding. `arn` is the function's, `actors` are asked
 * for where something changed alone.
 */
export const judgeState = (
  arn: string,
  approved: Approved,
  now: State,
  actors: Actors,
  knownDeployers: readonly string[],
): Outcome => {
  const changes = stateChanges(approved.state, now);
  if (changes.length === 0) return { kind: 'same' };
  const [first] = actors;
  if (first !== undefined && actors.every((actor) => isKnown(actor, knownDeployers)))
    return { kind: 'approved', by: first, because: 'a known deployer changed it' };
  const weight = worst(changes);
  const named = changes.slice(0, MOST_NAMED).map(({ what }) => plain(what));
  const more = changes.length > MOST_NAMED ? `; ${changes.length - MOST_NAMED} more` : '';
  const who =
    first === undefined
      ? 'CloudTrail shows nobody who did it'
      : `by ${[...new Set(actors)].slice(0, 3).map(plain).join(', ')}`;
  const id = createHash('sha256')
    .update(JSON.stringify([approved.approvedAt, changes]))
    .digest('hex')
    .slice(0, 24);
  return {
    kind: 'raised',
    detail: {
      id: `state:${id}`,
      rule: 'approved-state-left',
      title: 'It is not as it was approved',
      description: `Since ${approved.approvedAt}, ${who}: ${named.join('; ')}${more}.`,
      severity: SEVERITY[weight],
      functionArn: arn,
      techniques: TECHNIQUES[weight],
      bound: boundOf(weight, knownDeployers),
      observer: 'state',
    },
  };
};
