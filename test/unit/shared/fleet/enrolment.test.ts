import fc from 'fast-check';
import { type Group, planEnrolment, readEntry } from '../../../../shared/fleet/enrolment';
import { readingLogs } from '../../../../shared/fleet/prices';

const FILTER = 'tourniquet-prod-logs';
const policy = { filter: FILTER, ours: 'tourniquet-', budget: 1000 };
const group = (functionName: string, of: Partial<Group> = {}): Group => ({
  logGroup: `/aws/lambda/${functionName}`,
  functionName,
  tags: {},
  filters: [],
  gb: 1,
  ...of,
});
const names = (groups: readonly Group[]) => groups.map(({ functionName }) => functionName);
const plan = (groups: readonly Group[], entries: readonly string[], of: Partial<typeof policy> = {}) =>
  planEnrolment(groups, entries.map(readEntry), { ...policy, ...of });

describe('which functions are guarded', () => {
  it('are those of a name or a tag that the policy lists, and never our own', () => {
    const groups = [
      group('payments-api'),
      group('orders', { tags: { team: 'payments' } }),
      group('other', { tags: { team: 'web' } }),
      group('tourniquet-prod-assess'),
    ];

    expect(names(plan(groups, ['payments-*', 'tag:team=payments']).add)).toEqual(['payments-api', 'orders']);
    expect(names(plan(groups, ['*']).add)).toEqual(['orders', 'other', 'payments-api']);
    expect(names(plan(groups, []).add)).toEqual([]);
  });

  it('leave when they are not any more, and what is ours of an earlier stage is not touched', () => {
    const groups = [
      group('left', { filters: [FILTER] }),
      group('stays-1', { filters: [FILTER, 'theirs'] }),
      group('never', { filters: ['tourniquet-dev-logs'] }),
    ];

    expect(plan(groups, ['stays-*'])).toMatchObject({
      add: [],
      remove: [{ functionName: 'left' }],
      kept: [{ functionName: 'stays-1' }],
    });
  });

  it('are as many as the budget pays for, what the policy lists first before the rest', () => {
    const groups = [group('a', { gb: 100 }), group('b', { gb: 100 }), group('first', { gb: 100 })];
    const { add, left, monthly } = plan(groups, ['first', '*'], { budget: 2.5 * readingLogs(100) });

    expect(names(add)).toEqual(['first', 'a']);
    expect(left.map(({ group: { functionName }, because }) => [functionName, because])).toEqual([
      ['b', 'budget'],
    ]);
    expect(monthly).toBeCloseTo(2 * readingLogs(100));
  });

  const anyGroup = fc.record({
    functionName: fc
      .constantFrom('a', 'b', 'c-1', 'c-2', 'tourniquet-x')
      .chain((name) => fc.nat(50).map((number) => `${name}${number}`)),
    filters: fc.subarray([FILTER, 'theirs-1', 'theirs-2']).map((some) => some.slice(0, 2)),
    gb: fc.option(fc.nat(500)),
  });

  it('never cost more than the budget, never have a third filter, and a second run changes nothing (property)', () => {
    void fc.assert(
      fc.property(
        fc.uniqueArray(anyGroup, { selector: ({ functionName }) => functionName, maxLength: 40 }),
        fc.subarray(['a*', 'c-*', '*']),
        fc.nat(20),
        (some, entries, budget) => {
          const groups = some.map(({ functionName, ...of }) => group(functionName, of));
          const done = plan(groups, entries, { budget });
          const after = groups.map((entry) => ({
            ...entry,
            filters: done.add.includes(entry)
              ? [...entry.filters, FILTER]
              : entry.filters.filter((filter) => filter !== FILTER || !done.remove.includes(entry)),
          }));
          const again = plan(after, entries, { budget });

          expect(done.monthly).toBeLessThanOrEqual(budget);
          for (const { filters } of after) expect(filters.length).toBeLessThanOrEqual(2);
          expect([again.add, again.remove]).toEqual([[], []]);
          expect(names(again.kept)).toEqual(expect.arrayContaining(names(done.add)));
        },
      ),
    );
  });
});
