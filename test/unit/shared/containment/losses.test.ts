import fc from 'fast-check';
import { type AsyncEvents, assessLosses, type WaitingSource } from '../../../../shared/containment/losses';

const CONTAINED = '2026-11-20T10:05:00.000Z';
const NOW = new Date('2026-11-20T10:06:00.000Z');
const HOUR = 3600;

const aSource = (changes: Partial<WaitingSource> = {}): WaitingSource => ({
  kind: 'SQS',
  name: 'orders',
  keepsSeconds: 96 * HOUR,
  mappingDropsAfterSeconds: null,
  oldestSeconds: 0,
  ...changes,
});
const someEvents = (changes: Partial<AsyncEvents> = {}): AsyncEvents => ({
  heldSince: '2026-11-20T10:05:03.000Z',
  dropped: 0,
  undelivered: 0,
  lastDay: 40,
  queuedSeconds: null,
  ...changes,
});
const assess = (
  sources: readonly WaitingSource[],
  events: AsyncEvents = someEvents(),
  containedAt: string | null = CONTAINED,
) => assessLosses({ sources, events }, containedAt, NOW, { expectedHours: 24 });

describe('what a containment loses of what waits', () => {
  it('is nothing before the source drops it', () => {
    expect(assess([aSource()])).toEqual({
      firstLossAt: '2026-11-24T10:05:00.000Z',
      lines: [
        expect.stringContaining('no asynchronous event was lost'),
        'orders (SQS) keeps what waits 4 days: nothing is lost before 2026-11-24 10:05 UTC',
      ],
    });
  });

  it('is said to come before the expected end where it does', () => {
    const payments = aSource({ kind: 'Kinesis', name: 'payments', keepsSeconds: 24 * HOUR });

    expect(assess([payments]).lines[1]).toBe(
      'payments (Kinesis) keeps what waits 1 day: first loss at 2026-11-21 10:05 UTC, before the expected end of the quarantine (2026-11-21 10:05 UTC)',
    );
  });

  it('comes earlier by the age of the oldest that waits', () => {
    expect(assess([aSource({ oldestSeconds: 95 * HOUR })]).firstLossAt).toBe('2026-11-20T11:05:00.000Z');
  });

  it('is at once, and not before the containment, where the oldest is overdue', () => {
    expect(assess([aSource({ oldestSeconds: 100 * HOUR })]).firstLossAt).toBe(CONTAINED);
  });

  it('comes earlier where the mapping drops what is old', () => {
    const hasty = aSource({ mappingDropsAfterSeconds: 600 });

    expect(assess([hasty])).toMatchObject({
      firstLossAt: '2026-11-20T10:15:00.000Z',
      lines: [expect.anything(), expect.stringContaining('keeps what waits 10 minutes')],
    });
  });

  it('is said not to be known where it is not', () => {
    expect(assess([aSource({ keepsSeconds: null })])).toMatchObject({
      firstLossAt: null,
      lines: [expect.anything(), expect.stringContaining('is not known')],
    });
    expect(assess([aSource({ oldestSeconds: null })]).lines[1]).toContain('may be lost earlier');
  });

  it('first happens where it happens first, and never before the containment', () => {
    const source = fc.record({
      kind: fc.constantFrom('SQS', 'Kinesis', 'DynamoDB', 'other'),
      name: fc.string(),
      keepsSeconds: fc.option(fc.integer({ min: 60, max: 14 * 86_400 })),
      mappingDropsAfterSeconds: fc.option(fc.integer({ min: 60, max: 604_800 })),
      oldestSeconds: fc.option(fc.integer({ min: 0, max: 15 * 86_400 })),
    });
    fc.assert(
      fc.property(fc.array(source, { maxLength: 4 }), (sources) => {
        const { firstLossAt, lines } = assess(sources as readonly WaitingSource[]);
        const alone = sources.map((one) => assess([one as WaitingSource]).firstLossAt);
        const known = alone.filter((time) => time !== null);

        expect(lines).toHaveLength(1 + sources.length);
        expect(firstLossAt).toBe(known.length === 0 ? null : known.reduce((a, b) => (a < b ? a : b)));
        if (firstLossAt !== null) expect(firstLossAt >= CONTAINED).toBe(true);
      }),
    );
  });
});

describe('what a containment loses of asynchronous events', () => {
  const first = (events: Partial<AsyncEvents>, containedAt: string | null = CONTAINED) => {
    const { firstLossAt, lines } = assess([], someEvents(events), containedAt);
    return [firstLossAt, lines[0]];
  };

  it('is what was dropped before they were held', () => {
    expect(first({ dropped: 3 })).toEqual([
      CONTAINED,
      'up to 3 asynchronous event(s) were lost between 2026-11-20T10:05:00.000Z and 2026-11-20T10:05:03.000Z (counted by the minute)',
    ]);
  });

  it('is not known where CloudWatch could not be asked', () => {
    expect(first({ dropped: null })).toEqual([null, expect.stringContaining('is not known')]);
  });

  it('is everything from the containment on where they are not held', () => {
    expect(first({ heldSince: null, dropped: null })).toEqual([
      CONTAINED,
      'asynchronous events are lost since 2026-11-20 10:05 UTC',
    ]);
  });

  it('is what could not be delivered', () => {
    const { firstLossAt, lines } = assess([], someEvents({ undelivered: 2 }));

    expect(firstLossAt).toBe('2026-11-20T10:05:03.000Z');
    expect(lines[1]).toContain('2 asynchronous event(s) could not be delivered');
  });

  it('says of those that waited inside Lambda what is known', () => {
    expect(assess([], someEvents({ queuedSeconds: 12.3 })).lines).toContainEqual(
      expect.stringContaining('how many they are is not known (one had waited 13 s)'),
    );
  });

  it('is a matter of how many come, in a plan', () => {
    expect(first({ heldSince: null }, null)).toEqual([
      null,
      expect.stringContaining('40 came in the last 24 hours'),
    ]);
    expect(first({ heldSince: null, lastDay: null }, null)[1]).toContain('how many came is not known');
  });
});
