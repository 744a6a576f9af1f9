import { Command } from 'commander';
import { complain, red, say } from '../local/print';
import { CORPUS, readCorpus } from './detection/corpus';
import { type Cost, invocationCost, measureCost } from './detection/cost';
import { type LineScore, scoreLines as scoreLogLines } from './detection/lines';
import { type Score, score } from './detection/score';
import { measureThroughput, type Throughput } from './detection/throughput';
import { writeInto } from './document';

/** A stated account: what its functions call a day beside data events (`--calls`). */
const FUNCTIONS = 2000;

const percent = (part: number, all: number): string =>
  all === 0 ? 'none' : `${((100 * part) / all).toFixed(1)} %`;

const listed = (lines: readonly string[]): string =>
  lines.length === 0 ? 'None.' : lines.map((line) => `- ${line}`).join('\n');

const scoreLines = ({
  techniques,
  positives,
  negatives,
  ordinary,
  outside,
}: Score): string => `| measured on recorded events | of | result | goal |
| --- | ---: | ---: | ---: |
| attack techniques with at least one alert | ${techniques.all} | ${percent(techniques.alerted, techniques.all)} | 95 % |
| labelled positives that fall in a row, alerted | ${positives.all} | ${percent(positives.alerted, positives.all)} | 90 % |
| negatives of a named rule, silent | ${negatives.all} | ${percent(negatives.silent, negatives.all)} | |
| alerts per 1,000 ordinary events | ${ordinary.all} | ${((1000 * ordinary.alerts.length) / Math.max(1, ordinary.all)).toFixed(1)} | at most 5 |

Techniques without an alert:

${listed(techniques.missed)}

Positives of a row without an alert, and why:

${listed(positives.missed)}

Negatives with an alert (each is a negative for one named rule of others, not an ordinary event):

${listed(negatives.fired)}

Ordinary events with an alert:

${listed(ordinary.alerts)}

Positives that fall in no row:

${listed([...outside].map(([rule, { count, because }]) => `${rule} (${count}): ${because}`))}`;

const throughputLines = ({ rules, ours, peer }: Throughput): string =>
  `One core judges ${Math.round(ours).toLocaleString('en')} events a second with ${rules} rules, from lines of JSON; json-rules-engine with as many ${Math.round(peer).toLocaleString('en')}: ${(ours / peer).toFixed(0)} times as many.`;

const costLines = ({ events, woken, dollarsPerMillion, byFunctions }: Cost, calls: number): string => {
  const daily = FUNCTIONS * calls;
  return `Of ${events} ordinary events ${woken} wake the detector: ${dollarsPerMillion.toFixed(3)} US dollars for a million recorded calls. Of the ${byFunctions.events} calls among them that functions made ${byFunctions.woken} do. Recorded events hold too few of those to say how many of a function's calls wake it. If all did, an account of ${FUNCTIONS.toLocaleString('en')} functions that make ${calls.toLocaleString('en')} calls a day each (data events apart) would have ${Math.round(daily).toLocaleString('en')} invocations of the detector a day, at ${invocationCost(daily).toFixed(2)} US dollars: no more than that. An execution of the playbook begins for alerts about functions alone.`;
};

const lineLines = ({
  categories,
  ordinary,
  megabytesPerSecond,
}: LineScore): string => `Derived: requests of the OWASP Core Rule Set's tests, as a function would log them. That set judges requests and fires on a bare \`XOR\` or \`;ps\`, on which these rules are silent by intent: a log has them every day.

| attack | requests | found in the line |
| --- | ---: | ---: |
${categories.map(({ category, all, found }) => `| ${category} | ${all} | ${percent(found, all)} |`).join('\n')}

Of ${ordinary.all.toLocaleString('en')} recorded lines of ordinary logs ${ordinary.found.length} have a sign. One core looks at ${megabytesPerSecond.toFixed(0)} MB of such lines a second.`;

const main = async ({
  write = false,
  calls,
}: {
  readonly write?: boolean;
  readonly calls: string;
}): Promise<void> => {
  const records = await readCorpus('cloudtrail.jsonl');
  if (records.length === 0) throw new Error(`there are no recorded events at ${CORPUS}`);
  const scored = score(records);
  const cost = measureCost(records.filter(({ label }) => label === 'benign'));
  const throughput = await measureThroughput(
    records.map(({ event }) => event),
    20,
  );
  const lines = scoreLogLines(await readCorpus('http.jsonl'), [
    ...(await readCorpus('lambdalog.jsonl')),
    ...(await readCorpus('cwlogs.jsonl')),
  ]);
  const text = [
    scoreLines(scored),
    lineLines(lines),
    throughputLines(throughput),
    costLines(cost, Number(calls)),
  ].join('\n\n');
  say(text);
  if (write) await writeInto('detections.md', 'bench:detection', text);
  const { techniques, positives, ordinary } = scored;
  if (
    techniques.alerted < 0.95 * techniques.all ||
    positives.alerted < 0.9 * positives.all ||
    ordinary.alerts.length > 0.005 * ordinary.all
  )
    throw new Error('a goal is not met');
};

new Command('bench:detection')
  .description(
    'what the rules catch of recorded attacks, what they say of ordinary events, how fast, at what cost',
  )
  .option('--write', 'into docs/detections.md')
  .option('--calls <n>', 'calls a day of one function', '1000')
  .action(main)
  .parseAsync()
  .catch((error: unknown) => {
    complain(red(error instanceof Error ? error.message : String(error)));
    process.exitCode = 1;
  });
