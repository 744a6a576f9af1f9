/** One statement of a resource policy as GetPolicy gives it. Anybody may have written it: nothing of it is given. */
export type Statement = Readonly<Record<string, unknown>>;

/** What AddPermission takes, but for whose policy it is. Named as AWS names it. */
export type Permission = {
  readonly StatementId: string;
  readonly Action: string;
  readonly Principal: string;
  readonly SourceArn?: string;
  readonly SourceAccount?: string;
  readonly EventSourceToken?: string;
  readonly PrincipalOrgID?: string;
  readonly FunctionUrlAuthType?: 'NONE' | 'AWS_IAM';
  readonly InvokedViaFunctionUrl?: true;
};

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The statements of a policy's text. */
export const parsePolicy = (text: string | undefined): readonly Statement[] => {
  const policy: unknown = JSON.parse(text ?? '{}');
  return isRecord(policy) ? asList(policy.Statement ?? []).filter(isRecord) : [];
};

export const sidOf = ({ Sid }: Statement): string | null => (typeof Sid === 'string' ? Sid : null);

const text = (value: unknown): string => JSON.stringify(value) ?? '';
/** A value as a word, whatever it is. */
const word = (value: unknown): string => (typeof value === 'string' ? value : text(value));
const byText = (one: unknown, other: unknown): number => (text(one) < text(other) ? -1 : 1);

/** Lists are sets in a policy, a list of one is its element, and the order of keys says nothing. */
const tidy = (value: unknown): unknown => {
  if (Array.isArray(value)) {
    const items = value.map(tidy).sort(byText);
    return items.length === 1 ? items[0] : items;
  }
  if (!isRecord(value)) return typeof value === 'boolean' ? String(value) : value;
  return {
    keys: Object.entries(value)
      .map(([key, content]) => [key, tidy(content)])
      .sort(byText),
  };
};

/** Condition keys have no case in IAM. Kept as pairs: two that differ in case alone must not become one. */
const tidyCondition = (condition: unknown): unknown =>
  isRecord(condition)
    ? Object.entries(condition)
        .map(([operator, keys]) => [
          operator,
          isRecord(keys)
            ? Object.entries(keys)
                .map(([key, value]) => [key.toLowerCase(), tidy(value)])
                .sort(byText)
            : tidy(keys),
        ])
        .sort(byText)
    : tidy(condition);

const normal = ({ Condition, Principal, ...rest }: Statement): string =>
  text([
    tidy(rest),
    // IAM's two ways to write everybody.
    isRecord(Principal) && text(tidy(Principal)) === text(tidy({ AWS: '*' })) ? '*' : tidy(Principal),
    tidyCondition(Condition),
  ]);

/** Whether two statements say the same, however they are written. */
export const sameStatement = (one: Statement, other: Statement): boolean => normal(one) === normal(other);

/** What a statement says, without its name: equal for two that say the same. */
export const meaningOf = ({ Sid: _, ...said }: Statement): string => normal(said);

const ACCOUNT = /^\d{12}$/;

/** Of an ARN `arn:partition:service:region:account:resource`, where it has that form. */
const partsOf = (arn: string) => {
  const [arnWord, partition = '', service = '', , account = '', ...resource] = arn.split(':');
  return arnWord === 'arn' && resource.length > 0
    ? { partition, service, account, resource: resource.join(':') }
    : null;
};

// Operators that hold a key to what they name. Negated ones, `...IfExists` and set operators do not.
const HOLDING = new Set(['StringEquals', 'StringEqualsIgnoreCase', 'StringLike', 'ArnEquals', 'ArnLike']);

/** The values to which a statement's conditions hold a key; empty where they do not. */
const heldTo = ({ Condition }: Statement, key: string): readonly string[] =>
  Object.entries(isRecord(Condition) ? Condition : {})
    .filter(([operator]) => HOLDING.has(operator))
    .flatMap(([, keys]) => (isRecord(keys) ? Object.entries(keys) : []))
    .filter(([name]) => name.toLowerCase() === key)
    .flatMap(([, values]) => asList(values))
    .map(word);

/** Whose a source is: an account, `named` where the ARN has none (a bucket), `any` where a wildcard leaves it open. */
const ownerOf = (source: string): string => {
  if (ACCOUNT.test(source)) return source;
  const parts = partsOf(source);
  if (parts === null) return 'any';
  if (ACCOUNT.test(parts.account)) return parts.account;
  const name = parts.resource.split('/')[0] ?? '';
  return parts.account === '' && !/[*?]/.test(name) ? 'named' : 'any';
};

