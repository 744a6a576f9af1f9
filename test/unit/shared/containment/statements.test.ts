import fc from 'fast-check';
import {
  letsIn,
  type Permission,
  parsePolicy,
  permissionOf,
  type Statement,
  sameStatement,
  statementOf,
} from '../../../../shared/containment/statements';

const OWN = '123456789012';
const OTHER = '999999999999';
const FUNCTION = `arn:aws:lambda:eu-west-1:${OWN}:function:order-worker`;

const a = (changes: Statement): Statement => ({
  Sid: 'one',
  Effect: 'Allow',
  Action: 'lambda:InvokeFunction',
  Resource: FUNCTION,
  ...changes,
});
const service = (Service: unknown, Condition?: unknown): Statement =>
  a({ Principal: { Service }, ...(Condition === undefined ? {} : { Condition }) });
const everybody = (Condition?: unknown): Statement =>
  a({ Principal: '*', ...(Condition === undefined ? {} : { Condition }) });

describe('letsIn', () => {
  it.each<[string, Statement, string]>([
    ['everybody', everybody(), 'anybody'],
    ["everybody, in IAM's other way to write it", a({ Principal: { AWS: '*' } }), 'anybody'],
    ['everybody in a list', a({ Principal: { AWS: [`arn:aws:iam::${OWN}:root`, '*'] } }), 'anybody'],
    [
      'everybody through the URL',
      everybody({ StringEquals: { 'lambda:FunctionUrlAuthType': 'NONE' } }),
      'anybody, through the function URL',
    ],
    [
      'whoever has AWS credentials',
      everybody({ StringEquals: { 'lambda:FunctionUrlAuthType': 'AWS_IAM' } }),
      'anybody',
    ],
    [
      'everybody, by a condition that holds nobody back',
      everybody({ StringNotEquals: { 'aws:SourceAccount': OTHER } }),
      'anybody',
    ],
    [
      'everybody, where the condition may be absent',
      everybody({ StringEqualsIfExists: { 'aws:SourceAccount': OWN } }),
      'anybody',
    ],
    [
      'an organization',
      everybody({ StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } }),
      'every account of the organization o-a1b2c3d4e5',
    ],
    ['another account', a({ Principal: { AWS: `arn:aws:iam::${OTHER}:root` } }), `account ${OTHER}`],
    ['another account by its number', a({ Principal: { AWS: OTHER } }), `account ${OTHER}`],
    [
      "another account's role",
      a({ Principal: { AWS: `arn:aws:iam::${OTHER}:role/deploy` } }),
      `account ${OTHER}`,
    ],
    [
      "another account's session",
      a({ Principal: { AWS: `arn:aws:sts::${OTHER}:assumed-role/deploy/me` } }),
      `account ${OTHER}`,
    ],
    [
      'somebody who was deleted',
      a({ Principal: { AWS: 'AROAEXAMPLEEXAMPLE123' } }),
      'AROAEXAMPLEEXAMPLE123, who was deleted',
    ],
    ['everybody but one', a({ NotPrincipal: { AWS: OWN } }), 'everybody but those whom it names'],
    ['a federation', a({ Principal: { Federated: 'example.com' } }), 'Federated example.com'],
    ['a service for anybody', service('s3.amazonaws.com'), 'anybody, through s3.amazonaws.com'],
    [
      'a service for any account',
      service('events.amazonaws.com', { ArnLike: { 'AWS:SourceArn': 'arn:aws:events:*:*:rule/*' } }),
      'anybody, through events.amazonaws.com',
    ],
    [
      'a service for any bucket of a kind',
      service('s3.amazonaws.com', { ArnLike: { 'AWS:SourceArn': 'arn:aws:s3:::logs-*' } }),
      'anybody, through s3.amazonaws.com',
    ],
    [
      'a service for another account',
      service('sns.amazonaws.com', { StringEquals: { 'AWS:SourceAccount': OTHER } }),
      `account ${OTHER}, through sns.amazonaws.com`,
    ],
    [
      "a service for another account's source",
      service('sns.amazonaws.com', { ArnLike: { 'AWS:SourceArn': `arn:aws:sns:eu-west-1:${OTHER}:orders` } }),
      `account ${OTHER}, through sns.amazonaws.com`,
    ],
    [
      'a service for our account and another',
      service('sns.amazonaws.com', { StringEquals: { 'aws:SourceAccount': [OWN, OTHER] } }),
      `account ${OTHER}, through sns.amazonaws.com`,
    ],
  ])('sees that a statement lets in %s', (_what, statement, who) => {
    expect(letsIn(statement, OWN)).toBe(who);
  });

  it.each<[string, Statement]>([
    ['the own account', a({ Principal: { AWS: `arn:aws:iam::${OWN}:root` } })],
    ['a role of its own', a({ Principal: { AWS: `arn:aws:iam::${OWN}:role/path/deploy` } })],
    ['a service for it', service('s3.amazonaws.com', { StringEquals: { 'AWS:SourceAccount': OWN } })],
    [
      'a source of its own',
      service('events.amazonaws.com', {
        ArnLike: { 'AWS:SourceArn': `arn:aws:events:eu-west-1:${OWN}:rule/nightly` },
      }),
    ],
    [
      'sources of its own by wildcard',
      service('apigateway.amazonaws.com', {
        ArnLike: { 'AWS:SourceArn': `arn:aws:execute-api:eu-west-1:${OWN}:abc/*/GET/orders` },
      }),
    ],
    ['one bucket', service('s3.amazonaws.com', { ArnLike: { 'AWS:SourceArn': 'arn:aws:s3:::orders' } })],
    [
      'any bucket of the account',
      service('s3.amazonaws.com', {
        ArnLike: { 'AWS:SourceArn': 'arn:aws:s3:::*' },
        StringEquals: { 'AWS:SourceAccount': OWN },
      }),
    ],
    [
      'who knows the token',
      service('alexa-appkit.amazon.com', { StringEquals: { 'lambda:EventSourceToken': 'skill' } }),
    ],
    ['everybody who acts for it', everybody({ StringEquals: { 'aws:SourceAccount': OWN } })],
  ])('sees nobody from outside in %s', (_what, statement) => {
    expect(letsIn(statement, OWN)).toBeNull();
  });

  it('sees no way in where everybody is kept out', () => {
    expect(letsIn({ ...everybody(), Effect: 'Deny' }, OWN)).toBeNull();
  });

  it('judges whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.jsonValue(),
        fc.jsonValue(),
        (rest, p, c) => {
          const who = letsIn({ ...rest, Effect: 'Allow', Principal: p, Condition: c }, OWN);
          expect(who === null || who.length > 0).toBe(true);
        },
      ),
    );
  });
});

