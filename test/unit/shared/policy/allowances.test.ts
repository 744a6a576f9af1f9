import fc from 'fast-check';
import {
  type Allowances,
  allowanceOf,
  type Maintenance,
  NO_ALLOWANCES,
  type Suppression,
} from '../../../../shared/policy/allowances';

const NOW = Date.parse('2026-12-06T02:30:00Z'); // a Sunday
const HOUR = 3600_000;
const owned = { owner: 'team-web', reason: 'previews' };
const suppression = (of: Partial<Suppression> = {}): Suppression => ({
  rule: 'function-url-public',
  functions: 'web-*',
  until: NOW + HOUR,
  ...owned,
  ...of,
});
const maintenance = (of: Partial<Maintenance> = {}): Maintenance => ({
  functions: 'batch-*',
  weekly: { minute: 120, minutes: 60 },
  most: 'observe',
  ...owned,
  ...of,
});
const finding = { rule: 'function-url-public', functionName: 'web-shop', by: [] };
const batch = { ...finding, functionName: 'batch-nightly' };
const suppressing = (of: Partial<Suppression>): Allowances => ({
  ...NO_ALLOWANCES,
  suppressions: [suppression(of)],
});
const maintaining = (...of: readonly Partial<Maintenance>[]): Allowances => ({
  ...NO_ALLOWANCES,
  maintenance: of.map(maintenance),
});

describe('a suppression', () => {
  it('drops what it names, and says until when, whose it is and why', () => {
    expect(allowanceOf(finding, suppressing({}), NOW)).toEqual({
      most: 'ignore',
      because: 'suppressed until 2026-12-06 03:30 UTC by team-web: previews',
    });
  });

  it.each([
    ['after its end', {}, NOW + HOUR],
    ['of another rule', { rule: 'function-code-*' }, NOW],
    ['of another function', { functions: 'web' }, NOW],
    ["of a principal's acts, where nobody is known to have done it", { by: '*' }, NOW],
  ])('%s drops nothing', (_what, of, now) => {
    expect(allowanceOf(finding, suppressing(of), now)).toBeNull();
  });

  it("of a principal's acts drops those alone", () => {
    const allowances = suppressing({ by: 'arn:aws:iam::*:role/preview' });
    const by = (role: string) =>
      allowanceOf({ ...finding, by: [`arn:aws:iam::123456789012:role/${role}`] }, allowances, NOW);

    expect(by('preview')?.most).toBe('ignore');
    expect(by('preview-admin')).toBeNull();
  });
});

describe('a maintenance window', () => {
  it.each([
    ['2026-12-06T01:59:59Z', false],
    ['2026-12-06T02:00:00Z', true],
    ['2026-12-06T02:59:59Z', true],
    ['2026-12-06T03:00:00Z', false],
    ['2026-12-13T02:00:00Z', true],
    ['2026-12-07T02:00:00Z', false],
    ['1969-12-28T02:00:00Z', true],
  ])('of every Sunday from 02:00 for an hour: at %s %s', (at, open) => {
    expect(allowanceOf(batch, maintaining({}), Date.parse(at)) !== null).toBe(open);
  });

  it('of every week reaches into the next one, and ends with its last day', () => {
    const saturday = maintaining({ weekly: { minute: 6 * 1440 + 23 * 60, minutes: 120 }, until: NOW });

    expect(allowanceOf(batch, saturday, Date.parse('2026-12-06T00:59:00Z'))?.most).toBe('observe');
    expect(allowanceOf(batch, saturday, Date.parse('2026-12-06T01:00:00Z'))).toBeNull();
    expect(allowanceOf(batch, saturday, Date.parse('2026-12-13T00:30:00Z'))).toBeNull();
  });

  it('of one time is open then alone, and for its functions and rule alone', () => {
    const { weekly: _, ...once } = maintenance({ from: NOW, until: NOW + HOUR, rule: 'function-url-*' });
    const allowances = { ...NO_ALLOWANCES, maintenance: [once] };

    expect(allowanceOf(batch, allowances, NOW)?.because).toBe(
      'at most observe: maintenance of team-web: previews',
    );
    expect(allowanceOf(batch, allowances, NOW - 1)).toBeNull();
    expect(allowanceOf(batch, allowances, NOW + HOUR)).toBeNull();
    expect(allowanceOf(finding, allowances, NOW)).toBeNull();
    expect(allowanceOf({ ...batch, rule: 'other' }, allowances, NOW)).toBeNull();
  });

  it('of several the one that allows least decides', () => {
    expect(allowanceOf(batch, maintaining({ most: 'ask' }, { most: 'observe' }), NOW)?.most).toBe('observe');
  });

  it('is open for as many minutes of a week as it says, wherever it begins', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10_079 }),
        fc.integer({ min: 1, max: 2880 }),
        (minute, minutes) => {
          const allowances = maintaining({ weekly: { minute, minutes } });
          const open = Array.from({ length: 10_080 }, (_, at) =>
            allowanceOf(batch, allowances, NOW + at * 60_000),
          ).filter((allowance) => allowance !== null);
          expect(open).toHaveLength(minutes);
        },
      ),
      { numRuns: 15 },
    );
  });
});
