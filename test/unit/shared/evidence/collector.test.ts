import fc from 'fast-check';
import { windowOf } from '../../../../shared/evidence/collector';
import { COLLECTORS } from '../../../../shared/evidence/collectors';
import { anIncident, aWitness } from '../../../fixtures/incident';

const NOW = new Date('2026-11-20T12:00:00.000Z');
const DAY = 24 * 60 * 60 * 1000;
const seen = (...times: readonly string[]) =>
  anIncident({
    witnesses: Object.fromEntries(times.map((firstSeen, i) => [`f${i}`, aWitness({ firstSeen })])),
  });

describe('windowOf', () => {
  it('begins a day before the first sign and ends now', () => {
    expect(windowOf(seen('2026-11-20T09:58:00.000Z', '2026-11-18T00:00:00.000Z'), NOW)).toEqual({
      from: '2026-11-17T00:00:00.000Z',
      to: NOW.toISOString(),
    });
  });

  it.each([
    ['there is no finding', seen()],
    ['the findings do not say when', seen('soon', '')],
    ['the findings lie in the future', seen('2030-01-01T00:00:00.000Z')],
  ])('begins a day before the incident was opened when %s', (_why, incident) => {
    expect(windowOf(incident, NOW).from).toBe('2026-11-19T10:05:01.000Z');
  });

  it('is one that CloudWatch Logs can be asked for, whatever a finding claims (property)', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string(),
            fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
          ),
        ),
        (times) => {
          const { from, to } = windowOf(seen(...times), NOW);
          expect(Date.parse(from)).toBeGreaterThanOrEqual(0);
          expect(Date.parse(from)).toBeLessThanOrEqual(Date.parse(anIncident().openedAt) - DAY);
          expect(to).toBe(NOW.toISOString());
        },
      ),
    );
  });

  it.each(['0001-01-01T00:00:00.000Z', '-271821-04-20T00:00:00.000Z'])(
    'does not begin before 1970 for %s',
    (time) => {
      expect(windowOf(seen(time), NOW).from).toBe('1970-01-01T00:00:00.000Z');
    },
  );
});

describe('the collectors', () => {
  it('have ids of their own, so that what is missing can be named', () => {
    const ids = COLLECTORS.map(({ id }) => id);

    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(COLLECTORS)('only read: $id', ({ permissions }) => {
    expect(permissions.length).toBeGreaterThan(0);
    expect(
      permissions.filter(
        (action) => !/^[a-z0-9]+:(?:Get|List|Filter|Query|Describe|Lookup|BatchGet)/.test(action),
      ),
    ).toEqual([]);
  });

  it('take the code first: a link to it is good for ten minutes', () => {
    expect(COLLECTORS[0]?.id).toBe('code');
  });
});
