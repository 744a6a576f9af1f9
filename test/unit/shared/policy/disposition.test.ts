import fc from 'fast-check';
import { decideDisposition } from '../../../../shared/policy/disposition';
import { MODE_TAG, MODES, type Mode } from '../../../../shared/policy/mode';

const rank = (mode: Mode): number => MODES.indexOf(mode);
const live = { sample: false, archived: false };
const policy = (defaultMode: Mode, containSamples = false) => ({ defaultMode, containSamples });

describe('decideDisposition', () => {
  it.each(MODES)('does what the mode %s says of a live finding', (mode) => {
    expect(decideDisposition(live, {}, policy(mode))).toMatchObject({ disposition: mode, mode });
  });

  it.each(MODES)('leaves the function alone in the mode %s when the finding is already handled', (mode) => {
    const decided = decideDisposition({ sample: false, archived: true }, {}, policy(mode));

    expect(decided).toMatchObject({ disposition: 'ignore', mode });
    expect(decided.because.join()).toContain('archived');
  });

  it.each<[Mode, Mode]>([
    ['ignore', 'ignore'],
    ['observe', 'observe'],
    ['ask', 'observe'],
    ['respond', 'observe'],
  ])('never contains on a sample finding: mode %s comes to %s', (mode, disposition) => {
    const decided = decideDisposition({ sample: true, archived: false }, {}, policy(mode));

    expect(decided.disposition).toBe(disposition);
    expect(decided.because.join()).toContain('containSamples');
  });

  it('acts on a sample like on any finding where the deployment wants to be drilled', () => {
    expect(
      decideDisposition({ sample: true, archived: false }, {}, policy('respond', true)).disposition,
    ).toBe('respond');
  });

  it('says which mode it went by, and why', () => {
    expect(decideDisposition(live, { [MODE_TAG]: 'ask' }, policy('observe')).because).toEqual([
      'mode ask: the tag tourniquet:mode=ask',
    ]);
  });

  it("never goes above the function's mode, and always says why (property)", () => {
    fc.assert(
      fc.property(
        fc.record({ sample: fc.boolean(), archived: fc.boolean() }),
        fc.option(fc.oneof(fc.constantFrom(...MODES), fc.string()), { nil: undefined }),
        fc.constantFrom(...MODES),
        fc.boolean(),
        (finding, tag, defaultMode, containSamples) => {
          const tags: Record<string, string> = tag === undefined ? {} : { [MODE_TAG]: tag };
          const { disposition, mode, because } = decideDisposition(
            finding,
            tags,
            policy(defaultMode, containSamples),
          );
          return rank(disposition) <= rank(mode) && because.length > 0;
        },
      ),
    );
  });
});
