import { text, type Value } from '../detection/fields';
import type { RoleSession } from './finding';

/** Who acted, as GuardDuty and Security Hub describe them: each field where the record has it. */
export type Principal = {
  readonly type: string | null;
  readonly name: string | null;
  /** `AROA…:session` for a session of a role. */
  readonly principalId: string | null;
  /** The ARN of the role that the session is of. */
  readonly issuer: string | null;
  readonly accountId: string | null;
};

/** Types by which a session of a role goes (GuardDuty: `Role`, in attack sequences `AssumedRole`, as CloudTrail has it). */
const ROLE_TYPES = ['role', 'assumedrole'];
const ROLE_ARN = /^arn:aws[a-z-]*:iam::(\d{12}):role\/(?:[\x21-\x7e]{1,510}\/)?([\w+=,.@-]{1,64})$/;
/** IAM's names of roles, and STS's of sessions. */
const NAME = /^[\w+=,.@-]{1,64}$/;
const SESSION = /^[\w+=,.@-]{2,64}$/;

/** EC2 names the session of an instance's role after the instance. */
const INSTANCE = /^i-[0-9a-f]{8,17}$/;
/** Roles that only a service, or people through the identity centre, can assume: no function has one. */
const NEVER_A_FUNCTIONS = /^(?:AWSServiceRoleFor|AWSReservedSSO_)/;

/** A role from its ARN, or null. */
export const roleOfArn = (arn: string | null): Omit<RoleSession, 'session'> | null => {
  const [, accountId, roleName] = ROLE_ARN.exec(arn ?? '') ?? [];
  return accountId === undefined || roleName === undefined ? null : { accountId, roleName };
};

const sessionIn = (principalId: string | null): string | null => {
  const session = principalId?.slice(principalId.lastIndexOf(':') + 1) ?? '';
  return principalId?.includes(':') === true && SESSION.test(session) ? session : null;
};

/** Where an issuer is named it decides: records say "assumed role" of users' sessions too. */
const roleOf = ({ issuer, name, accountId }: Principal): Omit<RoleSession, 'session'> | null => {
  if (issuer?.startsWith('arn:') === true) return roleOfArn(issuer);
  return name !== null && NAME.test(name) && accountId !== null && /^\d{12}$/.test(accountId)
    ? { accountId, roleName: name }
    : null;
};

/** The session of a role that a function may have, or null: users, instances and services have no function. */
export const sessionOf = (principal: Principal): RoleSession | null => {
  if (!ROLE_TYPES.includes(principal.type?.toLowerCase() ?? '')) return null;
  const role = roleOf(principal);
  if (role === null || NEVER_A_FUNCTIONS.test(role.roleName)) return null;
  const session = sessionIn(principal.principalId);
  return session !== null && INSTANCE.test(session) ? null : { ...role, session };
};

/**
 * The principal of an access key: GuardDuty's `AccessKeyDetails` and `AccessKey`, ASFF's `AwsIamAccessKey`, and what
 * Security Hub makes of them. `accountId` is that of the finding, where the record has none of its own.
 */
export const principalOfKey = (key: Value, accountId: string | null): Principal => ({
  type: text(key, 'userType', 'principalType', 'user_type', 'principal_type'),
  name: text(
    key,
    'principalName',
    'sessionContext.sessionIssuer.userName',
    'userName',
    'principal_name',
    'user_name',
  ),
  principalId: text(key, 'principalId', 'principal_id'),
  issuer: text(key, 'sessionContext.sessionIssuer.arn'),
  accountId: text(key, 'accountId') ?? accountId,
});

/** An actor of an attack sequence (GuardDuty API, `Actor`), or of an OCSF record: `user` and `session`. */
export const principalOfActor = (actor: Value, accountId: string | null): Principal => ({
  type: text(actor, 'user.type'),
  name: text(actor, 'user.name'),
  principalId: text(actor, 'user.uid'),
  issuer: text(actor, 'session.issuer'),
  accountId: text(actor, 'user.account.uid') ?? accountId,
});
