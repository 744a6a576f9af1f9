import fc from 'fast-check';
import {
  admits,
  cutOffOf,
  meansTheSame,
  mended,
  sidOf,
  standing,
  withCutOff,
  withoutCutOff,
} from '../../../../shared/dependants/cutOffStatement';

const ROLE = 'arn:aws:iam::111122223333:role/path/orders-role';
const OTHER = 'arn:aws:iam::111122223333:role/other';
const QUEUE = 'arn:aws:sqs:eu-west-1:111122223333:orders';
const statement = cutOffOf(ROLE, 'sqs:*', QUEUE);
const theirs = { Sid: 'Theirs', Effect: 'Allow', Principal: '*', Action: 'sqs:*', Resource: QUEUE };

/** Policies as people write them: with and without a list, in any order of keys, any white space, any text. */
const policies = fc
  .record({
    statements: fc.array(
      fc.record({
        Sid: fc.oneof(fc.string(), fc.constant('"Statement":['), fc.constant('Theirs')),
        Effect: fc.constantFrom('Allow', 'Deny'),
        Principal: fc.constantFrom('*', { AWS: ['1', '2'] }, { Service: 'sns.amazonaws.com' }),
        Condition: fc.constantFrom({}, { StringEquals: { Statement: ['[', '"Statement": ['] } }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    alone: fc.boolean(),
    first: fc.boolean(),
    indent: fc.constantFrom(undefined, 2, '\t'),
    Id: fc.string(),
  })
  .map(({ statements, alone, first, indent, Id }) => {
    const Statement = alone ? statements[0] : statements;
    return JSON.stringify(first ? { Statement, Id } : { Id, Statement }, null, indent);
  });
const roles = fc.constantFrom(ROLE, OTHER);

describe('the statement by which a suspect’s role is shut out', () => {
  it('goes in once, is found there, and comes out with the text as it was, to the letter', () => {
    fc.assert(
      fc.property(policies, (policy) => {
        const cut = withCutOff(policy, statement);
        expect(standing(policy, statement)).toBe('absent');
        expect(standing(cut, statement)).toBe('ours');
        expect(withCutOff(cut, statement)).toBe(cut);
        expect(mended(cut, policy, statement)).toBe(policy);
        expect(meansTheSame(cut, policy)).toBe(true);
        expect(meansTheSame(cut, JSON.stringify({ Statement: [statement, theirs] }))).toBe(false);
      }),
    );
  });

  it('is known when AWS shows the id of the deleted role in it, and comes out as well; of a new role it is not it', () => {
    fc.assert(
      fc.property(policies, (policy) => {
        const orphaned = withCutOff(policy, statement).replace(ROLE, 'AROAEXAMPLEEXAMPLE123');
        expect(standing(orphaned, statement)).toBe('orphaned');
        expect(mended(orphaned, policy, statement)).toBe(policy);
        expect(standing(withCutOff(orphaned, statement), statement)).toBe('ours');
        expect(standing(orphaned.replace('"Deny"', '"Allow"').replace('sqs:*', '*'), statement)).toBe(
          'changed',
        );
      }),
    );
    const others = withCutOff(null, statement).replace(ROLE, 'AROAEXAMPLEEXAMPLE123:session');
    expect(standing(others, statement)).toBe('changed');
  });

  it('leaves every other statement, in its order, whoever came and went meanwhile', () => {
    fc.assert(
      fc.property(policies, roles, roles, (policy, one, two) => {
        const [first, second] = [cutOffOf(one, 'sqs:*', QUEUE), cutOffOf(two, 'sqs:*', QUEUE)];
        const both = withCutOff(withCutOff(policy, first), second);
        const less = mended(both, policy, first);
        expect(standing(less, second)).toBe(one === two ? 'absent' : 'ours');
        const none =
          less === null ? null : standing(less, second) === 'ours' ? withoutCutOff(less, second) : less;
        const statementsOf = (text: string | null): unknown => [JSON.parse(text ?? '{}').Statement].flat();
        expect(statementsOf(none)).toEqual(statementsOf(policy));
      }),
    );
  });

  it('keeps the white space of a list of statements while it is in', () => {
    const policy = '{ "Version":"2012-10-17",\n  "Statement" : [\n {"Sid":  "Theirs"} ] }';
    expect(withCutOff(policy, statement)).toBe(
      `{ "Version":"2012-10-17",\n  "Statement" : [${JSON.stringify(statement)},\n {"Sid":  "Theirs"} ] }`,
    );
  });

  it('makes a policy of its own where there was none, and takes it away again', () => {
    const policy = withCutOff(null, statement);
    expect(JSON.parse(policy)).toEqual({ Version: '2012-10-17', Statement: [statement] });
    expect(mended(policy, null, statement)).toBeNull();
    expect(mended(policy, JSON.stringify({ Statement: [theirs] }), statement)).toBeNull();
  });

  it.each([
    ['its effect', { ...statement, Effect: 'Allow' }],
    ['its action', { ...statement, Action: 'sqs:SendMessage' }],
    ['a condition of its own', { ...statement, Condition: { Bool: { 'aws:SecureTransport': 'false' } } }],
    ['its role', { ...statement, Principal: { AWS: OTHER } }],
  ])('is drift once somebody changed %s', (_what, changed) => {
    const policy = JSON.stringify({ Statement: [theirs, changed] });
    expect(standing(policy, statement)).toBe('changed');
    expect(standing(withCutOff(policy, statement), statement)).toBe('ours');
  });

  it('is known in the words of a service that writes lists for single values', () => {
    const said = { ...statement, Action: ['sqs:*'], Principal: { AWS: [ROLE] }, Resource: [QUEUE] };
    expect(standing(JSON.stringify({ Statement: said }), statement)).toBe('ours');
  });

  it('has a Sid for each role, of letters and digits alone', () => {
    expect(sidOf(ROLE)).toMatch(/^TourniquetCutOff[0-9a-f]{12}$/);
    expect(sidOf(ROLE)).not.toBe(sidOf(OTHER));
  });
});

describe('whom a policy lets in', () => {
  const lets = (rest: object) =>
    admits(JSON.stringify({ Statement: [{ Effect: 'Allow', Action: '*', Resource: '*', ...rest }] }), ROLE);

  it.each([
    ['everybody', { Principal: '*' }],
    ['everybody of AWS', { Principal: { AWS: '*' } }],
    ['the role by name', { Principal: { AWS: [OTHER, ROLE] } }],
    ['its account, by number', { Principal: { AWS: '111122223333' } }],
    ['its account, by root', { Principal: { AWS: 'arn:aws:iam::111122223333:root' } }],
    ['a session of it', { Principal: { AWS: 'arn:aws:sts::111122223333:assumed-role/orders-role/orders' } }],
    ['whoever is not somebody', { NotPrincipal: { AWS: OTHER } }],
    [
      'everybody under a condition',
      { Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'true' } } },
    ],
  ])('is the role, where it lets in %s', (_who, rest) => {
    expect(lets(rest)).toBe(true);
  });

  it.each([
    ['another role', { Principal: { AWS: OTHER } }],
    ['another account', { Principal: { AWS: 'arn:aws:iam::999999999999:root' } }],
    ['a service', { Principal: { Service: 'sns.amazonaws.com' } }],
    ['a role whose name goes on', { Principal: { AWS: `${ROLE}-2` } }],
    ['nobody: it denies', { Effect: 'Deny', Principal: '*' }],
  ])('is not the role, where it lets in %s', (_who, rest) => {
    expect(lets(rest)).toBe(false);
  });
});
