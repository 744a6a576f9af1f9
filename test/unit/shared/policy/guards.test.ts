import fc from 'fast-check';
import { type GuardSettings, refusal } from '../../../../shared/policy/guards';
import { aSuspect } from '../../../fixtures/suspect';

const settings = (neverContain: readonly string[] = []): GuardSettings => ({
  service: 'tourniquet',
  ownAccountId: '123456789012',
  ownRegion: 'eu-west-1',
  neverContain,
});
const named = (functionName: string) =>
  aSuspect({ functionName, arn: `arn:aws:lambda:eu-west-1:123456789012:function:${functionName}` });

const aName = fc.stringMatching(/^[a-zA-Z0-9_-]{1,64}$/);

describe('the guards', () => {
  it('let the responder act on a function of the account that nothing protects', () => {
    expect(refusal(named('order-worker'), settings(['payments']))).toBeNull();
  });

  it.each([
    [{ accountId: '210987654321' }],
    [{ region: 'us-east-1' }],
    [{ accountId: '' }],
    [{ region: '' }],
  ])('refuse what the deployment cannot reach: %j', (where) => {
    expect(refusal(aSuspect(where), settings())).toContain('this deployment guards 123456789012, eu-west-1');
  });

  it('refuse where the deployment does not know its own account', () => {
    expect(refusal(aSuspect(), { ...settings(), ownAccountId: '', ownRegion: '' })).not.toBeNull();
  });
});

describe('the responder never acts on itself (invariant 7)', () => {
  it('whatever its function is called, and whatever else is configured (property)', () => {
    fc.assert(
      fc.property(aName, fc.array(fc.string()), (name, list) => {
        expect(refusal(named(`tourniquet-test-${name}`), settings(list))).toBe(
          'it is part of Tourniquet itself',
        );
      }),
    );
  });

  it.each([
    'role/tourniquet-test-assess',
    'role/path/to/tourniquet-test-x',
    'role/service-role/tourniquet-test-',
  ])('nor on a function that runs under %s', (role) => {
    expect(refusal(aSuspect({ roleArn: `arn:aws:iam::123456789012:${role}` }), settings())).toBe(
      "it runs under one of Tourniquet's own roles",
    );
  });

  it('and fails closed where the role of the function is not known', () => {
    expect(refusal(aSuspect({ roleArn: '' }), settings())).not.toBeNull();
  });

  it('nor on another deployment in the same account', () => {
    expect(refusal(named('tourniquet-prod-assess'), settings())).not.toBeNull();
  });

  it.each(['my-tourniquet-test-x', 'tourniquets'])('but does on %s, which is no part of it', (name) => {
    expect(refusal(named(name), settings())).toBeNull();
  });
});

describe('the never-contain list', () => {
  it.each([
    ['payments', 'payments', true],
    ['payments', 'payments2', false],
    ['payments', 'my-payments', false],
    ['payments', 'Payments', false],
    ['pay*', 'payments', true],
    ['pay*', 'pay', true],
    ['*pay*', 'my-payments', true],
    ['*', 'anything', true],
    ['*-prod', 'orders-prod', true],
    ['*-prod', 'orders-prod-2', false],
    ['a*b*c', 'a-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['ab*ba', 'aba', false],
    ['', 'anything', false],
    ['arn:aws:lambda:eu-west-1:123456789012:function:payments', 'payments', true],
    ['arn:aws:lambda:*:*:function:pay*', 'payments', true],
    ['arn:aws:lambda:us-east-1:123456789012:function:payments', 'payments', false],
    ['arn:aws:lambda:eu-west-1:123456789012:function:payments', 'payments-2', false],
  ])('with the entry %j names %s: %s', (entry, name, listed) => {
    expect(refusal(named(name), settings([entry]))).toBe(
      listed ? `the never-contain list names it (${entry})` : null,
    );
  });

  it.each(['live', '$LATEST', '7'])(
    'protects the function where an entry names its qualifier %s',
    (qualifier) => {
      const entry = `arn:aws:lambda:eu-west-1:123456789012:function:payments:${qualifier}`;

      expect(refusal(named('payments'), settings([entry]))).not.toBeNull();
    },
  );

  it('protects a name that it lists, among whatever others (property)', () => {
    fc.assert(
      fc.property(aName, fc.array(fc.string()), (name, others) => {
        fc.pre(!name.startsWith('tourniquet-test-'));
        expect(refusal(named(name), settings([...others, name]))).toContain(
          'the never-contain list names it',
        );
      }),
    );
  });

  it('takes everything but * literally (property)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), aName, (pattern, name) => {
        fc.pre(!pattern.includes('*') && pattern !== name && !name.startsWith('tourniquet-test-'));
        expect(refusal(named(name), settings([pattern]))).toBeNull();
      }),
    );
  });

  it.each(['.', '.+', '[a-z]+', '(a|b)', 'a?', '^a', 'a$', '\\w', 'a{1}', '(?:a)'])(
    'does not read %j as a regular expression',
    (pattern) => {
      expect(refusal(named('a'), settings([pattern]))).toBeNull();
    },
  );

  it('matches a name that is its pattern with anything for the stars (property)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z-]{0,8}$/), { minLength: 2, maxLength: 5 }),
        aName,
        (parts, filler) => {
          const name = `x${parts.join(filler)}`;
          fc.pre(name.length <= 140);
          expect(refusal(named(name), settings([`x${parts.join('*')}`]))).not.toBeNull();
        },
      ),
    );
  });

  it.each([
    ['a*a*a*a*a*a*b', 'a'.repeat(140)],
    ['*a*a*a*a*a*a*a*a*b', 'a'.repeat(140)],
    ['*-*-*-*-*-*-*-*-*!', '-'.repeat(140)],
  ])('is looked through in no time, whatever the pattern (%s)', (pattern, name) => {
    const started = performance.now();

    expect(refusal(named(name), settings([pattern]))).toBeNull();
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
