import fc from 'fast-check';
import { replay } from '../../../../../bench/baseline/replay';
import {
  type Baseline,
  isBaseline,
  MOST_IDS,
  MOST_VALUES,
  NO_BASELINE,
  parseBaseline,
} from '../../../../../shared/detection/baseline/baseline';
import { judge } from '../../../../../shared/detection/baseline/judge';
import { learn } from '../../../../../shared/detection/baseline/learn';
import type { Observation } from '../../../../../shared/detection/baseline/observation';

const T0 = Date.parse('2026-03-02T00:00:00Z');
const HOUR = 3_600_000;

const name = fc.string({ maxLength: 120 });
const call = fc.record({
  kind: fc.constant('call' as const),
  id: fc.uuid(),
  time: fc.integer({ min: 0, max: 24 * 60 }).map((hours) => T0 + hours * HOUR),
  api: name,
  region: fc.option(name),
  network: fc.option(fc.record({ near: name, wide: name })),
  agent: fc.option(name),
  reads: fc.oneof(fc.nat(), fc.double()),
  bytes: fc.oneof(fc.nat(), fc.double()),
}) as fc.Arbitrary<Observation>;
const volume = fc.record({
  kind: fc.constant('volume' as const),
  time: fc.integer({ min: 0, max: 24 * 60 }).map((hours) => T0 + hours * HOUR),
  measure: fc.constantFrom('sent' as const, 'bytes' as const),
  amount: fc.double(),
}) as fc.Arbitrary<Observation>;
const deployment = fc.record({
  kind: fc.constant('deployment' as const),
  id: fc.uuid(),
  time: fc.constant(T0 + 99 * HOUR),
  known: fc.boolean(),
}) as fc.Arbitrary<Observation>;
const observation = fc.oneof({ arbitrary: call, weight: 8 }, volume, deployment);

const learned = (observations: readonly Observation[]): Baseline => observations.reduce(learn, NO_BASELINE);

describe('what is kept of a function', () => {
  it('is plain JSON that reads back the same, and never large, whatever is seen (property)', () => {
    void fc.assert(
      fc.property(fc.array(observation, { maxLength: 60 }), (observations) => {
        const baseline = learned(observations);
        const text = JSON.stringify(baseline);
        const back = parseBaseline(JSON.parse(text));

        expect(isBaseline(back) && back).toEqual(JSON.parse(text));
        expect(baseline.ids.length).toBeLessThanOrEqual(MOST_IDS);
        for (const [facet, most] of Object.entries(MOST_VALUES))
          expect(baseline.facets[facet as keyof typeof MOST_VALUES].entries.length).toBeLessThanOrEqual(most);
      }),
      { numRuns: 60 },
    );
  });

  it('stays within an item of DynamoDB with every value at its longest', () => {
    let baseline: Baseline = NO_BASELINE;
    for (let at = 0; at < 600; at++)
      baseline = learn(baseline, {
        kind: 'call',
        id: `id-${at}`,
        time: T0 + at * HOUR,
        api: `${at}`.padStart(96, 'x'),
        region: `${at}`.padStart(96, 'x'),
        network: { near: `${at}`.padStart(43, 'x'), wide: `${at}`.padStart(43, 'x') },
        agent: `${at}`.padStart(50, 'x'),
        reads: 1e15,
        bytes: 1e15,
      });

    expect(Buffer.byteLength(JSON.stringify(baseline))).toBeLessThan(60_000);
  });

  it('is the same when a call is delivered again (property)', () => {
    void fc.assert(
      fc.property(fc.array(call, { maxLength: 30 }), fc.nat(), (observations, which) => {
        const baseline = learned(observations);
        const again = observations[which % Math.max(1, observations.length)];
        if (again === undefined) return;
        expect(learn(baseline, again)).toEqual(baseline);
        expect(judge(baseline, again)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('refuses what is stored in another form, naming the field', () => {
    expect(parseBaseline({ ...NO_BASELINE, version: 2 })).toMatchObject({
      error: expect.stringContaining('version'),
    });
    expect(parseBaseline({ ...NO_BASELINE, ids: Array(MOST_IDS + 1).fill('a') })).toMatchObject({
      error: expect.stringContaining('ids'),
    });
    expect(parseBaseline(null)).toHaveProperty('error');
  });
});

describe('what is odd about a call of a function that is known', () => {
  const { baseline } = replay({ shape: 'constant', seed: 2, days: 30 });
  const usual: Observation = {
    kind: 'call',
    id: 'new',
    time: T0 + (30 * 24 + 1) * HOUR,
    api: 's3:GetObject',
    region: 'eu-west-1',
    network: { near: 'vpce-0123456789abcdef0', wide: '3.0.0.0/8' },
    agent: 'aws-sdk-js in Lambda',
    reads: 1,
    bytes: 0,
  };
  const rulesOf = (of: Partial<Extract<Observation, { kind: 'call' }>>) =>
    judge(baseline, { ...usual, ...of } as Observation).map(({ rule }) => rule);

  it('is nothing, where it is as ever', () => {
    expect(rulesOf({})).toEqual([]);
  });

  it.each([
    ['an API that it never called', { api: 'iam:CreateUser' }, 'baseline-new-api'],
    ['a Region in which it never was', { region: 'ap-east-1' }, 'baseline-new-region'],
    [
      'a network in which it never was',
      { network: { near: '203.0.0.0/16', wide: '203.0.0.0/8' } },
      'baseline-new-network',
    ],
    ['a client that never used it', { agent: 'aws-cli' }, 'baseline-new-agent'],
    ['a hundred times the usual', { reads: 60_000 }, 'baseline-volume-hour'],
  ])('is %s', (_what, of, rule) => {
    expect(rulesOf(of)).toContain(rule);
  });

  it('is no new API for a day after a known deployment; after another it is, and volume always', () => {
    const at = { id: 'deploy', time: usual.time - HOUR, kind: 'deployment' as const };
    const deployed = (known: boolean) => learn(baseline, { ...at, known });
    const odd = { ...usual, api: 'iam:CreateUser', reads: 60_000 } as Observation;
    const severities = (known: boolean) =>
      Object.fromEntries(judge(deployed(known), odd).map(({ rule, severity }) => [rule, severity >= 4]));

    expect(severities(true)).toMatchObject({ 'baseline-new-api': false, 'baseline-volume-hour': true });
    expect(severities(false)).toMatchObject({ 'baseline-new-api': true, 'baseline-volume-hour': true });
  });
});

describe('what is odd about a function that is not known yet', () => {
  it('is nothing, whatever it does', () => {
    const { alarms } = replay({ shape: 'bursts', seed: 5, days: 13 });

    expect(alarms).toEqual([]);
  });
});
