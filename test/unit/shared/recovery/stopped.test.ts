import type { Stopped } from '../../../../shared/incident/incident';
import { isFirstLater, stoppedBy } from '../../../../shared/recovery/stopped';

const NOW = new Date('2026-11-20T12:00:00.000Z');
const DECIDED = '2026-11-20T11:00:00.000Z';
const awsError = (name: string, fault = 'client') =>
  Object.assign(new Error('as AWS says it'), { name, $fault: fault });
const wrapped = (cause: unknown) => new Error('inc-1: Held events cannot be put back yet', { cause });

/** Every step of a release that meets the same error at each try, until a human decides. */
const triesOf = (error: unknown, first?: Stopped): readonly Stopped[] => {
  const steps: Stopped[] = [];
  for (let last = first; last === first || last?.next !== 'human'; last = steps.at(-1)) {
    steps.push(stoppedBy(error, last, DECIDED, NOW));
    if (steps.length > 100) throw new Error('it never ends');
  }
  return steps;
};
const nexts = (steps: readonly Stopped[]) => steps.map(({ next }) => next);

describe('a release that AWS does not let through', () => {
  it.each([
    ['throttling', awsError('TooManyRequestsException')],
    ['a reservation that the account cannot afford', awsError('InvalidParameterValueException')],
    ['an update that is in progress', awsError('ResourceConflictException')],
    ["a fault of the service's own", awsError('SomethingNew', 'server')],
  ])('is tried again by itself after %s, a bounded number of times, then a human decides', (_what, error) => {
    const steps = nexts(triesOf(wrapped(error)));

    expect(steps).toEqual([...Array(3).fill('soon'), ...Array(6).fill('later'), 'human']);
  });

  it('waits for a human at once where another try would be the same, but for the seconds that IAM takes', () => {
    expect(nexts(triesOf(wrapped(awsError('AccessDeniedException'))))).toEqual([
      'soon',
      'soon',
      'soon',
      'human',
    ]);
    expect(nexts(triesOf('no error at all'))).toEqual(['soon', 'soon', 'soon', 'human']);
  });

  it('tells people of it once while it is tried again', () => {
    const told = triesOf(wrapped(awsError('ThrottlingException'))).filter(isFirstLater);

    expect(told).toHaveLength(1);
  });

  it('is tried as often again after a new decision, and not after the old one', () => {
    const last = triesOf(wrapped(awsError('AccessDeniedException'))).at(-1) as Stopped;
    const anew = stoppedBy(awsError('AccessDeniedException'), last, '2026-11-20T13:00:00.000Z', NOW);

    expect(anew).toMatchObject({ tries: 1, next: 'soon' });
    expect(stoppedBy(awsError('AccessDeniedException'), last, DECIDED, NOW).next).toBe('human');
  });

  it('keeps which finding people were told of while it stood', () => {
    const before: Stopped = { ...stoppedBy('x', undefined, DECIDED, NOW), relapse: 'a finding' };

    expect(stoppedBy('x', before, DECIDED, NOW).relapse).toBe('a finding');
  });
});
