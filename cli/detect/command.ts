import { once } from 'node:events';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { bold, complain, dim, red, tame } from '../../local/print';
import { ALERT } from '../../shared/detection/judge';
import { MODES, type Mode } from '../../shared/policy/mode';
import { detector, type Outcome, type Raised } from './detect';
import { readEvents } from './readEvents';

type Options = {
  readonly json?: boolean;
  readonly all?: boolean;
  readonly mode: Mode;
  readonly deployer: readonly string[];
  readonly account: readonly string[];
  readonly region?: string;
};

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

const accountId = (value: string, before: readonly string[]): readonly string[] => {
  if (!/^\d{12}$/.test(value)) throw new InvalidArgumentError('It must be an account id of 12 digits.');
  return [...before, value];
};

/** The input could not be read, or not to its end. */
export class UnreadableError extends Error {
  override readonly name = 'UnreadableError';
}

const CODES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'this is a directory',
  EACCES: 'it may not be read',
  Z_BUF_ERROR: 'the gzip breaks off',
  Z_DATA_ERROR: 'the gzip is damaged',
};

const whyUnreadable = (error: unknown): string => {
  const { code = '', message = String(error) } = error as {
    readonly code?: string;
    readonly message?: string;
  };
  return CODES[code] ?? message;
};

/** Longer than any function's ARN; of what others wrote a line shows no more. */
const short = (text: string): string => tame(text).slice(0, 240);

const findingLine = ({
  rule,
  title,
  techniques,
  severity,
  suspect,
  disposition,
  because,
}: Raised): string => {
  const grade =
    severity >= ALERT ? bold(severity.toFixed(1).padStart(4)) : dim(severity.toFixed(1).padStart(4));
  const whose = suspect === null ? '' : `, ${short(suspect)}`;
  return `  ${grade}  ${title} (${rule}, ${techniques.join(' ')})${whose}\n        ${disposition}: ${because}`;
};

const page = ({ event, findings, error }: Outcome, all: boolean): string | null => {
  if (error !== null) return `${bold(`event ${event}`)}\n  ${red(short(error))}`;
  const shown = all ? findings : findings.filter(({ severity }) => severity >= ALERT);
  return shown.length === 0 ? null : [bold(`event ${event}`), ...shown.map(findingLine)].join('\n');
};

type Counts = { events: number; alerts: number; context: number; errors: number };

const count = (counts: Counts, { findings, error }: Outcome): void => {
  counts.events += 1;
  if (error !== null) counts.errors += 1;
  else if (findings.some(({ severity }) => severity >= ALERT)) counts.alerts += 1;
  else if (findings.length > 0) counts.context += 1;
};

/** Waits where whoever reads is slower than we write. */
const write = async (text: string): Promise<void> => {
  if (!process.stdout.write(`${text}\n`)) await once(process.stdout, 'drain');
};

/** More of the output is written at a time: one write a line would be most of the work. */
const TOGETHER = 500;
const PROGRESS_MS = 2000;

const run = async (
  path: string,
  { json = false, all = false, mode, deployer, account, region }: Options,
): Promise<void> => {
  const detect = detector({
    setting: { knownDeployers: deployer, ownAccounts: account },
    modes: { defaultMode: mode, modes: [] },
    region: region ?? null,
  });
  const counts: Counts = { events: 0, alerts: 0, context: 0, errors: 0 };
  let lines: string[] = [];
  let told = Date.now();
  try {
    for await (const read of readEvents(path)) {
      const outcome = detect(read);
      count(counts, outcome);
      const line = json ? JSON.stringify(outcome) : page(outcome, all);
      if (line !== null) lines.push(line);
      if (lines.length >= TOGETHER) await write(lines.splice(0).join('\n'));
      if (process.stderr.isTTY && counts.events % 1000 === 0 && Date.now() - told > PROGRESS_MS) {
        told = Date.now();
        complain(dim(`${counts.events} events read`));
      }
    }
  } catch (error) {
    throw new UnreadableError(
      `${short(path)}: ${whyUnreadable(error)}${counts.events === 0 ? '' : `; ${counts.events} events before that were read`}`,
    );
  } finally {
    if (lines.length > 0) await write(lines.splice(0).join('\n'));
    lines = [];
  }
  const { events, alerts, context, errors } = counts;
  const said = `${events} events: ${alerts} with alerts, ${context} with context alone${all || json || context === 0 ? '' : ' (--all shows it)'}, ${errors} that cannot be judged`;
  if (json) complain(dim(said));
  else await write(said);
};

export const addDetectCommand = (program: Command): void => {
  program
    .command('detect')
    .argument('<file>', 'events as JSON lines, a log file of CloudTrail, gzip of either; - is standard input')
    .description('what recorded events would raise, and what would be done: offline, without AWS')
    .option('--json', 'one JSON object per event, in order')
    .option('--all', `context too, not only alerts (severity ${ALERT} and above)`)
    .addOption(
      new Option('--mode <mode>', 'the mode of every function')
        .choices(MODES)
        .default('respond', 'respond: as far as it may ever go'),
    )
    .option(
      '--deployer <name>',
      'a principal known to deploy, by name or ARN; * is a wildcard; may be repeated',
      collect,
      [],
    )
    .option('--account <id>', "another account that is one's own; may be repeated", accountId, [])
    .option('--region <region>', 'the Region of log groups: their events do not say it')
    .action(run);
};