/** The accounts for which a service may act by this statement, or null where it may act for anybody. */
const ownersOf = (statement: Statement): readonly string[] | null => {
  const conditions = ['aws:sourceaccount', 'aws:sourcearn']
    .map((key) => heldTo(statement, key).map(ownerOf))
    .filter((owners) => owners.length > 0 && !owners.includes('any'));
  if (conditions.length > 0) return conditions.flat();
  // A token that the caller must know, or an organization, is not anybody either.
  const others = ['lambda:eventsourcetoken', 'aws:principalorgid', 'aws:sourceorgid'];
  return others.some((key) => heldTo(statement, key).length > 0) ? [] : null;
};

const throughWhat = (statement: Statement, service: string, ownAccount: string): string | null => {
  const owners = ownersOf(statement);
  if (owners === null) return `anybody, through ${service}`;
  const foreign = [...new Set(owners)].filter((owner) => ACCOUNT.test(owner) && owner !== ownAccount);
  return foreign.length > 0 ? `account ${foreign.join(', ')}, through ${service}` : null;
};

const everybody = (statement: Statement, ownAccount: string): string | null => {
  const [organization] = heldTo(statement, 'aws:principalorgid');
  if (organization !== undefined) return `every account of the organization ${organization}`;
  if (ownersOf(statement) !== null) return throughWhat(statement, 'a service', ownAccount);
  return heldTo(statement, 'lambda:functionurlauthtype').includes('NONE')
    ? 'anybody, through the function URL'
    : 'anybody';
};

const whom = (kind: string, name: string, statement: Statement, ownAccount: string): string | null => {
  if (kind === 'Service') return throughWhat(statement, name, ownAccount);
  if (kind !== 'AWS') return `${kind} ${name}`;
  if (name === '*') return everybody(statement, ownAccount);
  // IAM shows the unique id of a user or role that was deleted.
  if (/^A[A-Z]{2}A[A-Z0-9]+$/.test(name)) return `${name}, who was deleted`;
  const account = ACCOUNT.test(name) ? name : partsOf(name)?.account;
  if (account === ownAccount) return null;
  return account !== undefined && ACCOUNT.test(account) ? `account ${account}` : `somebody unknown (${name})`;
};

/**
 * Whom a statement lets in from outside the account, or null when nobody. A service principal without a source is
 * open to everybody who can make that service call: AWS warns of it in the description of `AWS::Lambda::Permission`.
 * Conditions that AddPermission cannot make are not weighed: such a statement is not removed, only told of.
 */
export const letsIn = (statement: Statement, ownAccount: string): string | null => {
  if (statement.Effect !== 'Allow') return null;
  if ('NotPrincipal' in statement) return 'everybody but those whom it names';
  const { Principal } = statement;
  const named = isRecord(Principal) ? Object.entries(Principal) : [['AWS', Principal] as const];
  const found = named
    .flatMap(([kind, names]) => asList(names).map((name) => whom(kind, word(name), statement, ownAccount)))
    .filter((one) => one !== null);
  return found.length === 0 ? null : [...new Set(found)].join('; ');
};

/** The statement that AddPermission makes: the operators and keys are Lambda's, as GetPolicy shows them. */
export const statementOf = (permission: Permission, resource: string): Statement => {
  const { Principal: principal, SourceArn, InvokedViaFunctionUrl } = permission;
  const equals = {
    'AWS:SourceAccount': permission.SourceAccount,
    'aws:PrincipalOrgID': permission.PrincipalOrgID,
    'lambda:EventSourceToken': permission.EventSourceToken,
    'lambda:FunctionUrlAuthType': permission.FunctionUrlAuthType,
  };
  const StringEquals = Object.fromEntries(Object.entries(equals).filter(([, value]) => value !== undefined));
  const Condition = {
    ...(Object.keys(StringEquals).length > 0 ? { StringEquals } : {}),
    ...(SourceArn === undefined ? {} : { ArnLike: { 'AWS:SourceArn': SourceArn } }),
    ...(InvokedViaFunctionUrl ? { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } } : {}),
  };
  return {
    Sid: permission.StatementId,
    Effect: 'Allow',
    Principal: principalOf(principal, resource),
    Action: permission.Action,
    Resource: resource,
    ...(Object.keys(Condition).length > 0 ? { Condition } : {}),
  };
};

