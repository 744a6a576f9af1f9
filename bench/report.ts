import { MOST_WITHOUT_SDK, tooHeavy, type Weight, withoutSdk } from './bundles';
import { type ColdStart, SHIPPED } from './coldStart';
import type { CriticalPath } from './criticalPath';
import { ENVIRONMENTS, type Fleet } from './fleet';
import type { Latencies } from './latency';
import { ratio } from './statistics';
import { table } from './table';

export type Results = {
  readonly machine: string;
  readonly latencies: readonly Latencies[];
  readonly path: CriticalPath;
  readonly weights: readonly Weight[];
  readonly coldStarts: readonly ColdStart[];
  readonly fleet: Fleet;
};

/** What the warm path may cost, in times of the bare responder's. */
const GOAL = 1.5;

const kilobytes = (bytes: number): number => Math.round(bytes / 102.4) / 10;
const whole = (value: number): number => Math.round(value);

const latencyLines = (latencies: readonly Latencies[]): string => {
  const rows = latencies.map(({ responder, start, milliseconds: { runs, p50, p95 }, look }) => [
    start,
    responder,
    runs,
    whole(p50),
    whole(p95),
    whole(look.p50),
  ]);
  const ratios = (['warm', 'cold'] as const).map((start) => {
    const [ours, bare] = latencies.filter((one) => one.start === start);
    if (ours === undefined || bare === undefined) throw new Error(`nothing was measured ${start}`);
    const of = (which: 'p50' | 'p95') => ratio(ours.milliseconds[which], bare.milliseconds[which]);
    return `${start}: ${of('p50')} times the bare responder at the median, ${of('p95')} at the 95th percentile`;
  });
  return [
    table(['start', 'responder', 'incidents', 'p50 ms', 'p95 ms', 'look every ms'], rows),
    ...ratios,
    `goal, warm: at most ${GOAL} times`,
  ].join('\n');
};

const pathLines = ({ calls, untilThrottled, untilReadBack }: CriticalPath): string =>
  [
    table(
      ['function', 'place', 'call'],
      calls.map(({ functionName, place, name }) => [functionName, place, name]),
    ),
    `until throttled: ${untilThrottled.calls} calls, ${untilThrottled.sequential} one after the other`,
    `until read back: ${untilReadBack.calls} calls, ${untilReadBack.sequential} one after the other`,
  ].join('\n');

/** What the bundles weigh, for a terminal: a part of the whole, and alone with `--bundles`. */
export const weightLines = (weights: readonly Weight[]): string =>
  [
    table(
      ['function', 'own kB', 'dependencies kB', 'SDK kB', 'in all kB'],
      weights.map(({ name, own, dependencies, sdk, total }) => [
        name,
        kilobytes(own),
        kilobytes(dependencies),
        kilobytes(sdk),
        kilobytes(total),
      ]),
    ),
    ...tooHeavy(weights).map(
      (weight) =>
        `${weight.name} is too heavy: ${kilobytes(withoutSdk(weight))} kB without the SDK, at most ${kilobytes(MOST_WITHOUT_SDK)}`,
    ),
  ].join('\n');

const coldStartLines = (coldStarts: readonly ColdStart[]): string =>
  table(
    ['function', 'variant', 'kB', 'load ms', 'times as shipped'],
    coldStarts.map(({ functionName, variant, bytes, milliseconds }) => {
      const shipped = coldStarts.find((one) => one.functionName === functionName && one.variant === SHIPPED);
      return [
        functionName,
        variant,
        kilobytes(bytes),
        whole(milliseconds),
        ratio(milliseconds, shipped?.milliseconds ?? milliseconds),
      ];
    }),
  );

const fleetLines = (fleet: Fleet): string =>
  [
    `${fleet.functions} findings at once, ${ENVIRONMENTS} environments for each step`,
    `${fleet.throttled} throttled in ${whole(fleet.secondsUntilThrottled)} s`,
    `${fleet.contained} incidents contained in ${whole(fleet.secondsUntilContained)} s`,
    `${fleet.functions - Math.min(fleet.throttled, fleet.contained)} lost, ${fleet.failedExecutions} executions failed`,
  ].join('\n');

/** Everything that was measured, for a terminal. */
export const render = (results: Results): string =>
  [
    `Machine: ${results.machine}`,
    `From the event on the bus to the throttled function\n\n${latencyLines(results.latencies)}`,
    `Calls on the critical path (place: how many calls of the function come one after the other up to it)\n\n${pathLines(results.path)}`,
    `Bundles\n\n${weightLines(results.weights)}`,
    `Cold start: time to load the module in a new process\n\n${coldStartLines(results.coldStarts)}`,
    `A fleet\n\n${fleetLines(results.fleet)}`,
  ].join('\n\n\n');

/** What must not be: too heavy bundles, and incidents that were lost. */
export const failures = ({ weights, fleet }: Results): readonly string[] => [
  ...tooHeavy(weights).map(({ name }) => `the bundle of ${name} is too heavy`),
  ...(fleet.throttled < fleet.functions || fleet.contained < fleet.functions
    ? ['not every function of the fleet was contained']
    : []),
];