const text = (pattern: RegExp) => fc.stringMatching(pattern);
const account = text(/^\d{12}$/);
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** Any arguments that AddPermission admits. */
const anyPermission: fc.Arbitrary<Permission> = fc
  .record({
    StatementId: text(/^[a-zA-Z0-9-_]{1,100}$/),
    Principal: fc.oneof(
      fc.constantFrom('*', 's3.amazonaws.com', 'alexa-appkit.amazon.com', 'logs.eu-west-1.amazonaws.com'),
      account,
      account.map((number) => `arn:aws:iam::${number}:role/some/path/deploy`),
      account.map((number) => `arn:aws:iam::${number}:user/somebody`),
    ),
    SourceArn: optional(
      fc.oneof(
        account.map((number) => `arn:aws:events:eu-west-1:${number}:rule/*`),
        fc.constant('arn:aws:s3:::orders'),
      ),
    ),
    SourceAccount: optional(account),
    EventSourceToken: optional(text(/^[a-zA-Z0-9._-]{1,256}$/)),
    PrincipalOrgID: optional(text(/^o-[a-z0-9]{10,32}$/)),
    url: fc.constantFrom(
      { Action: 'lambda:InvokeFunction' },
      { Action: '*' },
      { Action: 'lambda:*' },
      { Action: 'lambda:GetFunction' },
      { Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true },
      { Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'NONE' },
      { Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'AWS_IAM' },
    ),
  })
  .map(({ url, ...rest }) => {
    const given = Object.entries({ ...rest, ...url }).filter(([, value]) => value !== undefined);
    return Object.fromEntries(given) as Permission;
  });

const anyResource = fc.constantFrom(FUNCTION, `${FUNCTION}:live`, `${FUNCTION}:7`);

