import { decideDrift } from '../../../../shared/policy/driftDecision';

const NOW = new Date('2026-11-20T12:00:00.000Z');
const minutesAgo = (minutes: number): string => new Date(NOW.getTime() - minutes * 60_000).toISOString();
const drift = { action: 'put-back', refused: null, putBacks: [] } as const;

describe('what is done about drift', () => {
  it('is to put it back, where policy says so', () => {
    expect(decideDrift(drift, NOW)).toEqual({ act: 'put-back' });
  });

  it('is to leave it to people, where policy says so', () => {
    expect(decideDrift({ ...drift, action: 'escalate' }, NOW)).toMatchObject({ act: 'leave' });
  });

  it('is nothing where a guard refuses, whatever policy says', () => {
    expect(decideDrift({ ...drift, refused: 'the never-contain list names it (x)' }, NOW)).toEqual({
      act: 'leave',
      because: 'a guard refuses: the never-contain list names it (x)',
    });
  });

  it('is no fight: after three times within an hour it is left to people', () => {
    const twice = [minutesAgo(50), minutesAgo(10)];

    expect(decideDrift({ ...drift, putBacks: twice }, NOW)).toEqual({ act: 'put-back' });
    expect(decideDrift({ ...drift, putBacks: [...twice, minutesAgo(5)] }, NOW)).toMatchObject({
      act: 'leave',
      because: expect.stringContaining('3 times within an hour'),
    });
  });

  it('forgets what was put back more than an hour ago', () => {
    const putBacks = [minutesAgo(60), minutesAgo(59), minutesAgo(1)];

    expect(decideDrift({ ...drift, putBacks }, NOW)).toEqual({ act: 'put-back' });
  });
});
