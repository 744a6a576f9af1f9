import { LOG_RULES } from '../../../../shared/detection/logRules';
import { RULES } from '../../../../shared/detection/rules';
import type { Incident } from '../../../../shared/incident/incident';
import { CAUSES } from '../../../../shared/investigation/observation';
import { clocksOf } from '../../../../shared/report/clocks';
import { learnSections } from '../../../../shared/report/learn';
import { lessonsOf } from '../../../../shared/report/lessons';
import { MEASURES_BY_TECHNIQUE, measuresFor, measuresForCause } from '../../../../shared/report/measures';
import { techniquesOfRule } from '../../../../shared/report/techniques';
import { aDecision, aLedger, anIncident, aWitness } from '../../../fixtures/incident';

const closed = (changes: Partial<Incident> = {}): Incident =>
  anIncident({
    status: 'closed',
    containedAt: '2026-11-20T10:05:03.000Z',
    credentialsDeniedAt: '2026-11-20T10:05:04.000Z',
    decision: aDecision({ at: '2026-11-20T10:35:03.000Z' }),
    releasedAt: '2026-11-20T10:35:12.000Z',
    gate: [{ check: 'code', outcome: 'passed', because: 'other code' }],
    evidence: {
      bucket: 'b',
      manifestKey: 'k',
      manifestVersionId: null,
      manifestSha256: 'a'.repeat(64),
      artifacts: 31,
      missing: [],
      lockedUntil: '2027-11-20T10:06:40.000Z',
    },
    ...changes,
  });

describe('what is learned from an incident', () => {
  it('says what went well, each from the record', () => {
    expect(lessonsOf(closed(), aLedger(), [])).toEqual({
      well: [
        'Contained 2.0 s after it was opened',
        'Decided 30 min 0 s after the question',
        'Released 9.0 s after the decision',
        'All 2 controls that were needed held, and none was changed by somebody else',
        'All 31 artifacts were sealed, none is missing',
        'The release passed its checks: code',
        'Nothing came back while it was watched',
      ],
      badly: [],
      luckily: ['Only one source saw it (guardduty): without that nobody would have known'],
    });
  });

  const bad: readonly (readonly [string, Partial<Incident>, RegExp])[] = [
    [
      'a late detection',
      { witnesses: { f: aWitness({ firstSeen: '2026-11-18T10:05:01.000Z' }) } },
      /^Noticed 48 h 0 min/,
    ],
    ['a slow containment', { containedAt: '2026-11-20T10:15:01.000Z' }, /^Contained 10 min 0 s/],
    [
      'missing evidence',
      { evidence: { ...closed().evidence, missing: ['traces'] } as Incident['evidence'] },
      /^Evidence is missing: traces/,
    ],
    ['no evidence', { evidence: undefined }, /^No evidence/],
    ['a relapse', { relapse: 'it mines again' }, /^It came back/],
    ['a second containment', { containment: 2 }, /^It had to be contained 2 times/],
    [
      'what a channel did not deliver',
      { undelivered: { slack: { at: '2026-11-20T10:05:04.000Z', about: 'contained', detail: [] } } },
      /^slack did not deliver/,
    ],
    [
      'a waiver, with who gave it',
      { waivers: { source: { by: 'U1', at: '', because: 'hot fix', containment: 1 } } },
      /^The check source was waived by U1: hot fix/,
    ],
    [
      'an open task, with its owner',
      { tasks: { aaaaaaaa: { about: 'x', what: 'Rotate x', contact: 'team-x', at: '' } } },
      /^Still open: Task aaaaaaaa, for team-x: Rotate x/,
    ],
    [
      'a rotation that failed',
      { secrets: [{ secretArn: 'arn:x', outcome: 'failed', detail: '', at: '' }] },
      /^The rotation of arn:x failed/,
    ],
    [
      'lost events',
      { losses: { firstLossAt: '2026-11-20T10:10:00.000Z', lines: ['orders (SQS): lost'] } },
      /^Held or lost: orders/,
    ],
  ];
  it.each(bad)('says as bad: %s', (_what, changes, says) => {
    const before = lessonsOf(closed(), aLedger(), []).badly;
    const { badly } = lessonsOf(closed(changes), aLedger(), []);

    expect(before.filter((line) => says.test(line))).toEqual([]);
    expect(badly.filter((line) => says.test(line))).toHaveLength(1);
  });

  it('says which control failed or was changed by somebody, and no longer that all held', () => {
    const ledger = aLedger().map((record, index) => ({
      ...record,
      state: (['drift', 'failed'] as const)[index] ?? record.state,
    }));
    const { well, badly } = lessonsOf(closed(), ledger, []);

    expect(badly.filter((line) => /somebody else|not put in place/.test(line))).toHaveLength(2);
    expect(well.filter((line) => line.startsWith('All 2 controls'))).toEqual([]);
  });

  it('counts what the history says went wrong', () => {
    const entry = { at: '2026-11-20T10:05:01.000Z', kind: 'owner-died', text: '' };

    expect(lessonsOf(closed(), aLedger(), [entry, entry]).badly).toEqual([
      'The history has it 2 times: the execution that owned it died, and another took over',
    ]);
  });

  it('calls luck what no measure brought about', () => {
    const { luckily } = lessonsOf(
      closed({
        credentialsDeniedAt: undefined,
        lastInFlightAt: '2026-11-20T10:06:03.000Z',
        siblings: ['invoice-mailer'],
        losses: { firstLossAt: '2026-11-24T10:05:00.000Z', lines: ['orders (SQS): lost from then on'] },
      }),
      aLedger(),
      [],
    );
    expect(luckily).toHaveLength(5);
  });
});

