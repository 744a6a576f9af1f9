import type { Observation } from '../../shared/detection/baseline/observation';

/*
 * Functions as they might be, hour by hour. Seeded: the same seed is the same month. What is simulated is written down
 * here and nowhere else: docs/baseline.md shows what came of it.
 */

const HOUR = 3_600_000;
/** A Monday. */
const START = Date.parse('2026-03-02T00:00:00Z');

/** mulberry32: 32 bits of state, good enough for noise. */
export const random = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/** A standard normal number (Box and Muller). */
const normal = (next: () => number): number =>
  Math.sqrt(-2 * Math.log(Math.max(1e-12, next()))) * Math.cos(2 * Math.PI * next());

/** How much a function is expected to read in an hour of the week; 0 is silence. */
type Shape = (hourOfDay: number, weekday: number, next: () => number) => number;

const day = (hourOfDay: number): number =>
  0.15 + 0.85 * Math.max(0, Math.sin(((hourOfDay - 6) / 14) * Math.PI));

export const SHAPES: Readonly<Record<string, Shape>> = {
  constant: () => 400,
  'day and night': (hour) => 900 * day(hour),
  'working days': (hour, weekday) => (weekday < 5 && hour >= 7 && hour < 20 ? 600 * day(hour) : 0),
  'nightly batch': (hour) => (hour === 2 ? 60_000 : 0),
  'weekly batch': (hour, weekday) => (weekday === 6 && hour === 3 ? 200_000 : hour % 6 === 0 ? 40 : 0),
  bursts: (_hour, _weekday, next) => (next() < 0.12 ? 300 * Math.exp(1.2 * normal(next)) : 8),
  seldom: (hour, weekday, next) => (weekday < 5 && hour >= 9 && hour < 17 && next() < 0.25 ? 30 : 0),
  'by the quarter hour': () => 96,
};

/** Noise of an hour: lognormal, a fifth up or down. */
const NOISE = 0.2;

export type Attack = (day: number, hour: number) => number;

export type Simulated = {
  readonly shape: string;
  readonly seed: number;
  readonly days: number;
  /** What an attacker reads in an hour beside the function, in multiples of its mean hour; none by default. */
  readonly attack?: Attack;
  /** A known deployer replaces the code on this day; its volume grows by a fifth and it calls two new APIs. */
  readonly deployment?: number;
};

const APIS = ['dynamodb:Query', 'dynamodb:GetItem', 's3:GetObject', 'sqs:SendMessage', 'kms:Decrypt'];

/** The mean of an hour of a week, without noise. */
export const meanHour = (shape: string): number => {
  const next = random(1);
  const at = SHAPES[shape];
  let sum = 0;
  for (let hour = 0; hour < 168 * 4; hour++) sum += at?.(hour % 24, Math.floor(hour / 24) % 7, next) ?? 0;
  return sum / (168 * 4);
};

/** What is seen of a function, in order. */
export function* simulate({
  shape,
  seed,
  days,
  attack,
  deployment,
}: Simulated): Generator<Observation & { readonly attacked: boolean }> {
  const next = random(seed * 7919 + shape.length);
  const at = SHAPES[shape];
  const mean = meanHour(shape);
  // Of a VPC: one endpoint; else a few of AWS's networks, that come again and again.
  const networks =
    seed % 2 === 0 ? ['vpce-0123456789abcdef0'] : ['3.80.0.0/16', '3.81.0.0/16', '54.90.0.0/16'];
  let id = 0;
  const call = (time: number, api: string, reads: number): Observation => ({
    kind: 'call',
    id: `${shape}/${seed}/${id++}`,
    time,
    api,
    region: 'eu-west-1',
    network: { near: networks[Math.floor(next() * networks.length)] ?? '', wide: '3.0.0.0/8' },
    agent: 'aws-sdk-js in Lambda',
    reads,
    bytes: 0,
  });
  for (let hour = 0; hour < days * 24; hour++) {
    const day = Math.floor(hour / 24);
    const time = START + hour * HOUR;
    if (deployment !== undefined && hour === deployment * 24 + 10)
      yield { kind: 'deployment', id: `${shape}/${seed}/deploy`, time, known: true, attacked: false };
    const grown = deployment !== undefined && hour > deployment * 24 + 10 ? 1.2 : 1;
    const expected = (at?.(hour % 24, day % 7, next) ?? 0) * grown;
    const extra = (attack?.(day, hour % 24) ?? 0) * mean;
    const amount = Math.round(expected * Math.exp(NOISE * normal(next)));
    if (amount > 0) {
      yield { ...call(time + 60_000, APIS[hour % 3] ?? '', amount), attacked: false };
      if (next() < 0.3) yield { ...call(time + 120_000, APIS[3 + (hour % 2)] ?? '', 0), attacked: false };
      if (deployment !== undefined && day >= deployment && hour % 7 === 0 && hour > deployment * 24 + 10)
        yield {
          ...call(time + 180_000, hour % 2 === 0 ? 'ssm:GetParameter' : 'events:PutEvents', 0),
          attacked: false,
        };
    }
    if (extra > 0) yield { ...call(time + 1_800_000, 's3:GetObject', Math.round(extra)), attacked: true };
  }
}
