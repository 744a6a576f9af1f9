import fc from 'fast-check';
import { chooseRotation, OWNER_TAG, type SecretFacts } from '../../../../shared/rotation/ownership';

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

  it('says that a secret without a rotation function cannot be rotated', () => {
    expect(chooseRotation(suspect, true, { ...own, rotationEnabled: false })).toMatchObject({
      choice: 'not-rotatable',
    });
  });

  it('rotates in one case alone (property)', () => {
    const facts = fc.record<SecretFacts>({
      tags: fc.oneof(fc.constant({ [OWNER_TAG]: 'order-worker' }), fc.dictionary(fc.string(), fc.string())),
      otherFunctions: fc.array(fc.string(), { maxLength: 1 }),
      otherReaders: fc.option(fc.array(fc.string(), { maxLength: 1 })),
      hasResourcePolicy: fc.boolean(),
      rotationEnabled: fc.boolean(),
    });

    fc.assert(
      fc.property(facts, fc.boolean(), (known, denied) => {
        const alone =
          denied &&
          known.tags[OWNER_TAG] === 'order-worker' &&
          known.otherFunctions.length === 0 &&
          known.otherReaders?.length === 0 &&
          !known.hasResourcePolicy &&
          known.rotationEnabled;
        expect(chooseRotation(suspect, denied, known).choice === 'rotate').toBe(alone);
      }),
    );
  });
});
