import { covers, openVariables, surelyCovers } from './glob';
import { isConditional, type Statement } from './statement';

/** Whether a role may do something: `if` where that hangs on what a policy cannot tell (a condition, a variable). */
export type Verdict = 'yes' | 'if' | 'no';

/** What holds for one role. */
export type RolePolicies = {
  readonly roleArn: string;
  readonly identity: readonly Statement[];
  /** Its permissions boundary; null without one. */
  readonly boundary: readonly Statement[] | null;
};

/** One thing that could be reached, and the policy that stands on it: null where it has none, or none is known. */
export type Target = {
  readonly arn: string;
  readonly policy: readonly Statement[] | null;
};

const asAction = (text: string): string => text.toLowerCase();

export const actionFits = ({ Action, NotAction }: Statement, action: string): boolean =>
  Action !== undefined
    ? Action.some((pattern) => covers(asAction(pattern), asAction(action)))
    : !(NotAction ?? []).some((pattern) => covers(asAction(pattern), asAction(action)));

/** For an Allow: whether it may be about the resource. */
const resourceMayFit = ({ Resource, NotResource }: Statement, arn: string): boolean => {
  if (Resource !== undefined) return Resource.some((pattern) => covers(openVariables(pattern), arn));
  return !(NotResource ?? []).some((pattern) => surelyCovers(pattern, arn));
};

/** For a Deny: whether it is surely about the resource. */
const resourceSurelyFits = ({ Resource, NotResource }: Statement, arn: string): boolean => {
  if (Resource !== undefined) return Resource.some((pattern) => surelyCovers(pattern, arn));
  // Of what is not listed: sure where no pattern could be about it, in whatever sense.
  return !(NotResource ?? []).some((pattern) => covers(openVariables(pattern), arn));
};

type Asked = { readonly action: string; readonly arn: string };

const deniedBy = (statements: readonly Statement[], { action, arn }: Asked): boolean =>
  statements.some(
    (statement) =>
      statement.Effect === 'Deny' &&
      !isConditional(statement) &&
      actionFits(statement, action) &&
      resourceSurelyFits(statement, arn),
  );

/** A denial that may apply makes a yes an `if`. */
const perhapsDeniedBy = (statements: readonly Statement[], { action, arn }: Asked): boolean =>
  statements.some(
    (statement) =>
      statement.Effect === 'Deny' && actionFits(statement, action) && resourceMayFit(statement, arn),
  );

const allowedBy = (statements: readonly Statement[], { action, arn }: Asked): Verdict => {
  const fitting = statements.filter(
    (statement) =>
      statement.Effect === 'Allow' && actionFits(statement, action) && resourceMayFit(statement, arn),
  );
  if (fitting.length === 0) return 'no';
  return fitting.some((statement) => !isConditional(statement) && !usesVariables(statement)) ? 'yes' : 'if';
};

const usesVariables = ({ Resource = [], NotResource = [] }: Statement): boolean =>
  [...Resource, ...NotResource].some((pattern) => pattern.includes('${'));

const accountOf = (arn: string): string => arn.split(':')[4] ?? '';
const nameOf = (roleArn: string): string => roleArn.slice(roleArn.lastIndexOf('/') + 1);

/** How a resource policy's principal is about a role: itself, its account as a whole, everybody, or not at all. */
type Named = 'role' | 'session' | 'account' | 'everybody' | 'nobody';

const namedBy = (names: readonly string[], roleArn: string): Named => {
  const account = accountOf(roleArn);
  const isSession = (name: string): boolean => {
    const [, of, role] = /^arn:[^:]+:sts::(\d{12}):assumed-role\/([^/]+)\//.exec(name) ?? [];
    return of === account && role === nameOf(roleArn);
  };
  if (names.includes(roleArn)) return 'role';
  // The session is named as the function mostly is; whichever it names may be the suspect's.
  if (names.some(isSession)) return 'session';
  if (names.includes('*')) return 'everybody';
  return names.some((name) => name === account || new RegExp(`^arn:[^:]+:iam::${account}:root$`).test(name))
    ? 'account'
    : 'nobody';
};

/** Whom an Allow of a resource policy is about. NotPrincipal allows whoever it does not list. */
const principalOf = ({ Principal, NotPrincipal }: Statement, roleArn: string): Named => {
  if (Principal !== undefined) return namedBy(Principal.AWS ?? [], roleArn);
  if (NotPrincipal === undefined) return 'nobody';
  return namedBy(NotPrincipal.AWS ?? [], roleArn) === 'role' ? 'nobody' : 'everybody';
};

