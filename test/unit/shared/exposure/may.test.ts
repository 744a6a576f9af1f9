import fc from 'fast-check';
import { ABILITIES, ARNS } from '../../../../shared/exposure/abilities';
import { couldReach } from '../../../../shared/exposure/could';
import { covers, openVariables, overlaps, surelyCovers } from '../../../../shared/exposure/glob';
import { may, type Verdict } from '../../../../shared/exposure/may';
import { readPolicy, UnreadablePolicyError } from '../../../../shared/exposure/statement';

const ROLE = 'arn:aws:iam::111111111111:role/service/worker';
const SESSION = 'arn:aws:sts::111111111111:assumed-role/worker/orders';
const ROOT = 'arn:aws:iam::111111111111:root';
const OTHER = 'arn:aws:iam::222222222222:role/other';
const SECRET = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:prod/db-AbCdEf';
const OTHERS_SECRET = 'arn:aws:secretsmanager:eu-west-1:222222222222:secret:prod/db-AbCdEf';
const OBJECT = 'arn:aws:s3:::orders/2026/1.json';
const KEY = 'arn:aws:kms:eu-west-1:111111111111:key/1';
const QUEUE = 'arn:aws:sqs:eu-west-1:111111111111:orders';
const TABLE = 'arn:aws:dynamodb:eu-west-1:111111111111:table/orders';
const ADMIN = 'arn:aws:iam::111111111111:role/admin';

const READ = 'secretsmanager:GetSecretValue';
type Doc = Readonly<Record<string, unknown>>;
const allow = (Action: unknown, Resource: unknown = '*', more: Doc = {}): Doc => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const deny = (Action: unknown, Resource: unknown = '*', more: Doc = {}): Doc => ({
  Effect: 'Deny',
  Action,
  Resource,
  ...more,
});
const doc = (...Statement: readonly Doc[]) => ({ Version: '2012-10-17', Statement });
const MFA = { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } };

type Case = {
  readonly identity?: readonly Doc[];
  readonly boundary?: readonly Doc[];
  readonly policy?: readonly Doc[];
  readonly truth: readonly (readonly [action: string, arn: string, Verdict])[];
};

