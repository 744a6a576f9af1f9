import fc from 'fast-check';
import { CLASS_TAG as SEALED_WITH } from '../../../shared/evidence/seal';
import { daysGone, type Rules } from '../../fixtures/lifecycle';

type Days = { readonly evidenceDays: number; readonly recordDays: number };
type Profiles = Readonly<Record<string, unknown>>;
const { readProfiles, resolveRetention, lifecycleRules, CLASS_TAG } =
  require('../../../infrastructure/retention.cjs') as {
    readProfiles: (data: unknown) => Profiles;
    resolveRetention: (
      text: string,
      profiles: Profiles,
    ) => Days | { readonly problem: string; readonly evidenceDays?: undefined };
    lifecycleRules: (config: { retentionDays: number; recordDays: number }) => Rules;
    CLASS_TAG: string;
  };
const data = require('../../../infrastructure/retention.json') as unknown;
const shipped = readProfiles(data);

const resolve = (text: string, profiles = shipped) => resolveRetention(text, profiles);
const days = (evidenceDays: number, recordDays: number): Days => ({ evidenceDays, recordDays });

describe('the retention profiles', () => {
  it.each([
    ['gdpr', 30, 30],
    ['soc2', 365, 365],
    ['hipaa', 2192, 2192],
    // What is customary gives way to what the GDPR allows; what HIPAA requires is the record.
    ['gdpr+soc2', 30, 365],
    ['gdpr+hipaa', 30, 2192],
    ['soc2+hipaa', 2192, 2192],
    [' hipaa + gdpr + soc2 ', 30, 2192],
  ])('keep evidence and record under %s for %d and %d days', (text, evidence, record) => {
    expect(resolve(text)).toEqual(days(evidence, record));
  });

  it('say of the GDPR that it names no number, and of each number where it comes from', () => {
    const { profiles } = data as { profiles: Record<string, Record<string, { source: string }>> };

    expect(profiles.gdpr?.evidence?.source).toMatch(/Art\. 5\(1\)\(e\).*names no number/);
    expect(profiles.hipaa?.record?.source).toContain('45 CFR 164.316(b)(2)(i)');
    expect(profiles.soc2?.record?.source).toContain('the criteria name no number');
  });

  it('refuse what contradicts itself, naming both sides, their sources and the fields to change', () => {
    const profiles = readProfiles({
      profiles: {
        short: { title: 'a', evidence: { most: 30, source: 'law A' } },
        long: { title: 'b', evidence: { least: 31, source: 'law B' } },
      },
    });

    expect(resolve('short', profiles)).toEqual(days(30, 30));
    expect(resolve('long', profiles)).toEqual(days(31, 31));
    const { problem } = resolve('short+long', profiles) as { problem: string };
    for (const part of [
      'contradicts itself',
      'long keeps evidence for at least 31 days (law B)',
      'short for at most 30 (law A)',
      'profiles.long.evidence.least',
      'profiles.short.evidence.most',
      'infrastructure/retention.json',
    ])
      expect(problem).toContain(part);
  });

  it.each(['', 'forever', 'gdpr+', 'gdpr,hipaa', 'constructor', '__proto__', 'gdpr+custom'])(
    'refuse %j',
    (text) => {
      expect(resolve(text)).toEqual({ problem: expect.stringMatching(/^(must be one of|may name custom)/) });
    },
  );

  it('refuse a profile of the record alone: nothing would say how long evidence is kept', () => {
    const profiles = readProfiles({
      profiles: { diary: { title: 'a', record: { least: 9, source: 's' } } },
    });

    expect(resolve('diary', profiles)).toEqual({ problem: expect.stringContaining('no profile') });
  });

  it.each<[string, unknown, string]>([
    ['a day too few', { evidence: { least: 0, source: 's' } }, 'x.evidence.least must be at least 1 day'],
    ['more than S3 takes', { evidence: { usual: 36501, source: 's' } }, 'x.evidence.usual must be at most'],
    ['a number in words', { evidence: { most: '30', source: 's' } }, 'x.evidence.most must be a whole'],
    ['no source', { evidence: { most: 30 } }, 'x.evidence.source must say where the number comes from'],
    ['a field that is none', { evidence: { max: 30, source: 's' } }, 'x.evidence '],
    ['an end of the record', { record: { most: 30, source: 's' } }, 'x.record '],
  ])('refuse %s when edited, by the name of the field', (_what, profile, message) => {
    expect(() => readProfiles({ profiles: { x: { title: 't', ...(profile as object) } } })).toThrow(message);
  });

  it('refuse a profile named custom, which stands for a parameter', () => {
    expect(() =>
      readProfiles({ profiles: { custom: { title: 't', evidence: { most: 1, source: 's' } } } }),
    ).toThrow('profiles.custom is a name that is taken');
  });

  it('never keep shorter than any least, nor longer than any most, and say so where both cannot be', () => {
    const number = fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined });
    const statement = fc.record({ least: number, most: number, usual: number });
    fc.assert(
      fc.property(fc.array(statement, { minLength: 1, maxLength: 4 }), (statements) => {
        const named = Object.fromEntries(
          statements.map((evidence, index) => [
            `p${index}`,
            {
              title: 't',
              evidence: {
                ...Object.fromEntries(Object.entries(evidence).filter(([, value]) => value !== undefined)),
                source: 's',
              },
            },
          ]),
        );
        const least = Math.max(0, ...statements.map((one) => one.least ?? 0));
        const most = Math.min(Number.POSITIVE_INFINITY, ...statements.map((one) => one.most ?? 1e9));
        const resolved = resolve(Object.keys(named).join('+'), readProfiles({ profiles: named }));
        if ('problem' in resolved)
          return least > most || statements.every((one) => Object.values(one).every((v) => v === undefined));
        return resolved.evidenceDays >= Math.max(1, least) && resolved.evidenceDays <= most;
      }),
    );
  });
});

