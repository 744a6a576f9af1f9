import fc from 'fast-check';
import { OBSERVERS } from '../../../../shared/findings/finding';
import {
  confidenceIn,
  corroboration,
  type Testimony,
  testimonyOf,
} from '../../../../shared/policy/confidence';

const call = { source: 'tourniquet', observer: 'calls', severity: 5 } as const;
const alone = { ...call, bound: { most: 'ask', because: 'one sign is not enough', alone: true } } as const;
const testimony = fc.record({
  observer: fc.constantFrom(...OBSERVERS),
  own: fc.boolean(),
  severity: fc.integer({ min: 0, max: 100 }).map((tenths) => tenths / 10),
});

describe('how sure the witnesses are', () => {
  it('is more with another observer, and not with another finding of the same one', () => {
    const one: Testimony = { observer: 'calls', own: true, severity: 5 };
    const sure = confidenceIn([one]).percent;

    expect(confidenceIn([one, one, { ...one, severity: 4 }]).percent).toBe(sure);
    expect(confidenceIn([one, { ...one, observer: 'guardduty' }])).toEqual({
      percent: 75,
      observers: ['recorded calls', 'GuardDuty'],
    });
    expect(sure).toBe(50);
  });

  it('is never certain, and never less for one witness more, in any order', () => {
    void fc.assert(
      fc.property(fc.array(testimony), testimony, (some, another) => {
        const { percent } = confidenceIn([...some, another]);
        expect(percent).toBeLessThan(100);
        expect(percent).toBeGreaterThanOrEqual(confidenceIn(some).percent);
        expect(confidenceIn([another, ...some.toReversed()]).percent).toBe(percent);
      }),
    );
  });

  it('is at most that of a guess, whatever callers can cause, in any number', () => {
    void fc.assert(
      fc.property(fc.array(testimony, { maxLength: 30 }), (some) => {
        const others = some.map((entry) => ({ ...entry, observer: 'logs' as const, own: false }));
        expect(confidenceIn(others).percent).toBeLessThanOrEqual(40);
      }),
    );
  });
});

describe('a sign that is not enough alone', () => {
  const guardDuty: Testimony = { observer: 'guardduty', own: true, severity: 5 };

  it("is enough beside another observer's sight of the function's own act, and says whose", () => {
    expect(corroboration(alone, [guardDuty])).toBe('seen independently by GuardDuty and by recorded calls');
  });

  it.each([
    ['nobody else saw anything', alone, []],
    ['the same observer saw more', alone, [{ ...guardDuty, observer: 'calls' as const, severity: 9 }]],
    ['the other one is below an alert', alone, [{ ...guardDuty, severity: 3.9 }]],
    [
      'it is bound for another reason',
      { ...alone, bound: { most: 'ask', because: 'x' } as const },
      [guardDuty],
    ],
    ['it is not bound at all', call, [guardDuty]],
  ])('stays so where %s', (_why, finding, others) => {
    expect(corroboration(finding, others)).toBeNull();
  });

  it('stays so beside what mere callers can cause, in any number (invariant 11)', () => {
    void fc.assert(
      fc.property(fc.array(testimony, { maxLength: 30 }), (some) => {
        expect(
          corroboration(
            alone,
            some.map((entry) => ({ ...entry, own: false })),
          ),
        ).toBeNull();
      }),
    );
  });
});

describe('who saw it', () => {
  it.each([
    ['a finding of GuardDuty', { source: 'guardduty', severity: 8 }, 'guardduty', true],
    [
      'a finding of GuardDuty that its bound keeps from acting',
      { source: 'guardduty', severity: 8, bound: { most: 'ask', because: '' } },
      'guardduty',
      false,
    ],
    ['a posture finding', { source: 'security-hub', severity: 8 }, 'posture', false],
    ['an alarm', { source: 'alarm', severity: 8 }, 'metrics', false],
    ['a person', { source: 'tourniquet', severity: 8 }, 'person', false],
    ['a recorded call', call, 'calls', true],
    ['a recorded call that is not enough alone', alone, 'calls', true],
    [
      'a call that somebody else made',
      { ...call, bound: { most: 'ask', because: 'somebody else' } },
      'calls',
      false,
    ],
  ] as const)('of %s', (_what, finding, observer, own) => {
    expect(testimonyOf(finding)).toMatchObject({ observer, own });
  });
});
