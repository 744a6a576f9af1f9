import { NO_BASELINE } from '../../shared/detection/baseline/baseline';
import { judge } from '../../shared/detection/baseline/judge';
import { learn } from '../../shared/detection/baseline/learn';
import { simulate } from './simulate';

/*
 * One simulated function, day by day: what it read itself, what an intruder read beside it from the day after learning
 * on, 5 % more each day, and the day on which that was told.
 */

const SHAPE = 'day and night';
const SEED = 1;
const DAYS = 40;
const FROM = 16;
const LEARNED = 14;
const SLOPE = 0.05;

const DAY_MS = 86_400_000;
const START = Date.parse('2026-03-02T00:00:00Z');

type Day = { own: number; stolen: number; rules: string[] };

const days = (): readonly Day[] => {
  const all: Day[] = Array.from({ length: DAYS }, () => ({ own: 0, stolen: 0, rules: [] }));
  let baseline = NO_BASELINE;
  const attack = (day: number): number => (day >= FROM ? (1 + SLOPE) ** (day - FROM + 1) - 1 : 0);
  for (const { attacked, ...observation } of simulate({ shape: SHAPE, seed: SEED, days: DAYS, attack })) {
    const day = all[Math.floor((observation.time - START) / DAY_MS)];
    if (day === undefined) continue;
    if (observation.kind === 'call') day[attacked ? 'stolen' : 'own'] += observation.reads;
    // Told on the day on which it is judged, once the day before is over.
    day.rules.push(...judge(baseline, observation).map(({ rule }) => rule));
    baseline = learn(baseline, observation);
  }
  return all;
};

const [WIDTH, HEIGHT, LEFT, TOP, BOTTOM] = [880, 300, 64, 40, 44];
const INK = '#1f2937';
const GREY = '#6b7280';

const text = (x: number, y: number, said: string, more = ''): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${said}</text>`;

/** The picture of docs/baseline.md, as SVG. */
export const picture = (): string => {
  const all = days();
  const most = Math.ceil(Math.max(...all.map(({ own, stolen }) => own + stolen)) / 10_000) * 10_000;
  const step = (WIDTH - LEFT - 16) / DAYS;
  const high = HEIGHT - TOP - BOTTOM;
  const x = (day: number): number => LEFT + day * step;
  const y = (amount: number): number => TOP + high * (1 - amount / most);
  const bars = all.flatMap(({ own, stolen }, day) => [
    `<rect x="${(x(day) + 1.5).toFixed(1)}" y="${y(own).toFixed(1)}" width="${(step - 3).toFixed(1)}" height="${(y(0) - y(own)).toFixed(1)}" fill="#93c5fd"/>`,
    ...(stolen === 0
      ? []
      : [
          `<rect x="${(x(day) + 1.5).toFixed(1)}" y="${y(own + stolen).toFixed(1)}" width="${(step - 3).toFixed(1)}" height="${(y(own) - y(own + stolen)).toFixed(1)}" fill="#dc2626"/>`,
        ]),
  ]);
  const told = all.findIndex(({ rules }, day) => day >= FROM && rules.length > 0);
  const line = (day: number, said: string, colour: string, anchor: string): string =>
    `<line x1="${x(day).toFixed(1)}" x2="${x(day).toFixed(1)}" y1="${TOP - 8}" y2="${y(0).toFixed(1)}" stroke="${colour}" stroke-width="1.5" stroke-dasharray="4 3"/>${text(x(day) + (anchor === 'end' ? -5 : 5), TOP - 12, said, `text-anchor="${anchor}" fill="${colour}"`)}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="Helvetica, Arial, sans-serif" font-size="12" fill="${INK}" role="img" aria-label="Reads a day of a simulated function, and of an intruder who takes 5 % more each day">
<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>
${[0, 0.5, 1]
  .map(
    (part) =>
      `<line x1="${LEFT}" x2="${WIDTH - 16}" y1="${y(most * part).toFixed(1)}" y2="${y(most * part).toFixed(1)}" stroke="#e5e7eb"/>${text(LEFT - 8, y(most * part) + 4, Math.round(most * part).toLocaleString('en-US'), `text-anchor="end" fill="${GREY}"`)}`,
  )
  .join('\n')}
${bars.join('\n')}
${line(LEARNED, 'learned', GREY, 'end')}
${line(FROM, 'the intruder begins', '#dc2626', 'start')}
${told === -1 ? '' : line(told, `told on day ${told - FROM + 1}`, INK, 'start')}
${[0, 7, 14, 21, 28, 35].map((day) => text(x(day) + step / 2, HEIGHT - BOTTOM + 18, `day ${day + 1}`, `text-anchor="middle" fill="${GREY}"`)).join('\n')}
${text(LEFT, HEIGHT - 8, `reads a day of a simulated function (${SHAPE}); in red those of an intruder, ${SLOPE * 100} % more each day`, `fill="${GREY}"`)}
</svg>
`;
};
