import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, GetObjectCommand } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { cleanEnvironment } from '../local/aws/guard';
import { root } from '../local/aws/state';
import { down, type Instance, up } from '../local/instance';
import { until } from '../local/until';
import { isPiece, type Manifest, type Piece } from '../shared/evidence/manifest';
import type { Incident } from '../shared/incident/incident';
import { findOpenIncident, getIncident, openIncident, type Records } from '../shared/incident/store';
import { makeLargeFunction, writeLogs } from './evidenceLarge';
import { bundle } from './package';
import { tourniquet } from './responders';
import { percentile } from './statistics';
import { makeSuspects, type Suspect } from './suspects';
import { table } from './table';

export type GatherOptions = {
  readonly packageMegabytes: number;
  readonly logLines: number;
  readonly incidents: number;
};

export type GatherResults = {
  /** Seconds from the containment of a function to the signed manifest over what vanishes first. */
  readonly volatile: readonly number[];
  readonly packageBytes: number;
  readonly logBytes: number;
  readonly logLines: number;
  readonly sealedBytes: number;
  /** Of each invocation, in seconds. */
  readonly invocations: readonly number[];
  readonly peakBytes: number;
  readonly copied: { readonly by: string; readonly up: number; readonly down: number };
  readonly missing: readonly string[];
};

const INSTANCE = '.local/bench-evidence';
/** The goal for the peak resident memory of the handler's process, in bytes. */
const MOST_MEMORY = 512 * 1024 * 1024;
const MEGABYTE = 1_000_000;

/** What is measured did not happen. */
class GatherFailed extends Error {
  override readonly name = 'GatherFailed';
}

const run = (
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ readonly seconds: number; readonly out: string }> =>
  new Promise((done, failed) => {
    const began = performance.now();
    let out = '';
    let complaint = '';
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (text: Buffer) => {
      out += text.toString();
    });
    child.stderr.on('data', (text: Buffer) => {
      complaint = `${complaint}${text}`.slice(-2000);
    });
    child.on('error', failed);
    child.on('close', (code) => {
      const seconds = (performance.now() - began) / 1000;
      if (code === 0) done({ seconds, out });
      else failed(new GatherFailed(`${command} ended with ${code}: ${complaint}`));
    });
  });

const recordsOf = ({ clients, stack }: Instance): Records => ({
  db: clients.db,
  table: stack.incidentTable,
  now: () => new Date(),
});

/** Whole incidents through the deployed playbook, one after the other. */
const measureVolatile = async (instance: Instance, incidents: number): Promise<readonly number[]> => {
  const records = recordsOf(instance);
  const suspects = await makeSuspects(instance.clients, incidents);
  const taken: number[] = [];
  for (const suspect of suspects) {
    await tourniquet(instance).report(suspect);
    const { containedAt, evidence } = await until(
      `${suspect.name} has evidence that is sealed`,
      120,
      async () => {
        const incident = await findOpenIncident(records, suspect.arn);
        return incident?.evidence?.volatileSealedAt === undefined ? null : incident;
      },
    );
    taken.push((Date.parse(evidence?.volatileSealedAt ?? '') - Date.parse(containedAt ?? '')) / 1000);
  }
  return taken;
};

/** The record that the playbook would have made of a function that was just contained. */
const openFor = async (instance: Instance, { name, arn, role }: Suspect): Promise<string> => {
  const now = new Date().toISOString();
  const id = `inc-${now.slice(0, 10).replaceAll('-', '')}-0123456789ab`;
  const { accountId, region } = instance.aws;
  const incident: Incident & { functionArn: string } = {
    id,
    status: 'contained',
    openedAt: now,
    containedAt: now,
    executionArn: 'none',
    functionArn: arn,
    functionName: name,
    accountId,
    region,
    qualifier: null,
    roleArn: role,
    logGroup: `/aws/lambda/${name}`,
    timeoutSeconds: 60,
    mode: 'respond',
    disposition: 'respond',
    because: [],
    witnesses: {},
    containment: 1,
    round: 1,
  };
  await openIncident(recordsOf(instance), incident, {}, 'opened by the benchmark');
  return id;
};