/** By hand, from the IAM user guide ("Policy evaluation logic") and the services' own pages. */
const TRUTH: Readonly<Record<string, Case>> = {
  'nothing at all': {
    truth: [
      [READ, SECRET, 'no'],
      ['s3:GetObject', OBJECT, 'no'],
    ],
  },
  'one action on one resource': {
    identity: [allow(READ, SECRET)],
    truth: [
      [READ, SECRET, 'yes'],
      ['secretsmanager:PutSecretValue', SECRET, 'no'],
      [READ, `${SECRET}x`, 'no'],
    ],
  },
  'actions have no case': {
    identity: [allow('SecretsManager:getsecretvalue', SECRET)],
    truth: [[READ, SECRET, 'yes']],
  },
  'resources have case': {
    identity: [allow(READ, SECRET.replace('prod', 'PROD'))],
    truth: [[READ, SECRET, 'no']],
  },
  'a wildcard in the action': {
    identity: [allow('secretsmanager:Get*', SECRET)],
    truth: [
      [READ, SECRET, 'yes'],
      ['secretsmanager:DeleteSecret', SECRET, 'no'],
    ],
  },
  'every action': {
    identity: [allow('*')],
    truth: [
      [READ, SECRET, 'yes'],
      ['iam:PutRolePolicy', ADMIN, 'yes'],
    ],
  },
  'every action of a service': {
    identity: [allow('secretsmanager:*')],
    truth: [
      [READ, SECRET, 'yes'],
      ['s3:GetObject', OBJECT, 'no'],
    ],
  },
  'a question mark': {
    identity: [allow(READ, SECRET.replace('AbCdEf', '??????'))],
    truth: [
      [READ, SECRET, 'yes'],
      [READ, `${SECRET}7`, 'no'],
    ],
  },
  'a wildcard in the resource': {
    identity: [allow(READ, 'arn:aws:secretsmanager:*:111111111111:secret:prod/*')],
    truth: [
      [READ, SECRET, 'yes'],
      [READ, SECRET.replace('prod', 'dev'), 'no'],
    ],
  },
  'a wildcard that spans parts of an ARN': {
    identity: [allow(READ, 'arn:aws:secretsmanager:*db-AbCdEf')],
    truth: [[READ, SECRET, 'yes']],
  },
  'a list of actions and resources': {
    identity: [allow(['s3:GetObject', READ], [OBJECT, SECRET])],
    truth: [
      [READ, SECRET, 'yes'],
      ['s3:GetObject', OBJECT, 'yes'],
      ['s3:PutObject', OBJECT, 'no'],
    ],
  },
  'NotAction: everything but': {
    identity: [{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }],
    truth: [
      [READ, SECRET, 'yes'],
      ['iam:PutRolePolicy', ADMIN, 'no'],
    ],
  },
  'NotAction is no denial': {
    identity: [{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }, allow('iam:PassRole', ADMIN)],
    truth: [
      ['iam:PassRole', ADMIN, 'yes'],
      ['iam:PutRolePolicy', ADMIN, 'no'],
    ],
  },
  'NotResource: everywhere but': {
    identity: [{ Effect: 'Allow', Action: READ, NotResource: SECRET }],
    truth: [
      [READ, SECRET, 'no'],
      [READ, SECRET.replace('prod', 'dev'), 'yes'],
    ],
  },
  'NotAction and NotResource': {
    identity: [{ Effect: 'Allow', NotAction: 's3:*', NotResource: `${SECRET.slice(0, -6)}*` }],
    truth: [
      [READ, SECRET, 'no'],
      [READ, TABLE, 'yes'],
      ['s3:GetObject', OBJECT, 'no'],
    ],
  },
  'a denial beats what allows': {
    identity: [allow('*'), deny(READ, SECRET)],
    truth: [
      [READ, SECRET, 'no'],
      [READ, SECRET.replace('prod', 'dev'), 'yes'],
    ],
  },
  'a denial of everything': { identity: [allow('*'), deny('*')], truth: [[READ, SECRET, 'no']] },
  'a denial of everything but': {
    identity: [allow('*'), { Effect: 'Deny', NotAction: 's3:GetObject', Resource: '*' }],
    truth: [
      [READ, SECRET, 'no'],
      ['s3:GetObject', OBJECT, 'yes'],
    ],
  },
  'a denial everywhere but': {
    identity: [allow('*'), { Effect: 'Deny', Action: READ, NotResource: SECRET }],
    truth: [
      [READ, SECRET, 'yes'],
      [READ, SECRET.replace('prod', 'dev'), 'no'],
    ],
  },
  'a denial under a condition may not hold': {
    identity: [allow(READ, SECRET), deny(READ, SECRET, MFA)],
    truth: [[READ, SECRET, 'if']],
  },
  'a denial with a variable may not hold': {
    identity: [allow(READ), deny(READ, 'arn:aws:secretsmanager:*:*:secret:\u0024{aws:PrincipalTag/team}/*')],
    truth: [[READ, SECRET, 'if']],
  },
  'a denial whose wildcard would have to span parts may not hold': {
    identity: [allow(READ), deny(READ, 'arn:aws:secretsmanager:*db-AbCdEf')],
    truth: [[READ, SECRET, 'if']],
  },
  'an allowance under a condition': {
    identity: [allow(READ, SECRET, MFA)],
    truth: [
      [READ, SECRET, 'if'],
      [READ, `${SECRET}x`, 'no'],
    ],
  },
  'an empty condition is none': {
    identity: [allow(READ, SECRET, { Condition: {} })],
    truth: [[READ, SECRET, 'yes']],
  },
  'one condition beside one without': {
    identity: [allow(READ, SECRET, MFA), allow(READ, SECRET)],
    truth: [[READ, SECRET, 'yes']],
  },
  'a variable in the resource may be anything': {
    identity: [allow(READ, 'arn:aws:secretsmanager:*:*:secret:\u0024{aws:PrincipalTag/team}/*')],
    truth: [[READ, SECRET, 'if']],
  },
  'a boundary that admits it': {
    identity: [allow('*')],
    boundary: [allow('secretsmanager:*')],
    truth: [
      [READ, SECRET, 'yes'],
      ['s3:GetObject', OBJECT, 'no'],
    ],
  },
  'a boundary gives nothing': { boundary: [allow('*')], truth: [[READ, SECRET, 'no']] },
  'a boundary that denies': {
    identity: [allow('*')],
    boundary: [allow('*'), deny(READ)],
    truth: [[READ, SECRET, 'no']],
  },
  'a boundary under a condition': {
    identity: [allow(READ)],
    boundary: [allow('*', '*', MFA)],
    truth: [[READ, SECRET, 'if']],
  },
  'a resource policy that names the role, in its own account': {
    policy: [allow(READ, '*', { Principal: { AWS: ROLE } })],
    truth: [[READ, SECRET, 'yes']],
  },
  'a resource policy that names the role is held to the boundary': {
    boundary: [allow('s3:*')],
    policy: [allow(READ, '*', { Principal: { AWS: ROLE } })],
    truth: [[READ, SECRET, 'no']],
  },
  'a resource policy that names its session is not': {
    boundary: [allow('s3:*')],
    policy: [allow(READ, '*', { Principal: { AWS: SESSION } })],
    truth: [[READ, SECRET, 'yes']],
  },
  'a resource policy that names the account alone gives nothing by itself': {
    policy: [allow(READ, '*', { Principal: { AWS: ROOT } })],
    truth: [[READ, SECRET, 'no']],
  },
  'a resource policy for everybody': {
    policy: [allow(READ, '*', { Principal: '*' })],
    truth: [[READ, SECRET, 'yes']],
  },
  'a resource policy for everybody, under a condition': {
    policy: [allow(READ, '*', { Principal: { AWS: '*' }, ...MFA })],
    truth: [[READ, SECRET, 'if']],
  },
  'a resource policy for somebody else': {
    policy: [allow(READ, '*', { Principal: { AWS: OTHER } })],
    truth: [[READ, SECRET, 'no']],
  },
  'a resource policy for a service': {
    policy: [allow(READ, '*', { Principal: { Service: 'lambda.amazonaws.com' } })],
    truth: [[READ, SECRET, 'no']],
  },
  'a resource policy for everybody but somebody else': {
    policy: [allow(READ, '*', { NotPrincipal: { AWS: OTHER } })],
    truth: [[READ, SECRET, 'yes']],
  },
  'a resource policy that denies the role': {
    identity: [allow('*')],
    policy: [deny(READ, '*', { Principal: { AWS: ROLE } })],
    truth: [[READ, SECRET, 'no']],
  },
  'a resource policy that denies everybody': {
    identity: [allow('*')],
    policy: [deny('*', '*', { Principal: '*' })],
    truth: [[READ, SECRET, 'no']],
  },
  'a resource policy that denies a session may mean another': {
    identity: [allow('*')],
    policy: [deny(READ, '*', { Principal: { AWS: SESSION } })],
    truth: [[READ, SECRET, 'if']],
  },
  'a resource policy that denies everybody but the role': {
    identity: [allow('*')],
    policy: [deny(READ, '*', { NotPrincipal: { AWS: ROLE } })],
    truth: [[READ, SECRET, 'if']],
  },
  'a resource policy that denies everybody but another': {
    identity: [allow('*')],
    policy: [deny(READ, '*', { NotPrincipal: { AWS: OTHER } })],
    truth: [[READ, SECRET, 'no']],
  },
  'another account, whose policy is not known': {
    identity: [allow(READ)],
    truth: [[READ, OTHERS_SECRET, 'if']],
  },
  'another account that admits it': {
    identity: [allow(READ)],
    policy: [allow(READ, '*', { Principal: { AWS: ROOT } })],
    truth: [[READ, OTHERS_SECRET, 'yes']],
  },
  'another account that does not': {
    identity: [allow(READ)],
    policy: [allow(READ, '*', { Principal: { AWS: OTHER } })],
    truth: [[READ, OTHERS_SECRET, 'no']],
  },
  'another account that admits it, and no policy of the role': {
    policy: [allow(READ, '*', { Principal: { AWS: ROLE } })],
    truth: [[READ, OTHERS_SECRET, 'no']],
  },
  'a key whose policy hands over to IAM': {
    identity: [allow('kms:Decrypt', KEY)],
    policy: [allow('kms:*', '*', { Principal: { AWS: ROOT } })],
    truth: [
      ['kms:Decrypt', KEY, 'yes'],
      ['kms:Sign', KEY, 'no'],
    ],
  },
  'a key whose policy does not': {
    identity: [allow('kms:Decrypt', KEY)],
    policy: [allow('kms:*', '*', { Principal: { AWS: ADMIN } })],
    truth: [['kms:Decrypt', KEY, 'no']],
  },
  'a key whose policy names the role': {
    policy: [allow('kms:Decrypt', '*', { Principal: { AWS: ROLE } })],
    truth: [['kms:Decrypt', KEY, 'yes']],
  },
  'a key whose policy is not known': {
    identity: [allow('kms:Decrypt', KEY)],
    truth: [['kms:Decrypt', KEY, 'if']],
  },
  'a role that trusts the role': {
    policy: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: ROLE } }],
    truth: [['sts:AssumeRole', ADMIN, 'yes']],
  },
  'a role that trusts the account': {
    policy: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: ROOT } }],
    truth: [['sts:AssumeRole', ADMIN, 'no']],
  },
  'a role that trusts the account, and a policy': {
    identity: [allow('sts:AssumeRole', ADMIN)],
    policy: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: '111111111111' } }],
    truth: [['sts:AssumeRole', ADMIN, 'yes']],
  },
  'a role that trusts a service alone': {
    identity: [allow('sts:AssumeRole', ADMIN)],
    policy: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ec2.amazonaws.com' } }],
    truth: [['sts:AssumeRole', ADMIN, 'no']],
  },
  'a queue policy for everybody of an organisation': {
    policy: [
      allow('sqs:SendMessage', QUEUE, {
        Principal: '*',
        Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } },
      }),
    ],
    truth: [
      ['sqs:SendMessage', QUEUE, 'if'],
      ['sqs:ReceiveMessage', QUEUE, 'no'],
    ],
  },
};