describe('permissionOf', () => {
  it('gives back the arguments with which a statement was made', () => {
    fc.assert(
      fc.property(anyPermission, anyResource, (permission, resource) => {
        expect(permissionOf(statementOf(permission, resource), resource)).toEqual(permission);
      }),
    );
  });

  it('gives nothing for a statement that says anything more', () => {
    const more = fc.constantFrom<(statement: Statement) => Statement>(
      (statement) => ({ ...statement, Effect: 'Deny' }),
      (statement) => ({ ...statement, NotAction: 'lambda:GetFunction' }),
      (statement) => ({ ...statement, Action: [String(statement.Action), 'lambda:GetLayerVersion'] }),
      (statement) => ({ ...statement, Resource: [FUNCTION, `${FUNCTION}:other`] }),
      (statement) => ({ ...statement, Sid: undefined }),
      (statement) => ({ ...statement, Principal: { ...Object(statement.Principal), CanonicalUser: 'abc' } }),
      (statement) => with_(statement, 'IpAddress', { 'aws:SourceIp': '203.0.113.0/24' }),
      (statement) => with_(statement, 'StringLike', { 'AWS:SourceArn': 'arn:aws:s3:::orders' }),
      (statement) => with_(statement, 'Null', { 'aws:PrincipalOrgID': 'true' }),
      (statement) => with_(statement, 'Bool', { 'lambda:InvokedViaFunctionUrl': 'false' }),
      (statement) => with_(statement, 'Bool', { 'aws:SecureTransport': 'true' }),
      (statement) => with_(statement, 'StringEquals', { 'aws:SourceOrgID': 'o-a1b2c3d4e5' }),
    );
    fc.assert(
      fc.property(anyPermission, anyResource, more, (permission, resource, change) => {
        expect(permissionOf(change(statementOf(permission, resource)), resource)).toBeNull();
      }),
    );
  });

  it('gives only arguments that make just this statement, whatever it is given', () => {
    const anyStatement = fc.record(
      {
        Sid: fc.oneof(fc.constant('one'), fc.string()),
        Effect: fc.constantFrom('Allow', 'Deny'),
        Principal: fc.oneof(
          fc.constantFrom(
            '*',
            { AWS: '*' },
            { AWS: ['*'] },
            { AWS: OTHER },
            { Service: ['s3.amazonaws.com'] },
          ),
          fc.jsonValue(),
        ),
        Action: fc.oneof(fc.constantFrom('lambda:InvokeFunction', ['lambda:InvokeFunction']), fc.jsonValue()),
        Resource: fc.constantFrom(FUNCTION, [FUNCTION], '*'),
        Condition: fc.oneof(
          fc.constantFrom({}, { StringEquals: { 'aws:sourceaccount': [OTHER] } }),
          fc.jsonValue(),
        ),
      },
      { requiredKeys: ['Sid', 'Effect', 'Principal', 'Action', 'Resource'] },
    );
    fc.assert(
      fc.property(anyStatement, (statement) => {
        const permission = permissionOf(statement, FUNCTION);
        fc.pre(permission !== null);
        expect(permission !== null && sameStatement(statementOf(permission, FUNCTION), statement)).toBe(true);
      }),
    );
  });

  it.each<[string, Statement]>([
    ['a principal that was deleted', a({ Principal: { AWS: 'AROAEXAMPLEEXAMPLE123' } })],
    ['two principals', a({ Principal: { AWS: [`arn:aws:iam::${OTHER}:root`, `arn:aws:iam::${OWN}:root`] } })],
    ['an option for a name', { ...everybody(), Sid: 'one two' }],
    [
      'keys that differ in case alone',
      everybody({
        StringEquals: { 'AWS:SourceAccount': OWN, 'aws:SourceAccount': OTHER },
      }),
    ],
    [
      'the type of a URL with another action',
      everybody({
        StringEquals: { 'lambda:FunctionUrlAuthType': 'NONE' },
      }),
    ],
    ["another function's statement", { ...everybody(), Resource: `${FUNCTION}-2` }],
  ])('gives nothing for %s', (_what, statement) => {
    expect(permissionOf(statement, FUNCTION)).toBeNull();
  });
});

const with_ = (statement: Statement, operator: string, keys: object): Statement => {
  const condition = Object(statement.Condition) as Record<string, object>;
  return { ...statement, Condition: { ...condition, [operator]: { ...condition[operator], ...keys } } };
};

describe('sameStatement', () => {
  it('knows the same statement written in other ways', () => {
    const one = everybody({ StringEquals: { 'AWS:SourceAccount': [OWN, OTHER] } });
    const other = {
      Resource: [FUNCTION],
      Condition: { StringEquals: { 'aws:sourceAccount': [OTHER, OWN] } },
      Action: ['lambda:InvokeFunction'],
      Principal: { AWS: ['*'] },
      Effect: 'Allow',
      Sid: 'one',
    };

    expect(sameStatement(one, other)).toBe(true);
  });

  it('tells statements apart that differ in anything', () => {
    fc.assert(
      fc.property(anyPermission, anyPermission, (one, other) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other));
        const same = sameStatement(statementOf(one, FUNCTION), statementOf(other, FUNCTION));
        expect(same).toBe(false);
      }),
    );
  });
});

describe('parsePolicy', () => {
  it.each<[string, string | undefined, readonly Statement[]]>([
    ['several statements', JSON.stringify({ Statement: [everybody(), a({})] }), [everybody(), a({})]],
    ['one that is not in a list', JSON.stringify({ Statement: everybody() }), [everybody()]],
    ['none', JSON.stringify({ Version: '2012-10-17' }), []],
    ['no policy', undefined, []],
  ])('reads %s', (_what, policy, statements) => {
    expect(parsePolicy(policy)).toEqual(statements);
  });
});