const piecesOf = async ({ clients, stack }: Instance, incident: Incident): Promise<readonly Piece[]> => {
  const pieces: Piece[] = [];
  for (const { key, versionId } of incident.evidence?.manifests ?? []) {
    const { Body } = await clients.s3.send(
      new GetObjectCommand({ Bucket: stack.evidenceBucket, Key: key, VersionId: versionId ?? undefined }),
    );
    const { entries } = JSON.parse((await Body?.transformToString()) ?? '') as Manifest;
    pieces.push(...entries.filter(isPiece));
  }
  return pieces;
};

/** The same bytes, from the bucket to a file and from the file to another bucket: no hash, no lock, no list. */
const copy = async (
  { aws, clients, stack }: Instance,
  pieces: readonly Piece[],
  scratch: string,
): Promise<GatherResults['copied']> => {
  const Bucket = 'bench-copies';
  await clients.s3.send(new CreateBucketCommand({ Bucket }));
  const cli = { PATH: process.env.PATH, ...cleanEnvironment(aws) };
  const hasCli = await run('aws', ['--version'], cli).then(
    () => true,
    () => false,
  );
  const fetchOne = async (key: string, path: string): Promise<number> => {
    if (hasCli)
      return (
        await run('aws', ['s3', 'cp', '--no-progress', `s3://${stack.evidenceBucket}/${key}`, path], cli)
      ).seconds;
    const began = performance.now();
    const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: stack.evidenceBucket, Key: key }));
    await pipeline(Body as Readable, createWriteStream(path));
    return (performance.now() - began) / 1000;
  };
  const putOne = async (path: string, key: string): Promise<number> => {
    if (hasCli)
      return (await run('aws', ['s3', 'cp', '--no-progress', path, `s3://${Bucket}/${key}`], cli)).seconds;
    const began = performance.now();
    await new Upload({
      client: clients.s3,
      params: { Bucket, Key: key, Body: createReadStream(path) },
    }).done();
    return (performance.now() - began) / 1000;
  };
  let upSeconds = 0;
  let downSeconds = 0;
  for (const [index, { key }] of pieces.entries()) {
    const path = join(scratch, `copy-${index}`);
    downSeconds += await fetchOne(key, path);
    upSeconds += await putOne(path, `${index}`);
    await rm(path);
  }
  return { by: hasCli ? 'aws s3 cp' : 'a streaming copy by the SDK', up: upSeconds, down: downSeconds };
};

/**
 * Gathers the evidence of a function at Lambda's limits with the handler as it is shipped, in a process of its own, as
 * the deployment configures it.
 */
