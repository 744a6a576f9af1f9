import { setTimeout as pause } from 'node:timers/promises';
import { eachOf, percentile, places, ratio, summarise } from '../../../bench/statistics';
import { table } from '../../../bench/table';

describe('a percentile is a value that was measured', () => {
  const values = [40, 10, 30, 20];

  it.each([
    [0, 10],
    [25, 10],
    [26, 20],
    [50, 20],
    [95, 40],
    [100, 40],
  ])('%d percent of four values do not exceed one of them', (percent, expected) => {
    expect(percentile(values, percent)).toBe(expected);
  });

  it('leaves what it was given in its order', () => {
    percentile(values, 50);
    expect(values).toEqual([40, 10, 30, 20]);
  });

  it('sorts by number, not by text', () => {
    expect(percentile([9, 10, 100], 50)).toBe(10);
  });

  it('of nothing, or beyond a hundred, is nothing', () => {
    expect(() => percentile([], 50)).toThrow(RangeError);
    expect(() => percentile([1], 101)).toThrow(RangeError);
  });

  it('of twenty values, the 95th is the last but one', () => {
    const twenty = Array.from({ length: 20 }, (_, index) => index + 1);
    expect(summarise(twenty)).toEqual({ runs: 20, p50: 10, p95: 19 });
  });
});

describe('a ratio', () => {
  it('has two places', () => {
    expect(ratio(2, 3)).toBe(0.67);
  });

  it('to nothing is refused', () => {
    expect(() => ratio(1, 0)).toThrow(RangeError);
  });
});

describe('the place in a chain of calls', () => {
  const at = (startedAt: number, endedAt: number) => ({ startedAt, endedAt });

  it('is one more than that of whatever was over before', () => {
    expect(places([at(0, 1), at(1, 2), at(3, 4)])).toEqual([1, 2, 3]);
  });

  it('is the same for those that run side by side', () => {
    expect(places([at(0, 2), at(1, 3), at(3, 4)])).toEqual([1, 1, 2]);
  });

  it('follows the longest of several chains', () => {
    expect(places([at(0, 1), at(2, 3), at(0, 3.5), at(4, 5)])).toEqual([1, 2, 1, 3]);
  });

  it('does not depend on the order in which calls are given', () => {
    expect(places([at(3, 4), at(0, 1), at(1, 2)])).toEqual([3, 1, 2]);
  });

  it('of no call is none', () => {
    expect(places([])).toEqual([]);
  });
});

describe('a task for each, so many at a time', () => {
  it('gives the results in the order of what it was given, and never runs more at once', async () => {
    let running = 0;
    let most = 0;
    const results = await eachOf([3, 1, 2], 2, async (value) => {
      running += 1;
      most = Math.max(most, running);
      await pause(value);
      running -= 1;
      return value * 10;
    });

    expect(results).toEqual([30, 10, 20]);
    expect(most).toBe(2);
  });
});

describe('a table', () => {
  it('lines up words to the left and numbers to the right', () => {
    expect(
      table(
        ['name', 'ms'],
        [
          ['a', 5],
          ['longer', 123],
        ],
      ),
    ).toBe('name     ms\n──────  ───\na         5\nlonger  123');
  });
});
