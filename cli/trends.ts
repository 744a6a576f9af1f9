import { bold, dim, tame } from '../local/print';
import { duration } from '../shared/report/duration';
import { MEANINGS, MEASURES } from '../shared/report/times';
import { OUTCOMES, type Trends } from '../shared/report/trends';

/** The longest bar; a week with more than that many incidents still has its number. */
const LONGEST = 40;
const CAUSES = 10;

const weekLines = (weeks: Trends['weeks']): readonly string[] => {
  const most = Math.max(1, ...weeks.map(({ count }) => count));
  return weeks.map(({ monday, count }) =>
    `  ${monday} ${String(count).padStart(4)} ${'█'.repeat(count === 0 ? 0 : Math.max(1, Math.round((count / Math.max(most, LONGEST)) * LONGEST)))}`.trimEnd(),
  );
};

const causeLine = ({ rule, techniques, count, falsePositives }: Trends['causes'][number]): string =>
  `  ${String(count).padStart(4)} ${tame(rule).slice(0, 80)}${techniques.length === 0 ? '' : ` (${techniques.join(', ')})`}${falsePositives === 0 ? '' : `, ${falsePositives} of them false positives`}`;

/** For people: the weeks, what was behind them, how they went out, how long they took. */
export const trendsPage = ({
  days,
  count,
  drills,
  weeks,
  causes,
  rootCauses,
  outcomes,
  times,
}: Trends): string => {
  const head = bold(
    `The last ${days} days: ${count} incident${count === 1 ? '' : 's'}${drills === 0 ? '' : `, and ${drills} drill${drills === 1 ? '' : 's'}, not counted`}`,
  );
  if (count === 0) return head;
  const left = causes.slice(CAUSES).reduce((sum, { count: of }) => sum + of, 0);
  return [
    head,
    '',
    'By week, from Monday (UTC)',
    ...weekLines(weeks),
    '',
    'Root causes, as the evidence makes them likeliest',
    ...rootCauses.map(({ cause, count: of }) => `  ${String(of).padStart(4)} ${tame(cause).slice(0, 80)}`),
    '',
    'Findings, by the rule of the gravest',
    ...causes.slice(0, CAUSES).map(causeLine),
    ...(left === 0 ? [] : [`  ${String(left).padStart(4)} of ${causes.length - CAUSES} other rules`]),
    '',
    `Outcomes: ${OUTCOMES.filter((name) => outcomes[name] > 0)
      .map((name) => `${outcomes[name]} ${name}`)
      .join(', ')}`,
    '',
    'Times',
    ...MEASURES.map((name) => {
      const spread = times[name];
      const took =
        spread === null
          ? 'in no record'
          : `mean ${duration(spread.mean)}, median ${duration(spread.median)}, of ${spread.count}`;
      return `  to ${name.padEnd(8)} ${took}  ${dim(MEANINGS[name])}`;
    }),
  ].join('\n');
};
