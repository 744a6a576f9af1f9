import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { down, up } from '../local/instance';
import { complain, elapsed, red, say } from '../local/print';
import { tooHeavy, weighBundles } from './bundles';
import { measureColdStarts } from './coldStart';
import { readCriticalPath } from './criticalPath';
import { containFleet } from './fleet';
import { measureLatencies } from './latency';
import { failures, type Results, render, weightLines } from './report';
import { deployBare, tourniquet } from './responders';

// Node 20 is enough for the locked SDK versions; functions are deployed on a current Node.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const INSTANCE = '.local/bench';

type Options = {
  readonly incidents: number;
  readonly fleet: number;
  readonly loads: number;
  readonly quick?: boolean;
  readonly bundles?: boolean;
  readonly json?: string;
};

const QUICK = { incidents: 3, fleet: 5, loads: 3 } as const;
/** Not counted: the first incidents of a new deployment meet nothing warm. */
const WARM_UP = 2;

const count = (text: string): number => {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new InvalidArgumentError('It must be a whole number of at least 1.');
  return number;
};

const measure = async ({ incidents, fleet, loads }: Options): Promise<Results> => {
  const from = Date.now();
  const progress = (text: string) => say(`${elapsed(from)}  ${text}`);
  // A new one: what an earlier run left behind would be measured with it.
  await down(INSTANCE);
  try {
    const instance = await up(INSTANCE, progress);
    const { clients } = instance;
    const ours = tourniquet(instance);
    const responders = [ours, await deployBare(instance)];
    const each = (what: string, of: number) => (done: number) => {
      if (done % Math.ceil(of / 5) === 0) progress(`${what}: ${done} of ${of}`);
    };

    await measureLatencies(clients, responders, 'warm', WARM_UP, each('Warming up', WARM_UP));
    const warm = await measureLatencies(clients, responders, 'warm', incidents, each('Warm', incidents));
    const cold = await measureLatencies(clients, responders, 'cold', incidents, each('Cold', incidents));
    progress('Recording the calls on the critical path');
    const path = await readCriticalPath(instance, ours);
    progress('Weighing the bundles');
    const weights = await weighBundles();
    const coldStarts = await measureColdStarts(instance, loads, each('Loading the variants', loads));
    progress(`Making ${fleet} functions`);
    let told = 0;
    const result = await containFleet(instance, ours, fleet, (throttled, contained) => {
      if (Date.now() - told < 5000) return;
      told = Date.now();
      progress(`A fleet: ${throttled} throttled, ${contained} contained`);
    });
    const [cpu] = cpus();
    return {
      machine: `${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node.js ${process.version}, the local AWS`,
      latencies: [...warm, ...cold],
      path,
      weights,
      coldStarts,
      fleet: result,
    };
  } finally {
    await down(INSTANCE);
    progress('Nothing is left running');
  }
};

/** Needs no AWS, and gives the same bytes on every machine. */
const weighAlone = async (): Promise<void> => {
  const weights = await weighBundles();
  say(weightLines(weights));
  process.exitCode = tooHeavy(weights).length === 0 ? 0 : 1;
};

new Command('bench:containment')
  .description('how fast, how heavy and how many: containment beside a bare responder, on the local AWS')
  .option('--incidents <n>', 'incidents for each responder, warm and again cold', count, 50)
  .option('--fleet <n>', 'functions that are reported at once', count, 200)
  .option('--loads <n>', 'how often each variant of a hot function is loaded', count, 15)
  .option('--quick', 'a few of each: whether it runs, not how fast')
  .option('--bundles', 'what the bundles weigh, and nothing else: nothing is deployed')
  .option('--json <file>', 'write the results to a file as well')
  .action(async (options: Options) => {
    if (options.bundles) return weighAlone();
    const results = await measure(options.quick ? { ...options, ...QUICK } : options);
    say(`\n\n${render(results)}\n`);
    if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(results, null, 2)}\n`);
    const wrong = failures(results);
    for (const text of wrong) complain(red(text));
    process.exitCode = wrong.length === 0 ? 0 : 1;
  })
  .parseAsync()
  .catch((error: unknown) => {
    complain(red(error instanceof Error ? (error.stack ?? error.message) : String(error)));
    process.exitCode = 1;
  });
