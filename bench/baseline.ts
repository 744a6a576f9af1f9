import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { complain, red, say } from '../local/print';
import { picture } from './baseline/picture';
import { replay } from './baseline/replay';
import { SHAPES } from './baseline/simulate';
import { docs, writeInto } from './document';

const SEEDS = [1, 2, 3, 4, 5, 6];
/** Learning takes 14 days; the month after it. */
const LEARNING = 14;
const MONTH = LEARNING + 30;
const DEPLOYMENT = 30;
/** The first day of an attack: the one after learning, or a Wednesday two days later for what comes slowly. */
const AT_ONCE = 15;
const FROM = 16;
const LONGEST = 45;
const SLOPES = [1, 2, 3, 5, 10, 20];

type Row = {
  readonly shape: string;
  readonly falseAlarms: number;
  readonly caught: number;
  /** Days until each slope was caught, in the worst of the months that it was; null where in one it was not. */
  readonly days: readonly (number | null)[];
};

const rise =
  (slope: number) =>
  (day: number): number =>
    day >= FROM ? (1 + slope / 100) ** (day - FROM + 1) - 1 : 0;

const daysUntilCaught = (shape: string, seed: number, slope: number): number | null => {
  const { alarms } = replay({ shape, seed, days: FROM + LONGEST, attack: rise(slope) });
  const first = alarms.find(({ day, rule }) => day >= FROM && rule.startsWith('baseline-volume'));
  return first === undefined ? null : first.day - FROM + 1;
};

const worst = (days: readonly (number | null)[]): number | null =>
  days.reduce<number | null>((most, day) => (most === null || day === null ? null : Math.max(most, day)), 0);

const measure = (shape: string): Row => {
  const quiet = SEEDS.map(
    (seed) => replay({ shape, seed, days: MONTH, deployment: DEPLOYMENT }).alarms.length,
  );
  const caught = SEEDS.filter((seed) =>
    replay({
      shape,
      seed,
      days: AT_ONCE + 2,
      attack: (day, hour) => (day === AT_ONCE && hour === 12 ? 100 : 0),
    }).alarms.some(({ day, rule }) => day === AT_ONCE && rule.startsWith('baseline-volume')),
  );
  return {
    shape,
    falseAlarms: quiet.reduce((sum, count) => sum + count, 0) / SEEDS.length,
    caught: caught.length,
    days: SLOPES.map((slope) => worst(SEEDS.map((seed) => daysUntilCaught(shape, seed, slope)))),
  };
};

const tableOf = (rows: readonly Row[]): string =>
  [
    `| what the function does | false alarms in 30 days | 100 times its mean, in one hour of the day after learning | ${SLOPES.map((slope) => `+${slope} % a day`).join(' | ')} |`,
    `| --- | ---: | ---: | ${SLOPES.map(() => '---:').join(' | ')} |`,
    ...rows.map(
      ({ shape, falseAlarms, caught, days }) =>
        `| ${shape} | ${falseAlarms.toFixed(1)} | caught in ${caught} of ${SEEDS.length} | ${days.map((day) => (day === null ? `not in ${LONGEST}` : `${day}`)).join(' | ')} |`,
    ),
  ].join('\n');

const program = new Command('bench:baseline')
  .description('false alarms of the behaviour baselines, and when they catch whom, over simulated months')
  .option('--write', 'puts the table and the picture into docs/')
  .action(async ({ write: isWritten = false }: { write?: boolean }) => {
    const rows: Row[] = [];
    for (const shape of Object.keys(SHAPES)) {
      say(`simulating: ${shape}`);
      rows.push(measure(shape));
    }
    const text = tableOf(rows);
    say(text);
    if (!isWritten) return;
    await writeInto('baseline.md', 'bench:baseline', text);
    await writeFile(docs('baseline.svg'), picture());
  });

program.parseAsync().catch((error: unknown) => {
  complain(red(error instanceof Error ? error.message : String(error)));
  process.exitCode = 1;
});
