import { functionCount } from '../../../shared/aws/functionCount';
import { leaveAdmission, requestAdmission } from '../../../shared/incident/admission';
import type { Limits } from '../../../shared/policy/caps';
import { type Stage, startStage } from '../containment/stage';

const FAR: Limits = { perHour: 1000, percent: 100, floor: 1000, breakerCount: 1000, breakerMinutes: 10 };
const few = () => Promise.resolve(3);
const names = (count: number) => Array.from({ length: count }, (_, index) => `inc-${index}#1`);

describe('caps and breaker, asked by many executions at once (invariants 3, 4 and 7)', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await startStage('admission');
  });
  afterEach(() => stage.stop());

  /** The records as they are some minutes later. */
  const later = (minutes: number) => ({
    ...stage.records,
    now: () => new Date(Date.now() + minutes * 60_000),
  });
  const admittedOf = async (count: number, limits: Limits, again = 1): Promise<number> => {
    const asked = names(count).flatMap((name) => Array.from({ length: again }, () => name));
    const answers = await Promise.all(
      asked.map(async (name) => [name, await requestAdmission(stage.records, name, limits, few)] as const),
    );
    return new Set(answers.flatMap(([name, { admitted }]) => (admitted ? [name] : []))).size;
  };

  it('admits exactly as many as the cap of the hour, whoever comes first', async () => {
    expect(await admittedOf(30, { ...FAR, perHour: 10 })).toBe(10);
    expect((await requestAdmission(later(59), 'late#1', { ...FAR, perHour: 10 }, few)).admitted).toBe(false);
    expect((await requestAdmission(later(61), 'late#1', { ...FAR, perHour: 10 }, few)).admitted).toBe(true);
  });

  it('counts a step that is retried once', async () => {
    expect(await admittedOf(8, { ...FAR, perHour: 8 }, 3)).toBe(8);
  });

  it('has as many contained at a time as the floor says, and gives a place back at the release', async () => {
    const limits = { ...FAR, percent: 1, floor: 4 };
    expect(await admittedOf(6, limits)).toBe(4);
    await leaveAdmission(stage.records, 'inc-0#1');
    await leaveAdmission(stage.records, 'inc-0#1');
    const places = await Promise.all(
      ['next#1', 'last#1'].map((name) => requestAdmission(stage.records, name, limits, few)),
    );
    expect(places.filter(({ admitted }) => admitted).length).toBeLessThanOrEqual(1);
  });

  it('trips when many are wanted within minutes, and lets go when they are past', async () => {
    const limits = { ...FAR, breakerCount: 5 };
    expect(await admittedOf(9, limits)).toBe(4);
    expect(await requestAdmission(later(9), 'soon#1', limits, few)).toMatchObject({
      because: expect.stringContaining('breaker'),
    });
    expect((await requestAdmission(later(20), 'later#1', limits, few)).admitted).toBe(true);
  });

  it('counts the functions of the account with the permissions of the deployment', async () => {
    const { lambda } = await stage.as('contain');
    const limits = { ...FAR, percent: 1, floor: 1 };

    expect(
      (await requestAdmission(stage.records, 'inc-0#1', limits, () => functionCount(lambda))).admitted,
    ).toBe(true);
    expect(
      (await requestAdmission(stage.records, 'inc-1#1', limits, () => functionCount(lambda))).admitted,
    ).toBe(false);
  });

  it('admits nothing when the functions of the account cannot be counted', async () => {
    const blind = () => Promise.reject(new Error('AccessDenied'));
    await requestAdmission(stage.records, 'inc-0#1', { ...FAR, floor: 1 }, blind);
    await expect(requestAdmission(stage.records, 'inc-1#1', { ...FAR, floor: 1 }, blind)).rejects.toThrow();
  });
});
