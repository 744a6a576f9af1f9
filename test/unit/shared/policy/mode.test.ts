import fc from 'fast-check';
import {
  chooseMode,
  higher,
  lower,
  MODE_TAG,
  MODES,
  type Mode,
  type ModeEntry,
  modesBySeverity,
} from '../../../../shared/policy/mode';
import { matches } from '../../../../shared/policy/wildcard';

const rank = (mode: Mode): number => MODES.indexOf(mode);
const anyMode = fc.constantFrom(...MODES);
const aName = fc.stringMatching(/^[a-zA-Z0-9_-]{1,64}$/);
const aSeverity = fc.double({ min: 0, max: 10, noNaN: true });
const anEntry: fc.Arbitrary<ModeEntry> = fc.record({
  functions: fc.oneof(
    aName,
    aName.map((name) => `${name}*`),
    fc.stringMatching(/^[a-c*-]{1,12}$/),
  ),
  severity: fc.constantFrom(0, 4, 7, 9),
  mode: anyMode,
});

const alone = (defaultMode: Mode) => ({ defaultMode, modes: [] });
const choose = (defaultMode: Mode, tags: Readonly<Record<string, string>>) =>
  chooseMode('order-worker', 8, tags, alone(defaultMode));

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
    expect(choose(defaultMode, tag === undefined ? {} : { [MODE_TAG]: tag }).mode).toBe(expected);
  });

  it('says that a tag cannot lower the mode', () => {
    expect(choose('respond', { [MODE_TAG]: 'ignore' }).because).toContain('not lower it to ignore');
  });

  it('says which values a tag may have, and does not repeat the one it has', () => {
    const { because } = choose('observe', { [MODE_TAG]: '<!channel> off' });

    expect(because).toContain('ignore, observe, ask, respond');
    expect(because).not.toContain('<!channel>');
  });

  it('never goes below what the deployment says, whatever the tags say (invariant 12)', () => {
    const anyTags = fc.oneof(
      fc.dictionary(fc.string(), fc.string()),
      fc.oneof(anyMode, fc.string()).map((value) => ({ [MODE_TAG]: value })),
    );

    fc.assert(
      fc.property(
        aName,
        aSeverity,
        anyMode,
        fc.array(anEntry),
        anyTags,
        (name, severity, defaultMode, modes, tags) => {
          const policy = { defaultMode, modes };
          const untagged = chooseMode(name, severity, {}, policy).mode;
          return rank(chooseMode(name, severity, tags, policy).mode) >= rank(untagged);
        },
      ),
    );
  });
});

describe('the modes of a deployment', () => {
  const policy = {
    defaultMode: 'observe',
    modes: [
      { functions: 'payments-*', severity: 7, mode: 'respond' },
      { functions: 'payments-*', severity: 0, mode: 'ask' },
      { functions: 'dev-*', severity: 0, mode: 'ignore' },
      { functions: '*', severity: 9, mode: 'ask' },
    ],
  } as const;

  it.each<[string, number, Mode, string]>([
    ['payments-api', 8, 'respond', "the deployment's modes, entry 1 (payments-* from severity 7)"],
    ['payments-api', 7, 'respond', 'entry 1'],
    ['payments-api', 6.9, 'ask', "the deployment's modes, entry 2 (payments-*)"],
    ['dev-tool', 10, 'ignore', 'entry 3 (dev-*)'],
    ['mailer', 9, 'ask', 'entry 4 (* from severity 9)'],
    ['mailer', 8.9, 'observe', "the deployment's default"],
    ['my-payments-api', 8, 'observe', "the deployment's default"],
  ])('give %s at severity %d the mode %s, and name the entry that decided', (name, severity, mode, named) => {
    const chosen = chooseMode(name, severity, {}, policy);

    expect(chosen.mode).toBe(mode);
    expect(chosen.because).toContain(named);
  });

  it('are raised by the tag, at any severity', () => {
    expect(chooseMode('dev-tool', 1, { [MODE_TAG]: 'respond' }, policy)).toEqual({
      mode: 'respond',
      because: 'the tag tourniquet:mode=respond',
    });
  });

  it('decide by the first entry that is for a finding, whatever comes after it (property)', () => {
    fc.assert(
      fc.property(
        aName,
        aSeverity,
        anyMode,
        fc.array(anEntry, { maxLength: 4 }),
        fc.array(anEntry),
        (name, severity, mode, before, after) => {
          const others = before.filter((entry) => !matches(entry.functions, name));
          const modes = [...others, { functions: name, severity: 0, mode }, ...after];
          expect(chooseMode(name, severity, {}, { defaultMode: 'observe', modes }).mode).toBe(mode);
        },
      ),
    );
  });

  it.each([
    ['*a*a*a*a*a*a*a*a*a*a*a*a*b', 'a'.repeat(140)],
    [`${'*a'.repeat(69)}*b`, 'a'.repeat(140)],
  ])('are looked through without going back, whatever the pattern (%s)', (functions, name) => {
    const modes = [{ functions, severity: 0, mode: 'respond' }] as const;

    expect(chooseMode(name, 8, {}, { defaultMode: 'observe', modes }).mode).toBe('observe');
  });

  it('are told by severity, each range once', () => {
    expect(modesBySeverity('payments-api', {}, policy)).toEqual([
      "severity 7 and higher: respond (the deployment's modes, entry 1 (payments-* from severity 7), as the function has no tourniquet:mode tag)",
      "severity below 7: ask (the deployment's modes, entry 2 (payments-*), as the function has no tourniquet:mode tag)",
    ]);
    expect(modesBySeverity('payments-api', { [MODE_TAG]: 'respond' }, policy)).toEqual([
      'any severity: respond (the tag tourniquet:mode=respond)',
    ]);
    expect(modesBySeverity('mailer', {}, alone('ask'))).toEqual([
      "any severity: ask (the deployment's default, as the function has no tourniquet:mode tag)",
    ]);
  });

  it('are told as they decide (property)', () => {
    fc.assert(
      fc.property(aName, aSeverity, anyMode, fc.array(anEntry), (name, severity, defaultMode, modes) => {
        const { mode, because } = chooseMode(name, severity, {}, { defaultMode, modes });
        const lines = modesBySeverity(name, {}, { defaultMode, modes });
        expect(lines.some((line) => line.endsWith(`: ${mode} (${because})`))).toBe(true);
      }),
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