describe('the end of the retention', () => {
  const rules = lifecycleRules({ retentionDays: 30, recordDays: 365 });
  const sealed = (name: string, kept: 'evidence' | 'record', more: object = {}) => ({
    name,
    day: 0,
    lockedDays: kept === 'evidence' ? 30 : 365,
    tags: { [CLASS_TAG]: kept },
    ...more,
  });
  const gone = (...versions: readonly ReturnType<typeof sealed>[]) => daysGone(rules, versions, 400);

  it('goes by the tag that is sealed with', () => {
    expect(CLASS_TAG).toBe(SEALED_WITH);
  });

  it.each(['evidence', 'record'] as const)(
    'takes %s away within days after its lock, and never before',
    (kept) => {
      const lock = kept === 'evidence' ? 30 : 365;
      const { it: day, marker } = gone(sealed('it', kept));

      expect(day).toBeGreaterThan(lock);
      expect(day).toBeLessThanOrEqual(lock + 3);
      // Nothing is left under the key, not even a marker.
      expect(marker).toBeLessThanOrEqual(lock + 4);
    },
  );

  it('leaves what was covered by a later version as long as it is locked, and then takes both', () => {
    const { first, second } = gone(sealed('first', 'evidence'), sealed('second', 'evidence', { day: 20 }));

    expect(first).toBeGreaterThan(30);
    expect(first).toBeLessThanOrEqual(33);
    expect(second).toBeGreaterThan(50);
    expect(second).toBeLessThanOrEqual(53);
  });

  it('never takes away what is held', () => {
    expect(gone(sealed('it', 'evidence', { held: true }))).toMatchObject({ it: null });
  });

  it('takes what nobody tagged with the record, and not before its lock either', () => {
    const { stranger } = gone({ ...sealed('stranger', 'evidence'), tags: {} } as ReturnType<typeof sealed>);

    expect(stranger).toBeGreaterThan(365);
    expect(stranger).not.toBeNull();
  });
});