const verdict = ({ identity = [], boundary, policy }: Case, action: string, arn: string): Verdict =>
  may(
    {
      roleArn: ROLE,
      identity: readPolicy(doc(...identity)),
      boundary: boundary === undefined ? null : readPolicy(doc(...boundary)),
    },
    action,
    { arn, policy: policy === undefined ? null : readPolicy(doc(...policy)) },
  );

describe('whether a role may', () => {
  it('is known for more than forty policies', () => {
    expect(Object.keys(TRUTH).length).toBeGreaterThanOrEqual(40);
  });

  it.each(Object.entries(TRUTH))('is right for %s', (_name, given) => {
    for (const [action, arn, wanted] of given.truth)
      expect([action, arn, verdict(given, action, arn)]).toEqual([action, arn, wanted]);
  });

  it('is not answered of a policy that cannot be read', () => {
    for (const broken of ['{', {}, { Statement: [{ Effect: 'Perhaps' }] }, null])
      expect(() => readPolicy(broken)).toThrow(UnreadablePolicyError);
  });
});

const word = fc.constantFrom('*', 'a', 'b', 'a*', '*b', 'a?', '?', 'ab', '');
const resource = fc
  .tuple(word, word)
  .map(([one, two]) => `arn:aws:secretsmanager:*:111111111111:secret:${one}${two}`);
