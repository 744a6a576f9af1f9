import { replay } from '../../../../../bench/baseline/replay';
import { SHAPES } from '../../../../../bench/baseline/simulate';

/** Learning takes 14 days; a month after it. */
const MONTH = 44;
const SEEDS = [1, 2, 3, 4];
const shapes = Object.keys(SHAPES);

describe('the behaviour baseline over simulated months', () => {
  it.each(shapes)(
    'has at most one false alarm a month for a function of the shape: %s, with a deployment',
    (shape) => {
      const alarms = SEEDS.map((seed) => replay({ shape, seed, days: MONTH, deployment: 30 }).alarms.length);

      expect(alarms.reduce((sum, count) => sum + count, 0) / SEEDS.length).toBeLessThanOrEqual(1);
    },
  );

  // An hour of bursts is now and then a hundred times the mean by itself: docs/baseline.md.
  it.each(shapes.filter((shape) => shape !== 'bursts'))(
    'catches a read of a hundred times the usual on the first day after learning: %s',
    (shape) => {
      for (const seed of SEEDS) {
        const { alarms } = replay({
          shape,
          seed,
          days: 17,
          attack: (day, hour) => (day === 15 && hour === 12 ? 100 : 0),
        });
        const rules = alarms.filter(({ day }) => day === 15).map(({ rule }) => rule);
        expect([seed, rules]).toEqual([seed, expect.arrayContaining(['baseline-volume-hour'])]);
      }
    },
  );

  it.each([
    'constant',
    'day and night',
    'working days',
    'nightly batch',
    'weekly batch',
    'by the quarter hour',
  ])('catches within 20 days who raises the volume by 5 %% a day: %s', (shape) => {
    for (const seed of SEEDS) {
      const { alarms } = replay({
        shape,
        seed,
        days: 37,
        attack: (day) => (day >= 16 ? 1.05 ** (day - 15) - 1 : 0),
      });
      expect([seed, alarms.some(({ day }) => day >= 16 && day <= 36)]).toEqual([seed, true]);
    }
  });
});