const principalOf = (principal: string, resource: string): unknown => {
  if (principal === '*') return '*';
  if (ACCOUNT.test(principal))
    return { AWS: `arn:${partsOf(resource)?.partition ?? 'aws'}:iam::${principal}:root` };
  return principal.startsWith('arn:') ? { AWS: principal } : { Service: principal };
};

// What AddPermission admits, from its API reference.
const ADMITTED = {
  StatementId: /^[a-zA-Z0-9-_]{1,100}$/,
  Action: /^(?:lambda:[*]|lambda:[a-zA-Z]+|[*])$/,
  Principal:
    /^(?:\*|\d{12}|arn:aws[a-z-]*:iam::\d{12}:(?:role|user)\/\S+|[a-z0-9.-]+\.amazon(?:aws)?\.com(?:\.cn)?)$/,
  SourceArn: /^arn:aws[a-zA-Z0-9-]*:[a-zA-Z0-9-]+:(?:[a-z]{2}(?:-[a-z]+)+-\d)?:(?:\d{12})?:.*$/,
  SourceAccount: ACCOUNT,
  EventSourceToken: /^[a-zA-Z0-9._-]{1,256}$/,
  PrincipalOrgID: /^o-[a-z0-9]{10,32}$/,
  FunctionUrlAuthType: /^(?:NONE|AWS_IAM)$/,
} as const;

// Each of the two conditions about function URLs goes with one action only; AWS refuses it with any other.
const GOES_WITH = {
  FunctionUrlAuthType: 'lambda:InvokeFunctionUrl',
  InvokedViaFunctionUrl: 'lambda:InvokeFunction',
} as const;

const only = (values: readonly unknown[]): string | undefined =>
  values.length === 1 && typeof values[0] === 'string' ? values[0] : undefined;

const principalArgument = (principal: unknown): string | undefined => {
  if (!isRecord(principal)) return only(asList(principal));
  const names = Object.values(principal);
  const name = names.length === 1 ? only(asList(names[0])) : undefined;
  return name?.replace(/^arn:aws[a-z-]*:iam::(\d{12}):root$/, '$1');
};

/**
 * The arguments with which AddPermission makes this statement again, or null where it cannot make exactly this one.
 * Sure by construction: the statement that the arguments would make is compared with the one that is there.
 */
export const permissionOf = (statement: Statement, resource: string): Permission | null => {
  const condition = (operator: string, key: string): string | undefined => {
    const keys = isRecord(statement.Condition) ? statement.Condition[operator] : undefined;
    const found = Object.entries(isRecord(keys) ? keys : {}).filter(([name]) => name.toLowerCase() === key);
    return only(found.flatMap(([, value]) => asList(value).map(word)));
  };
  const wanted = {
    StatementId: sidOf(statement) ?? undefined,
    Action: only(asList(statement.Action)),
    Principal: principalArgument(statement.Principal),
    SourceArn: condition('ArnLike', 'aws:sourcearn'),
    SourceAccount: condition('StringEquals', 'aws:sourceaccount'),
    EventSourceToken: condition('StringEquals', 'lambda:eventsourcetoken'),
    PrincipalOrgID: condition('StringEquals', 'aws:principalorgid'),
    FunctionUrlAuthType: condition('StringEquals', 'lambda:functionurlauthtype'),
    InvokedViaFunctionUrl: condition('Bool', 'lambda:invokedviafunctionurl') === 'true' ? true : undefined,
  };
  const given = Object.entries(wanted).filter(([, value]) => value !== undefined);
  const admitted = Object.entries(ADMITTED).every(([name, pattern]) =>
    given.every(([key, value]) => key !== name || pattern.test(String(value))),
  );
  const together = Object.entries(GOES_WITH).every(
    ([name, action]) => !given.some(([key]) => key === name) || wanted.Action === action,
  );
  const complete = [wanted.StatementId, wanted.Action, wanted.Principal].every((one) => one !== undefined);
  if (!admitted || !together || !complete) return null;
  const permission = Object.fromEntries(given) as Permission;
  return sameStatement(statementOf(permission, resource), statement) ? permission : null;
};
