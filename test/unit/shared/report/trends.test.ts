import fc from 'fast-check';
import { trendsPage } from '../../../../cli/trends';
import { drillName } from '../../../../shared/drill/name';
import type { Incident } from '../../../../shared/incident/incident';
import { timesOf } from '../../../../shared/report/times';
import { trendsOf } from '../../../../shared/report/trends';
import { aDecision, anIncident, aWitness } from '../../../fixtures/incident';

const { DRILLED } = require('../../../../infrastructure/drill.cjs') as { DRILLED: string };

// A Friday.
const NOW = new Date('2026-11-20T13:00:00.000Z');

/** Opened at 10:05:01 of a day, seven minutes after the first sign; contained, decided and released in 2 s, 1 h, 9 s. */
const released = (day: string, changes: Partial<Incident> = {}): Incident =>
  anIncident({
    id: `inc-${day}`,
    status: 'closed',
    openedAt: `${day}T10:05:01.000Z`,
    witnesses: { f: aWitness({ firstSeen: `${day}T09:58:00.000Z` }) },
    containedAt: `${day}T10:05:03.000Z`,
    decision: aDecision({ at: `${day}T11:05:03.000Z` }),
    releasedAt: `${day}T11:05:12.000Z`,
    ...changes,
  });
const INCIDENTS: readonly Incident[] = [
  released('2026-11-18', { rootCause: { cause: 'supply-chain' } as NonNullable<Incident['rootCause']> }),
  released('2026-11-16', {
    decision: aDecision({ action: 'false_positive', at: '2026-11-16T10:06:03.000Z' }),
  }),
  released('2026-11-09', {
    witnesses: { f: aWitness({ rule: 'coin-miner', firstSeen: 'not a time' }) },
    containedAt: undefined,
    decision: undefined,
    releasedAt: undefined,
    status: 'observed',
  }),
  released('2026-11-10', { functionName: drillName('00') }),
  released('2026-01-02'),
];

describe('the times of an incident', () => {
  it('are from the first sign, the incident, the question and the decision', () => {
    expect(timesOf(released('2026-11-18'))).toEqual({
      detect: 421_000,
      contain: 2000,
      decide: 3_600_000,
      recover: 9000,
    });
  });

  it('are of the earliest sign, whichever finding names it', () => {
    const witnesses = {
      a: aWitness({ firstSeen: '2026-11-18T10:00:00.000Z' }),
      b: aWitness({ firstSeen: '2026-11-18T09:00:00Z' }),
    };
    expect(timesOf(released('2026-11-18', { witnesses })).detect).toBe(3_901_000);
  });

  it('count from the incident where a human was asked before it was contained', () => {
    const decision = aDecision({ action: 'dismiss', at: '2026-11-18T10:06:01.000Z' });
    expect(
      timesOf(released('2026-11-18', { decision, containedAt: undefined, releasedAt: undefined })),
    ).toEqual({
      detect: 421_000,
      contain: null,
      decide: 60_000,
      recover: null,
    });
  });

  it('are null where the record has none, or one that lies before its begin', () => {
    expect(timesOf(anIncident({ witnesses: {} }))).toEqual({
      detect: null,
      contain: null,
      decide: null,
      recover: null,
    });
    const again = released('2026-11-18', { containedAt: '2026-11-18T12:00:00.000Z' });
    expect(timesOf(again).decide).toBeNull();
  });
});

describe('the trends of incidents', () => {
  const trends = trendsOf(INCIDENTS, NOW, 14);

  it('count by week what was opened in the time, empty weeks too, and no drill', () => {
    expect(trends).toMatchObject({ days: 14, from: '2026-11-06T13:00:00.000Z', count: 3, drills: 1 });
    expect(trends.weeks).toEqual([
      { monday: '2026-11-02', count: 0 },
      { monday: '2026-11-09', count: 1 },
      { monday: '2026-11-16', count: 2 },
    ]);
  });

  it('name the causes with their techniques, and which were false', () => {
    expect(trends.causes).toEqual([
      {
        rule: 'CryptoCurrency:Lambda/BitcoinTool.B',
        techniques: ['T1496'],
        count: 2,
        falsePositives: 1,
      },
      { rule: 'coin-miner', techniques: ['T1496.001', 'T1496'], count: 1, falsePositives: 0 },
    ]);
    expect(trends.outcomes).toMatchObject({ released: 1, 'false positive': 1, 'not contained': 1, open: 0 });
  });

  it('name what the evidence makes the likeliest, and an approver’s word before that', () => {
    expect(trends.rootCauses).toEqual([
      { cause: 'called a false positive', count: 1 },
      { cause: 'not looked for', count: 1 },
      { cause: 'supply-chain', count: 1 },
    ]);
  });

  it('take the first containment of one that was contained again', () => {
    const again = released('2026-11-18', {
      firstContainedAt: '2026-11-18T10:05:03.000Z',
      containedAt: '2026-11-18T10:55:03.000Z',
    });
    expect(timesOf(again)).toMatchObject({ contain: 2000, decide: 600_000 });
  });

  it('give mean and median over the incidents that have the time', () => {
    expect(trends.times.detect).toEqual({ count: 2, mean: 421_000, median: 421_000 });
    expect(trends.times.decide).toEqual({ count: 2, mean: 1_830_000, median: 1_830_000 });
    expect(trendsOf([], NOW, 14).times).toEqual({ detect: null, contain: null, decide: null, recover: null });
  });

  it('are the same in whatever order the records come (property)', () => {
    const day = fc
      .integer({ min: 0, max: 40 })
      .map((ago) => new Date(NOW.getTime() - ago * 86_400_000).toISOString().slice(0, 10));
    const incident = fc
      .record({
        day,
        rule: fc.constantFrom('coin-miner', 'sql-injection', 'valueOf', 'x'),
        waits: fc.integer({ min: 0, max: 1e9 }),
        contained: fc.boolean(),
      })
      .map(({ day: of, rule, waits, contained }) =>
        released(of, {
          witnesses: {
            a: aWitness({ rule, firstSeen: `${of}T00:00:00.000Z` }),
            b: aWitness({ id: 'f-2', rule: 'x' }),
          },
          containedAt: contained ? new Date(Date.parse(`${of}T10:05:01Z`) + waits).toISOString() : undefined,
        }),
      );
    fc.assert(
      fc.property(
        fc
          .array(incident, { maxLength: 12 })
          .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          expect(trendsOf(shuffled, NOW, 30)).toEqual(trendsOf(all, NOW, 30));
        },
      ),
    );
  });

  it('are told in plain text that others cannot write into', () => {
    const page = trendsPage(
      trendsOf(
        [released('2026-11-18', { witnesses: { f: aWitness({ rule: 'x\u001b[31m\nred' }) } })],
        NOW,
        7,
      ),
    );

    expect(page).toContain('The last 7 days: 1 incident');
    expect(page).toContain('mean 1 h 0 min, median 1 h 0 min, of 1');
    expect(page).not.toContain('\u001b[31m');
    expect(page.split('\n').filter((line) => line.startsWith('red'))).toEqual([]);
  });

  it('know a drill by the name that the template gives its permissions for', () => {
    expect(drillName('')).toBe(DRILLED);
  });
});
