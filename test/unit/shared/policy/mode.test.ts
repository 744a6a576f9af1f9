import fc from 'fast-check';
import { chooseMode, higher, lower, MODE_TAG, MODES, type Mode } from '../../../../shared/policy/mode';

const rank = (mode: Mode): number => MODES.indexOf(mode);
const anyMode = fc.constantFrom(...MODES);

describe('chooseMode', () => {
  it('goes from least to most', () => {
    expect(MODES).toEqual(['ignore', 'observe', 'ask', 'respond']);
  });

  it.each<[Mode, string | undefined, Mode]>([
    ['observe', undefined, 'observe'],
    ['observe', 'respond', 'respond'],
    ['observe', 'ask', 'ask'],
    ['observe', 'observe', 'observe'],
    ['observe', ' Respond ', 'respond'],
    ['observe', 'RESPOND', 'respond'],
    ['ask', 'observe', 'ask'],
    ['respond', 'ignore', 'respond'],
    ['ignore', 'respond', 'respond'],
    ['observe', '', 'observe'],
    ['observe', 'off', 'observe'],
    ['observe', 'respond,ask', 'observe'],
    ['observe', 'constructor', 'observe'],
  ])('with the default %s and the tag %j chooses %s', (defaultMode, tag, expected) => {
    expect(chooseMode(defaultMode, tag === undefined ? {} : { [MODE_TAG]: tag }).mode).toBe(expected);
  });

  it('says that a tag cannot lower the mode', () => {
    expect(chooseMode('respond', { [MODE_TAG]: 'ignore' }).because).toContain('not lower it to ignore');
  });

  it('says which values a tag may have, and does not repeat the one it has', () => {
    const { because } = chooseMode('observe', { [MODE_TAG]: '<!channel> off' });

    expect(because).toContain('ignore, observe, ask, respond');
    expect(because).not.toContain('<!channel>');
  });

  it("never goes below the deployment's default, whatever the tags say (invariant 12)", () => {
    const anyTags = fc.oneof(
      fc.dictionary(fc.string(), fc.string()),
      fc.oneof(anyMode, fc.string()).map((value) => ({ [MODE_TAG]: value })),
    );

    fc.assert(
      fc.property(
        anyMode,
        anyTags,
        (defaultMode, tags) => rank(chooseMode(defaultMode, tags).mode) >= rank(defaultMode),
      ),
    );
  });
});

describe('higher and lower', () => {
  it('give the two modes back, in order (property)', () => {
    fc.assert(
      fc.property(anyMode, anyMode, (a, b) => {
        expect([lower(a, b), higher(a, b)].map(rank)).toEqual([rank(a), rank(b)].toSorted((x, y) => x - y));
      }),
    );
  });
});