export const measureGather = async (
  { packageMegabytes, logLines, incidents }: GatherOptions,
  progress: (text: string) => void,
): Promise<GatherResults> => {
  const scratch = await mkdtemp(join(tmpdir(), 'tourniquet-bench-'));
  await down(INSTANCE);
  try {
    const instance = await up(INSTANCE, progress);
    const { aws, clients } = instance;
    progress(`${incidents} incidents, from containment to what vanishes first sealed`);
    const volatile = await measureVolatile(instance, incidents);

    progress(`Making a package of ${packageMegabytes} MiB`);
    const suspect = await makeLargeFunction(clients, scratch, packageMegabytes);
    progress(`Writing ${logLines} log lines`);
    await writeLogs(clients, suspect.name, logLines);
    const id = await openFor(instance, suspect);
    const { code } = await bundle('functions/gatherEvidence.ts');
    const path = join(scratch, 'gatherEvidence.js');
    await writeFile(path, code);
    const { Environment } = await clients.lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: 'tourniquet-local-gatherEvidence' }),
    );
    const rss = join(scratch, 'rss');
    const env = { ...cleanEnvironment(aws), ...Environment?.Variables, TOURNIQUET_BENCH_RSS: rss };
    progress('Gathering');
    const preload = join(root, 'bench', 'maxRss.cjs');
    const runner = join(root, 'bench', 'gatherRunner.cjs');
    const { out } = await run(process.execPath, ['--require', preload, runner, path, id], env);
    const invocations = JSON.parse(out.trim().split('\n').at(-1) ?? '[]') as number[];

    const incident = await getIncident(recordsOf(instance), id);
    const pieces = await piecesOf(instance, incident);
    const sizeOf = (name: string) =>
      pieces.filter(({ artifact }) => artifact === name).reduce((sum, { size }) => sum + size, 0);
    const large = pieces.filter(({ artifact }) =>
      ['code/package.zip', 'behaviour/logs.jsonl'].includes(artifact),
    );
    progress('Copying the same bytes');
    const copied = await copy(instance, large, scratch);
    return {
      volatile,
      packageBytes: (await stat(join(scratch, 'large.zip'))).size,
      logBytes: sizeOf('behaviour/logs.jsonl'),
      logLines: await linesOf(instance, pieces),
      sealedBytes: pieces.reduce((sum, { size }) => sum + size, 0),
      invocations,
      peakBytes: Number(await readFile(rss, 'utf8')),
      copied,
      missing: incident.evidence?.missing ?? [],
    };
  } finally {
    await down(INSTANCE);
    await rm(scratch, { recursive: true, force: true });
  }
};

/** The lines that the artifacts hold, counted in them. */
const linesOf = async ({ clients, stack }: Instance, pieces: readonly Piece[]): Promise<number> => {
  let lines = 0;
  for (const { key, versionId } of pieces.filter(({ artifact }) => artifact === 'behaviour/logs.jsonl')) {
    const { Body } = await clients.s3.send(
      new GetObjectCommand({ Bucket: stack.evidenceBucket, Key: key, VersionId: versionId ?? undefined }),
    );
    for await (const chunk of Body as Readable)
      lines += (chunk as Buffer).toString('latin1').split('\n').length - 1;
  }
  return lines;
};

const hundredth = (value: number): number => Math.round(value * 100) / 100;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export const gatherLines = (results: GatherResults): string => {
  const { volatile, packageBytes, logBytes, logLines, invocations, peakBytes, copied } = results;
  const bytes = packageBytes + logBytes;
  const row = (name: string, seconds: number) => [
    name,
    hundredth(seconds),
    Math.round(bytes / seconds / MEGABYTE),
  ];
  return [
    `a package of ${Math.round(packageBytes / MEGABYTE)} MB and ${logLines} log lines (${Math.round(logBytes / MEGABYTE)} MB)`,
    table(
      ['what', 's', 'MB/s'],
      [
        row(`gatherEvidence, in ${invocations.length} invocation(s)`, sum(invocations)),
        row(`${copied.by}, up`, copied.up),
        row(`${copied.by}, down and up`, copied.up + copied.down),
      ],
    ),
    `peak resident memory of gatherEvidence: ${Math.round(peakBytes / 1024 / 1024)} MiB; goal: at most ${MOST_MEMORY / 1024 / 1024}`,
    `from containment to what vanishes first sealed, ${volatile.length} incidents: median ${hundredth(percentile(volatile, 50))} s, most ${hundredth(Math.max(...volatile))} s`,
    ...results.missing.map((text) => `not gathered: ${text}`),
  ].join('\n');
};

/** What is said to be so and is not. */
export const gatherFailures = (
  { peakBytes, packageBytes, sealedBytes, logLines, missing }: GatherResults,
  wanted: GatherOptions,
): readonly string[] => [
  ...(peakBytes > MOST_MEMORY
    ? [`gatherEvidence took ${Math.round(peakBytes / 1024 / 1024)} MiB; the goal is 512`]
    : []),
  ...(logLines === wanted.logLines
    ? []
    : [`${logLines} log lines were gathered; ${wanted.logLines} were written`]),
  ...(sealedBytes > packageBytes ? [] : ['the package was not sealed']),
  ...missing.map((text) => `not gathered: ${text}`),
];
