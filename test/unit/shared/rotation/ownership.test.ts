import fc from 'fast-check';
import {
  chooseRotation,
  OWNER_TAG,
  type SecretFacts,
  STRATEGY_TAG,
  strategyOf,
  timesFor,
} from '../../../../shared/rotation/ownership';

const suspect = {
  functionName: 'order-worker',
  arn: 'arn:aws:lambda:eu-west-1:123456789012:function:order-worker',
};
const own: SecretFacts = {
  tags: { [OWNER_TAG]: 'order-worker' },
  otherFunctions: [],
  otherReaders: [],
  hasResourcePolicy: false,
  rotationEnabled: true,
  strategy: 'single-user',
  replicaOf: null,
  foreignAccount: null,
};

describe('chooseRotation (invariant 10)', () => {
  it.each([suspect.functionName, suspect.arn])(
    'rotates a secret that says it belongs to the function (%s) and that nobody else reads',
    (owner) => {
      expect(chooseRotation(suspect, true, { ...own, tags: { [OWNER_TAG]: owner } })).toEqual({
        choice: 'rotate',
      });
    },
  );

  it.each<[string, Partial<SecretFacts>]>([
    ['has no tag', { tags: {} }],
    ["is tagged as another function's", { tags: { [OWNER_TAG]: 'invoice-mailer' } }],
    ['has an empty tag', { tags: { [OWNER_TAG]: '' } }],
    ['is tagged with part of the name', { tags: { [OWNER_TAG]: 'order' } }],
    ['is tagged in another case', { tags: { [OWNER_TAG]: 'Order-Worker' } }],
    ['is named by another function', { otherFunctions: ['invoice-mailer'] }],
    ['is read by another principal', { otherReaders: ['arn:aws:iam::123456789012:role/report'] }],
    ['is read by nobody knows whom', { otherReaders: null }],
    ['has a resource policy', { hasResourcePolicy: true }],
  ])('asks a human when the secret %s', (_why, changes) => {
    expect(chooseRotation(suspect, true, { ...own, ...changes })).toEqual({
      choice: 'ask',
      why: expect.stringMatching(/\w/),
    });
  });

  it('asks a human while the credentials of the role still work: a thief would read the new value', () => {
    expect(chooseRotation(suspect, false, own)).toMatchObject({ choice: 'ask' });
  });

  it('needs no rotation function where the value is a random one, and asks in the same cases', () => {
    const generated: SecretFacts = { ...own, rotationEnabled: false, strategy: 'generated' };
    expect(chooseRotation(suspect, true, generated)).toEqual({ choice: 'rotate' });
    expect(chooseRotation(suspect, true, { ...generated, otherReaders: null })).toMatchObject({
      choice: 'ask',
    });
    expect(strategyOf({ [STRATEGY_TAG]: 'generated' }, '')).toBe('generated');
    expect(strategyOf({ [STRATEGY_TAG]: 'generated' }, 'arn:of:a-function')).toBe('unknown');
    expect(timesFor('generated')).toBe(1);
  });

  it('says that a secret without a rotation function cannot be rotated', () => {
    expect(chooseRotation(suspect, true, { ...own, rotationEnabled: false })).toMatchObject({
      choice: 'not-rotatable',
    });
  });

  it('leaves a replica to its own Region, and another account’s secret to its owner there', () => {
    expect(chooseRotation(suspect, true, { ...own, replicaOf: 'eu-central-1' })).toEqual({
      choice: 'not-rotatable',
      why: 'it is a replica: rotate it in eu-central-1, and its replicas follow',
    });
    expect(chooseRotation(suspect, true, { ...own, foreignAccount: '222222222222' })).toMatchObject({
      choice: 'not-rotatable',
      why: expect.stringContaining('222222222222'),
    });
  });

  it.each<[string, Readonly<Record<string, string>>, string, 1 | 2]>([
    [
      'is one user',
      {},
      'arn:aws:lambda:eu-west-1:1:function:SecretsManagerRDSPostgreSQLRotationSingleUser',
      1,
    ],
    ['are two', {}, 'arn:aws:lambda:eu-west-1:1:function:SecretsManagerRDSMySQLRotationMultiUser', 2],
    ['may be two: nobody says', {}, 'arn:aws:lambda:eu-west-1:1:function:rotate', 2],
    ['is one, as a tag says', { [STRATEGY_TAG]: 'single-user' }, 'rotate', 1],
    ['are two, as a tag says', { [STRATEGY_TAG]: 'alternating-users' }, 'a-single-user-one', 2],
    ['is what the name says where the tag says nonsense', { [STRATEGY_TAG]: 'often' }, 'single-user', 1],
  ])('rotates until a value that was read is dead: whose password it is, %s', (_why, tags, name, times) => {
    expect(timesFor(strategyOf(tags, name))).toBe(times);
  });

  it('rotates in one case alone (property)', () => {
    const facts = fc.record<SecretFacts>({
      tags: fc.oneof(fc.constant({ [OWNER_TAG]: 'order-worker' }), fc.dictionary(fc.string(), fc.string())),
      otherFunctions: fc.array(fc.string(), { maxLength: 1 }),
      otherReaders: fc.option(fc.array(fc.string(), { maxLength: 1 })),
      hasResourcePolicy: fc.boolean(),
      rotationEnabled: fc.boolean(),
      strategy: fc.constantFrom('single-user', 'alternating-users', 'unknown'),
      replicaOf: fc.constantFrom(null, 'eu-central-1'),
      foreignAccount: fc.constantFrom(null, '222222222222'),
    });

    fc.assert(
      fc.property(facts, fc.boolean(), (known, denied) => {
        const alone =
          denied &&
          known.tags[OWNER_TAG] === 'order-worker' &&
          known.otherFunctions.length === 0 &&
          known.otherReaders?.length === 0 &&
          !known.hasResourcePolicy &&
          known.rotationEnabled &&
          known.replicaOf === null &&
          known.foreignAccount === null;
        expect(chooseRotation(suspect, denied, known).choice === 'rotate').toBe(alone);
      }),
    );
  });
});
