import fc from 'fast-check';
import type { Actor } from '../../../../shared/findings/finding';
import { decideDisposition, dispositionWhileOpen } from '../../../../shared/policy/disposition';
import { refusal } from '../../../../shared/policy/guards';
import { MODE_TAG, MODES, type Mode } from '../../../../shared/policy/mode';
import { aSuspect } from '../../../fixtures/suspect';

const rank = (mode: Mode): number => MODES.indexOf(mode);
const live = { source: 'guardduty', severity: 8, sample: false, archived: false } as const;
const policy = (defaultMode: Mode, containSamples = false) => ({ defaultMode, modes: [], containSamples });

const ITSELF: Actor = {
  roleArn: aSuspect().roleArn,
  session: 'order-worker',
  functionArn: aSuspect().arn,
};
const SOMEBODY: Actor = {
  roleArn: 'arn:aws:iam::123456789012:role/admin',
  session: 'alice',
  functionArn: null,
};
const changeBy = (doneBy: Actor) => ({ ...live, source: 'mode-tag' as const, doneBy });

describe('decideDisposition', () => {
  it.each(MODES)('does what the mode %s says of a live finding', (mode) => {
    expect(decideDisposition(live, aSuspect(), policy(mode))).toMatchObject({ disposition: mode, mode });
  });

  it.each(MODES)('leaves the function alone in the mode %s when the finding is already handled', (mode) => {
    const decided = decideDisposition({ ...live, archived: true }, aSuspect(), policy(mode));

    expect(decided).toMatchObject({ disposition: 'ignore', mode });
    expect(decided.because.join()).toContain('archived');
  });

  it.each<[Mode, Mode]>([
    ['ignore', 'ignore'],
    ['observe', 'observe'],
    ['ask', 'observe'],
    ['respond', 'observe'],
  ])('never contains on a sample finding: mode %s comes to %s', (mode, disposition) => {
    const decided = decideDisposition({ ...live, sample: true }, aSuspect(), policy(mode));

    expect(decided.disposition).toBe(disposition);
    expect(decided.because.join()).toContain('containSamples');
  });

  it('acts on a sample like on any finding where the deployment wants to be drilled', () => {
    expect(
      decideDisposition({ ...live, sample: true }, aSuspect(), policy('respond', true)).disposition,
    ).toBe('respond');
  });

  it('says which mode it went by, and why', () => {
    expect(
      decideDisposition(live, aSuspect({ tags: { [MODE_TAG]: 'ask' } }), policy('observe')).because,
    ).toEqual(['mode ask: the tag tourniquet:mode=ask']);
  });

  it('goes by the severity of the finding, and names the entry that decided', () => {
    const modes = [{ functions: 'order-*', severity: 7, mode: 'respond' }] as const;
    const by = (severity: number) =>
      decideDisposition({ ...live, severity }, aSuspect(), { ...policy('observe'), modes });

    expect(by(8)).toMatchObject({
      disposition: 'respond',
      because: [expect.stringContaining('entry 1 (order-* from severity 7)')],
    });
    expect(by(5)).toMatchObject({ disposition: 'observe', because: [expect.stringContaining('default')] });
  });

  it('leaves the never-contain list the last word, whatever the modes say', () => {
    const modes = [{ functions: '*', severity: 0, mode: 'respond' }] as const;
    const settings = { service: 'tourniquet', ownAccountId: '123456789012', ownRegion: 'eu-west-1' };

    expect(decideDisposition(live, aSuspect(), { ...policy('observe'), modes }).disposition).toBe('respond');
    expect(refusal(aSuspect(), { ...settings, neverContain: ['order-*'] })).toContain('never-contain');
  });

  it("never goes above the function's mode, and always says why (property)", () => {
    fc.assert(
      fc.property(
        fc.record({ sample: fc.boolean(), archived: fc.boolean() }),
        fc.constantFrom(undefined, ITSELF, SOMEBODY),
        fc.option(fc.oneof(fc.constantFrom(...MODES), fc.string()), { nil: undefined }),
        fc.constantFrom(...MODES),
        fc.boolean(),
        (finding, doneBy, tag, defaultMode, containSamples) => {
          const tags: Record<string, string> = tag === undefined ? {} : { [MODE_TAG]: tag };
          const { disposition, mode, most, because } = decideDisposition(
            { ...live, ...finding, ...(doneBy === undefined ? {} : changeBy(doneBy)), ...finding },
            aSuspect({ tags }),
            policy(defaultMode, containSamples),
          );
          return rank(disposition) <= rank(mode) && rank(disposition) <= rank(most) && because.length > 0;
        },
      ),
    );
  });
});