const action = fc.constantFrom(
  READ,
  'secretsmanager:*',
  '*',
  'secretsmanager:Get*',
  'secretsmanager:PutSecretValue',
);
const statement = fc
  .record({
    Effect: fc.constantFrom('Allow', 'Deny'),
    acts: action,
    notActs: fc.boolean(),
    on: fc.oneof(resource, fc.constant('*')),
    notOn: fc.boolean(),
    Condition: fc.constantFrom(undefined, {}, { Bool: { 'aws:SecureTransport': 'true' } }),
  })
  .map(({ Effect, acts, notActs, on, notOn, Condition }) => ({
    Effect,
    [notActs ? 'NotAction' : 'Action']: acts,
    [notOn ? 'NotResource' : 'Resource']: on,
    ...(Condition === undefined ? {} : { Condition }),
  }));
const arn = fc
  .stringMatching(/^[ab]{0,3}$/)
  .map((name) => `arn:aws:secretsmanager:eu-west-1:111111111111:secret:${name}`);

describe('what a role could reach, by the patterns of its policies', () => {
  it('has everything in it that it may do: what is left out it cannot', () => {
    fc.assert(
      fc.property(
        fc.array(statement, { maxLength: 4 }),
        fc.option(fc.array(statement, { minLength: 1, maxLength: 3 }), { nil: null }),
        arn,
        fc.constantFrom(READ, 'secretsmanager:PutSecretValue'),
        (identity, boundary, target, asked) => {
          const role = {
            roleArn: ROLE,
            identity: readPolicy(doc(...identity)),
            boundary: boundary === null ? null : readPolicy(doc(...boundary)),
          };
          if (may(role, asked, { arn: target, policy: null }) === 'no') return;
          const could = couldReach(role).some(
            ({ kind, pattern, actions, butFor }) =>
              kind === 'secret' &&
              actions.includes(asked) &&
              covers(openVariables(pattern), target) &&
              !butFor.some((spared) => surelyCovers(spared, target)),
          );
          expect(could).toBe(true);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('has patterns that overlap where a text fits both', () => {
    const pattern = fc.stringMatching(/^[ab*?]{0,6}$/);
    fc.assert(
      fc.property(pattern, pattern, fc.stringMatching(/^[ab]{0,6}$/), (one, other, text) => {
        if (covers(one, text) && covers(other, text)) expect(overlaps(one, other)).toBe(true);
        if (covers(one, other) && covers(other, text)) expect(covers(one, text)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it('is not slow for a policy that was written to be', () => {
    const hostile = `${'*a'.repeat(2000)}*`;
    expect(covers(hostile, 'a'.repeat(1999))).toBe(false);
    expect(overlaps(`${'*a'.repeat(300)}b`, `${'a*'.repeat(300)}c`)).toBe(false);
  });

  it('names every kind that its abilities are about', () => {
    expect(new Set(ABILITIES.map(({ kind }) => kind))).toEqual(new Set(Object.keys(ARNS)));
  });
});
