import { undeliveredAfter } from '../../../../shared/notification/undelivered';

const NOW = new Date('2026-11-24T03:00:00.000Z');
const OWED = { at: '2026-11-24T02:00:00.000Z', about: 'contained', detail: [] };
const owed = (
  before: Parameters<typeof undeliveredAfter>[0],
  delivered: readonly string[],
  failed: readonly string[],
  detail: readonly string[] = ['a word'],
) =>
  undeliveredAfter(
    before,
    {
      about: 'decided',
      detail,
      report: { delivered, failed: failed.map((channel) => ({ channel, why: 'down' })) },
    },
    NOW,
  );

describe('what a channel did not deliver', () => {
  it('is kept for that channel alone', () => {
    expect(owed(undefined, ['pagerduty'], ['slack'])).toEqual({
      slack: { at: NOW.toISOString(), about: 'decided', detail: ['a word'] },
    });
  });

  it('is owed no more once that channel delivers, whatever the others do', () => {
    expect(owed({ slack: OWED, pagerduty: OWED }, ['slack'], [])).toEqual({ pagerduty: OWED });
  });

  it('stays owed while the channel is told nothing', () => {
    expect(owed({ pagerduty: OWED }, ['slack'], [])).toBeNull();
  });

  it('is the newest where it fails again, and never grows without end', () => {
    const long = owed({ slack: OWED }, [], ['slack'], Array<string>(1000).fill('x'.repeat(10_000)));
    expect(long?.slack).toMatchObject({ about: 'decided' });
    expect(JSON.stringify(long).length).toBeLessThan(12_000);
  });

  it('changes nothing where all is told', () => {
    expect(owed(undefined, ['slack'], [])).toBeNull();
  });
});