describe('a change of the mode tag', () => {
  const decide = (doneBy: Actor, mode: Mode) => decideDisposition(changeBy(doneBy), aSuspect(), policy(mode));

  it.each(MODES)('by somebody else is told, and contains nothing, in the mode %s', (mode) => {
    expect(decide(SOMEBODY, mode).disposition).toBe('observe');
  });

  it.each<[Mode, Mode]>([
    ['ignore', 'ask'],
    ['observe', 'ask'],
    ['ask', 'ask'],
    ['respond', 'respond'],
  ])('by the function itself asks a human at least: mode %s comes to %s', (mode, disposition) => {
    expect(decide(ITSELF, mode).disposition).toBe(disposition);
  });

  it.each<[string, Actor]>([
    ['another function', { ...ITSELF, functionArn: `${aSuspect().arn}-2` }],
    ['a function of another role', { ...SOMEBODY, functionArn: `${aSuspect().arn}-2` }],
    ['somebody who assumed its role', { ...ITSELF, session: 'alice', functionArn: null }],
    [
      'another function of its role, of which only the session is known',
      { ...ITSELF, session: 'order-mailer', functionArn: null },
    ],
    [
      'a function with its name, under a role that it no longer has',
      { ...ITSELF, roleArn: SOMEBODY.roleArn },
    ],
  ])(
    'by %s is asked about at most: a function cannot have another contained (invariant 11)',
    (_who, doneBy) => {
      expect(decide(doneBy, 'respond')).toMatchObject({
        disposition: 'ask',
        because: [expect.any(String), expect.stringMatching(/^at most ask/)],
      });
    },
  );

  it('by a session that Lambda named after the function is its own', () => {
    expect(decide({ ...ITSELF, functionArn: null }, 'respond').disposition).toBe('respond');
  });

  it('contains nothing unless its own role did it (property)', () => {
    fc.assert(
      fc.property(
        fc.record({
          roleArn: fc.option(fc.string()),
          session: fc.option(fc.oneof(fc.string(), fc.constant('order-worker'))),
          functionArn: fc.option(fc.oneof(fc.string(), fc.constant(aSuspect().arn))),
        }),
        (doneBy) => {
          fc.pre(doneBy.roleArn !== aSuspect().roleArn);
          return rank(decide(doneBy, 'respond').disposition) <= rank('ask');
        },
      ),
    );
  });
});

describe('a finding that its parser bounds', () => {
  const bound = (most: Mode) => ({ ...live, bound: { most, because: 'at most so far' } });

  it('goes no further, whatever the modes and the tag say, and says why (property, invariant 11)', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...MODES),
        fc.constantFrom(...MODES),
        fc.constantFrom(undefined, ...MODES),
        (most, defaultMode, tag) => {
          const tags: Record<string, string> = tag === undefined ? {} : { [MODE_TAG]: tag };
          const decided = decideDisposition(bound(most), aSuspect({ tags }), policy(defaultMode));
          return (
            rank(decided.disposition) <= rank(most) &&
            rank(decided.disposition) <= rank(decided.mode) &&
            decided.because.includes('at most so far') === (most !== 'respond')
          );
        },
      ),
    );
  });

  it('goes no further while an incident is open that began with more', () => {
    const decided = decideDisposition(bound('ask'), aSuspect(), policy('respond'));

    expect(dispositionWhileOpen(decided, { tagged: 'respond', mode: 'respond' })).toBe('ask');
  });
});

describe('a finding while an incident is open', () => {
  const respond = { disposition: 'respond', most: 'respond' } as const;
  const observe = { disposition: 'observe', most: 'respond' } as const;

  it('goes as far as the tag said when the incident began: who lowers a tag disarms nothing (invariant 12)', () => {
    expect(dispositionWhileOpen(observe, { tagged: 'respond', mode: 'respond' })).toBe('respond');
  });

  it('goes only as far as the deployment says for its own severity', () => {
    expect(dispositionWhileOpen(observe, { tagged: null, mode: 'respond' })).toBe('observe');
    expect(dispositionWhileOpen(respond, { tagged: null, mode: 'ask' })).toBe('respond');
  });

  it('goes as far as the mode where the incident is older than the record of tags', () => {
    expect(dispositionWhileOpen(observe, { mode: 'respond' })).toBe('respond');
  });

  it('is no relapse where somebody else changed the tag', () => {
    const { disposition, most } = decideDisposition(changeBy(SOMEBODY), aSuspect(), policy('respond'));

    expect(dispositionWhileOpen({ disposition, most }, { tagged: 'respond', mode: 'respond' })).toBe(
      'observe',
    );
  });
});
