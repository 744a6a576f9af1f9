import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type MadeBundle, makeBundle } from './evidenceBundle';
import { percentile, ratio } from './statistics';
import { table } from './table';

export type VerifyOptions = {
  readonly gigabytes: number;
  /** How often each of the two is run; they take turns. */
  readonly rounds: number;
};

type Run = { readonly seconds: number; readonly peakBytes: number | null };

export type VerifyResults = {
  readonly bytes: number;
  readonly files: number;
  readonly verify: readonly Run[];
  readonly sha256sum: readonly Run[];
};

/** What `verify` may take, in times of `sha256sum` over the same files. */
const GOAL = 1.3;
const root = resolve(__dirname, '..');

/** A command did not do what is measured. */
class BenchFailed extends Error {
  override readonly name = 'BenchFailed';
}

const timed = (
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd: string,
): Promise<number> =>
  new Promise((done, failed) => {
    const began = process.hrtime.bigint();
    let complaint = '';
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.on('data', (text: Buffer) => {
      complaint = `${complaint}${text}`.slice(-2000);
    });
    child.on('error', failed);
    child.on('close', (code) => {
      const seconds = Number(process.hrtime.bigint() - began) / 1e9;
      if (code === 0) done(seconds);
      else failed(new BenchFailed(`${command} ended with ${code}: ${complaint}`));
    });
  });

/** The command as users run it, from the start of the process to its end. */
const verify = async ({ dir, fingerprint }: MadeBundle, scratch: string): Promise<Run> => {
  const rss = join(scratch, 'rss');
  const args = [
    '--require',
    join(root, 'bench', 'maxRss.cjs'),
    join(root, 'bin', 'tourniquet.cjs'),
    'evidence',
    'verify',
    dir,
    '--trust',
    fingerprint,
  ];
  const env = { PATH: process.env.PATH, XDG_STATE_HOME: scratch, TOURNIQUET_BENCH_RSS: rss };
  const seconds = await timed(process.execPath, args, env, root);
  return { seconds, peakBytes: Number(await readFile(rss, 'utf8')) };
};

/** One process over all files: no less than anybody needs who has nothing but a list of digests. */
const sha256sum = async ({ dir, paths }: MadeBundle): Promise<Run> => ({
  seconds: await timed('sha256sum', ['--', ...paths], { PATH: process.env.PATH }, dir),
  peakBytes: null,
});

const MEGABYTE = 1_000_000;

/** Some large ones, as packages and logs are, and some hundred small ones: a tenth of the bytes. */
const sizesOf = (gigabytes: number): readonly number[] => {
  const bytes = gigabytes * 1000 * MEGABYTE;
  const small = Math.round(bytes / 10 / MEGABYTE);
  const large = (bytes * 0.9) / 4;
  return [
    ...Array.from({ length: 4 }, () => Math.round(large)),
    ...Array.from({ length: small }, () => MEGABYTE),
  ];
};

/** Measures `evidence verify` beside `sha256sum`, in turn, over the same files, which the system has in its memory. */
export const measureVerify = async (
  { gigabytes, rounds }: VerifyOptions,
  progress: (text: string) => void,
): Promise<VerifyResults> => {
  const scratch = await mkdtemp(join(tmpdir(), 'tourniquet-bench-'));
  try {
    progress(`Writing a bundle of ${gigabytes} GB`);
    const bundle = await makeBundle(join(scratch, 'bundle'), sizesOf(gigabytes));
    // Both once, uncounted: the first to read would pay for the disk.
    await sha256sum(bundle);
    await verify(bundle, scratch);
    const results = { verify: [] as Run[], sha256sum: [] as Run[] };
    for (let round = 1; round <= rounds; round++) {
      progress(`Verifying, round ${round} of ${rounds}`);
      results.verify.push(await verify(bundle, scratch));
      results.sha256sum.push(await sha256sum(bundle));
    }
    return { bytes: bundle.bytes, files: bundle.paths.length, ...results };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
};

const secondsOf = (runs: readonly Run[]): readonly number[] => runs.map(({ seconds }) => seconds);
const hundredth = (value: number): number => Math.round(value * 100) / 100;
const times = ({ verify: ours, sha256sum: theirs }: VerifyResults): number =>
  ratio(percentile(secondsOf(ours), 50), percentile(secondsOf(theirs), 50));

export const verifyLines = (results: VerifyResults): string => {
  const { bytes, files, verify: ours, sha256sum: theirs } = results;
  const row = (name: string, runs: readonly Run[]) => {
    const middle = percentile(secondsOf(runs), 50);
    return [
      name,
      runs.length,
      hundredth(Math.min(...secondsOf(runs))),
      hundredth(middle),
      hundredth(Math.max(...secondsOf(runs))),
      Math.round(bytes / middle / MEGABYTE),
    ];
  };
  const peak = Math.max(...ours.map(({ peakBytes }) => peakBytes ?? 0));
  return [
    `${hundredth(bytes / 1e9)} GB in ${files} files`,
    table(
      ['command', 'runs', 'least s', 'median s', 'most s', 'MB/s'],
      [row('evidence verify', ours), row('sha256sum', theirs)],
    ),
    `verify: ${times(results)} times sha256sum at the median; goal: at most ${GOAL}`,
    `peak resident memory of verify: ${Math.round(peak / MEGABYTE)} MB`,
  ].join('\n');
};

/** What is said to be so and is not. */
export const verifyFailures = (results: VerifyResults): readonly string[] =>
  times(results) > GOAL
    ? [`verify took ${times(results)} times as long as sha256sum; the goal is ${GOAL}`]
    : [];
