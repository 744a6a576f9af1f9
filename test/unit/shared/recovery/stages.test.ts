import fc from 'fast-check';
import { nextStep, type Stage, stageLine, stageRuleOf, stagesOf } from '../../../../shared/recovery/stages';

const RULES = [
  { functions: 'payments-*', concurrency: [1, 10, 50], sources: [] },
  { functions: 'batch-*', concurrency: [], sources: [] },
  { functions: '*', concurrency: [1], sources: [] },
];
const DECIDED = '2026-03-01T10:00:00.000Z';
const at = (seconds: number) => new Date(Date.parse(DECIDED) + seconds * 1000);
const stage = (more: Partial<Stage> = {}): Stage => ({
  number: 1,
  of: 2,
  concurrency: 1,
  at: DECIDED,
  sources: [],
  decidedAt: DECIDED,
  ...more,
});

describe('the steps of a release', () => {
  it.each<[string, number | null, readonly number[]]>([
    ['payments-api', null, [1, 10, 50]],
    ['payments-api', 50, [1, 10]],
    ['payments-api', 1, []],
    ['payments-api', 0, []],
    ['batch-nightly', null, []],
    ['anything', null, [1]],
  ])('of %s with a reservation of %j are %j', (name, reserved, steps) => {
    expect(stagesOf(stageRuleOf(name, RULES), reserved)).toEqual(steps);
  });

  it('begin with the first, which is the first on record too', () => {
    expect(nextStep(undefined, [1, 10], DECIDED, 300, at(5))).toEqual({
      step: 'enter',
      stage: { number: 1, of: 2, concurrency: 1, at: at(5).toISOString(), decidedAt: DECIDED },
    });
  });

  it('are gone through one after the other, each as long as policy says, to the whole', () => {
    expect(nextStep(stage(), [1, 10], DECIDED, 300, at(290))).toEqual({ step: 'enter', stage: stage() });
    expect(nextStep(stage(), [1, 10], DECIDED, 300, at(300))).toMatchObject({
      step: 'enter',
      stage: { number: 2, concurrency: 10 },
    });
    expect(nextStep(stage({ number: 2, concurrency: 10 }), [1, 10], DECIDED, 300, at(300))).toEqual({
      step: 'whole',
    });
  });

  it('begin anew with another decision: what was decided before is no part of it', () => {
    expect(nextStep(stage({ number: 2 }), [1, 10], at(600).toISOString(), 300, at(601))).toMatchObject({
      step: 'enter',
      stage: { number: 1 },
    });
  });

  it('are none where policy has none: released at once', () => {
    expect(nextStep(undefined, [], DECIDED, 300, at(0))).toEqual({ step: 'whole' });
  });

  it('end with the whole, never let more run than the step says, and last as long together as they must (property)', () => {
    const rising = fc.uniqueArray(fc.integer({ min: 1, max: 1000 }), { maxLength: 5 });
    fc.assert(
      fc.property(rising, fc.integer({ min: 5, max: 600 }), fc.array(fc.nat(400)), (steps, bake, asks) => {
        const wanted = steps.toSorted((a, b) => a - b);
        let present: Omit<Stage, 'sources'> | undefined;
        let now = 0;
        // Asked at any times, and for good after that.
        for (const later of [...asks, ...Array.from({ length: 6 }, () => 601)]) {
          now += later;
          const next = nextStep(present, wanted, DECIDED, bake, at(now));
          if (next.step === 'whole')
            return now + wanted.length >= wanted.length * bake || wanted.length === 0;
          expect(next.stage.number - (present?.number ?? 0)).toBeLessThanOrEqual(1);
          expect(next.stage.concurrency).toBe(wanted[next.stage.number - 1]);
          present = next.stage;
        }
        return false;
      }),
    );
  });

  it('are told with what is back and what is not', () => {
    expect(stageLine(stage(), 300)).toBe(
      'Step 1 of 2: its role works again, and up to 1 of it run at a time, for 300 s. Event sources, URLs and what else was closed stay so',
    );
    expect(stageLine(stage({ sources: ['arn:aws:sqs:eu-west-1:000000000000:orders'] }), 300)).toBe(
      'Step 1 of 2: its role works again, and up to 1 of it run at a time, for 300 s. It is fed by arn:aws:sqs:eu-west-1:000000000000:orders; other event sources, URLs and what else was closed stay so',
    );
  });
});
