import { parseFunctionArn } from '../suspect/functionArn';
import { at, isTrue, text, type Value } from './fields';

/** Who made a call, as CloudTrail has it (user guide, "userIdentity element"). */
export type Caller = {
  /** `IAMUser`, `AssumedRole`, `Root`, `AWSService`, …; empty where the record names none. */
  readonly type: string;
  readonly arn: string | null;
  readonly account: string | null;
  readonly userName: string | null;
  /** The role whose session it was. */
  readonly roleArn: string | null;
  readonly session: string | null;
  /** The function that the credentials were issued to: as the record says, or as session and agent agree. */
  readonly functionArn: string | null;
  /** Whether the record itself names that function (`inScopeOf`); else it is read off session and agent. */
  readonly named: boolean;
  /** The service that made the call for somebody, such as `cloudformation.amazonaws.com`. */
  readonly invokedBy: string | null;
  /** AWS itself: a service, or a role that is linked to one. */
  readonly isService: boolean;
  readonly mfa: boolean;
  /** What tells one caller from another: the function, the session's or user's ARN, the key, the account. */
  readonly key: string;
};

/** What the SDKs put into the agent inside Lambda, from AWS_EXECUTION_ENV (Lambda guide, "environment variables"). */
export const IN_LAMBDA = /exec-env\/AWS_Lambda_/;

const SERVICE_ROLE = /\/AWSServiceRoleFor|:role\/aws-service-role\/|\/aws-reserved\/(?!sso)/;
const SESSION = /^arn:(aws[a-z-]*):sts::(\d{12}):assumed-role\/([\w+=,.@-]+)\/([\w+=,.@-]+)$/;

/** Lambda names the session of a function's credentials after the function. */
const byName = (record: Value, session: string | null, account: string | null): string | null => {
  const region = text(record, 'awsRegion');
  const agent = text(record, 'userAgent') ?? '';
  if (session === null || account === null || region === null || !IN_LAMBDA.test(agent)) return null;
  const partition = text(record, 'userIdentity.arn')?.split(':')[1] ?? 'aws';
  return parseFunctionArn(`arn:${partition}:lambda:${region}:${account}:function:${session}`)?.arn ?? null;
};

export const readCaller = (record: Value): Caller => {
  const identity = at(record, 'userIdentity');
  const type = text(identity, 'type') ?? '';
  const arn = text(identity, 'arn');
  const issuer = at(identity, 'sessionContext.sessionIssuer');
  const match = SESSION.exec(arn ?? '');
  const roleArn =
    text(issuer, 'arn') ?? (match === null ? null : `arn:${match[1]}:iam::${match[2]}:role/${match[3]}`);
  const session = type === 'AssumedRole' ? (arn?.split('/').at(-1) ?? null) : (match?.[4] ?? null);
  const account = text(identity, 'accountId') ?? match?.[2] ?? null;
  const scope = at(identity, 'inScopeOf');
  const issued =
    text(scope, 'issuerType') === 'AWS::Lambda::Function'
      ? (parseFunctionArn(text(scope, 'credentialsIssuedTo') ?? '')?.arn ?? null)
      : null;
  const invokedBy = text(identity, 'invokedBy');
  const functionArn = issued ?? byName(record, session, account);
  return {
    type,
    arn,
    account,
    userName: text(identity, 'userName') ?? (type === 'IAMUser' ? (arn?.split('/').at(-1) ?? null) : null),
    roleArn: type === 'IAMUser' || type === 'Root' ? null : roleArn,
    session,
    functionArn,
    named: issued !== null,
    invokedBy,
    isService:
      type === 'AWSService' ||
      SERVICE_ROLE.test(arn ?? '') ||
      SERVICE_ROLE.test(roleArn ?? '') ||
      (invokedBy !== null && /^AWS Internal$/i.test(invokedBy)),
    mfa: isTrue(at(identity, 'sessionContext.attributes.mfaAuthenticated')),
    key: functionArn ?? arn ?? text(identity, 'accessKeyId', 'principalId', 'userName') ?? account ?? type,
  };
};
