import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import { complain, elapsed, red, say } from '../local/print';
import { gatherFailures, gatherLines, measureGather } from './evidenceGather';
import { measureVerify, verifyFailures, verifyLines } from './evidenceVerify';

type Options = {
  readonly only?: string;
  readonly gigabytes: number;
  readonly rounds: number;
  readonly packageMegabytes: number;
  readonly logLines: number;
  readonly incidents: number;
  readonly quick?: boolean;
  readonly json?: string;
};

/** What one part measured: for a terminal, for a file, and what is not as it should be. */
type Measured = { readonly lines: string; readonly data: unknown; readonly failures: readonly string[] };

/** One thing that is measured. To add one: a file that measures, and its line in {@link PARTS}. */
type Part = {
  readonly id: string;
  readonly title: string;
  readonly measure: (options: Options, progress: (text: string) => void) => Promise<Measured>;
};

const PARTS: readonly Part[] = [
  {
    id: 'gather',
    title: 'Gathering a package at Lambda’s limit and its logs, beside a plain copy of the same bytes',
    measure: async (options, progress) => {
      const data = await measureGather(options, progress);
      return { data, lines: gatherLines(data), failures: gatherFailures(data, options) };
    },
  },
  {
    id: 'verify',
    title: 'Verifying a bundle, beside sha256sum over the same files',
    measure: async (options, progress) => {
      const data = await measureVerify(options, progress);
      return { data, lines: verifyLines(data), failures: verifyFailures(data) };
    },
  },
];

const QUICK = { gigabytes: 0.5, rounds: 1, packageMegabytes: 20, logLines: 20_000, incidents: 1 } as const;

const above = (text: string): number => {
  const number = Number(text);
  if (!Number.isFinite(number) || number <= 0) throw new InvalidArgumentError('It must be a number above 0.');
  return number;
};
const count = (text: string): number => {
  const number = above(text);
  if (!Number.isInteger(number)) throw new InvalidArgumentError('It must be a whole number.');
  return number;
};

new Command('bench:evidence')
  .description('how fast evidence is gathered and verified, beside the plainest tool for it')
  .addOption(new Option('--only <part>', 'one part alone').choices(PARTS.map(({ id }) => id)))
  .option('--gigabytes <n>', 'the size of the bundle that is verified', above, 4)
  .option('--rounds <n>', 'how often each command is run', count, 5)
  .option('--package-megabytes <n>', 'the size of the package that is gathered, in MiB', count, 250)
  .option('--log-lines <n>', 'how many log lines are gathered', count, 1_000_000)
  .option('--incidents <n>', 'how often the time to the first sealed manifest is measured', count, 5)
  .option('--quick', 'little, once: whether it runs, not how fast')
  .option('--json <file>', 'write the results to a file as well')
  .action(async (given: Options) => {
    const options = given.quick ? { ...given, ...QUICK } : given;
    const from = Date.now();
    const [cpu] = cpus();
    const machine = `${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node.js ${process.version}`;
    const results: Record<string, unknown> = { machine };
    const wrong: string[] = [];
    const pages = [`Machine: ${machine}`];
    for (const { id, title, measure } of PARTS.filter((part) => (options.only ?? part.id) === part.id)) {
      const { lines, data, failures } = await measure(options, (text) => say(`${elapsed(from)}  ${text}`));
      results[id] = data;
      wrong.push(...failures);
      pages.push(`${title}\n\n${lines}`);
    }
    say(`\n\n${pages.join('\n\n\n')}\n`);
    if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(results, null, 2)}\n`);
    for (const text of wrong) complain(red(text));
    process.exitCode = wrong.length === 0 ? 0 : 1;
  })
  .parseAsync()
  .catch((error: unknown) => {
    complain(red(error instanceof Error ? (error.stack ?? error.message) : String(error)));
    process.exitCode = 1;
  });