describe('what would prevent it', () => {
  it('proposes something for every rule that has a technique', () => {
    const known = new Set(MEASURES_BY_TECHNIQUE.flatMap(({ techniques }) => techniques));
    const without = [...RULES, ...LOG_RULES].filter(
      ({ techniques, severity }) =>
        (typeof severity !== 'number' || severity >= 4) &&
        techniques.length > 0 &&
        measuresFor(techniques).length === 0,
    );

    expect(known.size).toBeGreaterThan(30);
    expect(without.map(({ id, techniques }) => `${id}: ${techniques.join(', ')}`)).toEqual([]);
  });

  it('has a source for each measure', () => {
    for (const { source, techniques } of MEASURES_BY_TECHNIQUE) {
      expect(source).toMatch(/^ATT&CK M10\d\d /);
      for (const technique of techniques) expect(technique).toMatch(/^T1\d{3}$/);
    }
  });

  it('takes no name that a finding brings for a rule of ours', () => {
    for (const name of ['valueOf', '__proto__', 'constructor:x', ''])
      expect(techniquesOfRule(name)).toEqual([]);
    expect(techniquesOfRule('Trojan:Lambda/DropPoint')).toEqual(['T1041']);
  });
});

describe('the times that notices count from', () => {
  it('are questions with the times from the record and the section of each source', () => {
    const lines = clocksOf(closed());

    expect(lines).toHaveLength(4);
    for (const line of lines) expect(line).toMatch(/\?.*Source: .+\d/);
    expect(lines.join('\n')).toContain('2026-11-23T10:05:01.000Z'); // 72 hours
    expect(lines.join('\n')).toContain('2027-01-19T10:05:01.000Z'); // 60 days
    expect(lines.join('\n')).toContain('2026-12-20T10:05:01.000Z'); // 30 days
  });

  it('say of a false positive that none has begun, and of a record without a time nothing', () => {
    expect(clocksOf(closed({ decision: aDecision({ action: 'false_positive' }) }))).toEqual([
      expect.stringContaining('false positive'),
    ]);
    expect(clocksOf({ openedAt: 'never' })).toEqual([]);
  });

  it('stand in the report under what is to be learned, the same from the same record', () => {
    const sections = () => learnSections(closed(), aLedger(), [], (lines, none) => lines.join('\n') || none);

    expect(sections().match(/^## /gm)).toHaveLength(5);
    expect(sections()).toBe(sections());
  });

  it('proposes for every cause that can be found what would have kept them out, and nothing for one that is not known', () => {
    for (const cause of CAUSES)
      expect([cause, measuresForCause(cause).length > 0]).toEqual([cause, cause !== 'false-positive']);
    expect(measuresForCause('unknown')).toEqual([]);
    expect(measuresForCause('supply-chain')[0]).toContain('Pin dependencies');
  });
});
