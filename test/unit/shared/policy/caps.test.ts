import fc from 'fast-check';
import { admit, type Limits, mostContained } from '../../../../shared/policy/caps';

const DEFAULTS: Limits = { perHour: 10, percent: 5, floor: 10, breakerCount: 10, breakerMinutes: 10 };
const QUIET = { lastHour: 0, contained: 0, functions: 500, wanted: 1 };

describe('caps and breaker', () => {
  it('admit one containment on a quiet day', () => {
    expect(admit(QUIET, DEFAULTS)).toEqual({ admitted: true });
  });

  it.each([
    ['the eleventh in an hour', { ...QUIET, lastHour: 10 }, 'maxContainmentsPerHour'],
    ['more than the share of the account', { ...QUIET, contained: 25 }, 'maxContainedPercent'],
    ['many that trip at once', { ...QUIET, wanted: 10 }, 'breakerCount'],
    ['an account that cannot be counted', { ...QUIET, contained: 10, functions: null }, 'not known'],
  ])('leave %s to a human, and name the reason', (_what, counts, named) => {
    expect(admit(counts, DEFAULTS)).toEqual({ admitted: false, because: expect.stringContaining(named) });
  });

  it('admit up to the floor in a small account, of which the share is nothing', () => {
    expect(admit({ ...QUIET, contained: 9, functions: 3 }, DEFAULTS)).toEqual({ admitted: true });
  });

  it('never let more be contained than the share or the floor (property)', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3000 }),
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 100 }),
        (functions, percent, floor) => {
          const limits = { ...DEFAULTS, percent, floor };
          let contained = 0;
          while (contained < 4000 && admit({ ...QUIET, contained, functions }, limits).admitted) contained++;
          expect(contained).toBe(mostContained(functions, limits));
        },
      ),
    );
  });
});