/** A Deny must surely be about the role. */
const isDeniedPrincipal = ({ Principal, NotPrincipal }: Statement, roleArn: string): boolean => {
  if (Principal !== undefined)
    return ['role', 'everybody', 'account'].includes(namedBy(Principal.AWS ?? [], roleArn));
  // Sessions that are not listed are denied even where the role is (IAM user guide, "NotPrincipal"): not for sure here.
  return NotPrincipal !== undefined && namedBy(NotPrincipal.AWS ?? [], roleArn) === 'nobody';
};

const weaker = (one: Verdict, other: Verdict): Verdict =>
  one === 'no' || other === 'no' ? 'no' : one === 'if' || other === 'if' ? 'if' : 'yes';
const stronger = (one: Verdict, other: Verdict): Verdict =>
  one === 'yes' || other === 'yes' ? 'yes' : one === 'if' || other === 'if' ? 'if' : 'no';

/** A resource in a resource policy may be left to the resource itself: a queue's, a role's trust policy names none. */
const onTarget = (statement: Statement, arn: string): Statement =>
  statement.Resource === undefined && statement.NotResource === undefined
    ? { ...statement, Resource: [arn] }
    : statement;

/** Services whose own policy must let somebody in before IAM policies count (KMS developer guide, "Key policies"). */
const NEEDS_OWN_POLICY = /^(?:kms:|sts:AssumeRole$)/;

/**
 * Whether a role may do something to a target, by its policies, its boundary and the target's own policy. Service
 * control policies and what a VPC endpoint lets through can only take from that, and are not looked at. `no` is sure.
 */
export const may = (role: RolePolicies, action: string, target: Target): Verdict => {
  const { roleArn, identity, boundary } = role;
  const asked = { action, arn: target.arn };
  const own = (target.policy ?? []).map((statement) => onTarget(statement, target.arn));
  const aboutRole = own.filter(
    (statement) => statement.Effect === 'Deny' && isDeniedPrincipal(statement, roleArn),
  );
  if (deniedBy(identity, asked) || deniedBy(boundary ?? [], asked) || deniedBy(aboutRole, asked)) return 'no';
  const bound = boundary === null ? 'yes' : allowedBy(boundary, asked);
  const byIdentity = weaker(allowedBy(identity, asked), bound);
  const granted = (whom: readonly Named[]): Verdict =>
    allowedBy(
      own.filter(
        (statement) => statement.Effect === 'Allow' && whom.includes(principalOf(statement, roleArn)),
      ),
      asked,
    );
  // A role that is named is held to its boundary; a session that is named, and everybody, is not.
  const directly = stronger(weaker(granted(['role']), bound), granted(['session', 'everybody']));
  const verdict = decide(asked, target, {
    roleArn,
    byIdentity,
    directly,
    throughAccount: granted(['account']),
  });
  const perhaps = perhapsDeniedBy([...identity, ...(boundary ?? []), ...own], asked);
  return verdict === 'yes' && perhaps ? 'if' : verdict;
};

const decide = (
  { action, arn }: Asked,
  { policy }: Target,
  {
    roleArn,
    byIdentity,
    directly,
    throughAccount,
  }: {
    readonly roleArn: string;
    readonly byIdentity: Verdict;
    readonly directly: Verdict;
    readonly throughAccount: Verdict;
  },
): Verdict => {
  const owner = accountOf(arn);
  const isElsewhere = owner !== '' && owner !== '*' && owner !== accountOf(roleArn);
  if (isElsewhere) {
    // Both accounts must agree; what is not known of the other may be so.
    if (policy === null) return weaker(byIdentity, 'if');
    // Whether a grant of another account's key needs the role's own policies too is not said by AWS for sure.
    if (action.startsWith('kms:') && directly !== 'no') return stronger(weaker(byIdentity, directly), 'if');
    return weaker(byIdentity, stronger(directly, throughAccount));
  }
  if (NEEDS_OWN_POLICY.test(action)) {
    if (policy === null) return weaker(byIdentity, 'if');
    return stronger(directly, weaker(byIdentity, throughAccount));
  }
  return stronger(byIdentity, directly);
};
