import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import type { BuildOptions, Plugin } from 'esbuild';
import { cleanEnvironment } from '../local/aws/guard';
import { root } from '../local/aws/state';
import type { Instance } from '../local/instance';
import { HOT } from './bundles';
import { bundle } from './package';
import { percentile } from './statistics';

export type ColdStart = {
  readonly functionName: string;
  readonly variant: string;
  readonly bytes: number;
  /** Median of the time that a new process needs to load the module. */
  readonly milliseconds: number;
};

/** Code that is written for zod/mini runs on zod as well, which has all that zod/mini has. */
const wholeZod: Plugin = {
  name: 'whole-zod',
  setup: (build) => {
    build.onResolve({ filter: /^zod\/mini$/ }, ({ kind, resolveDir }) =>
      build.resolve('zod', { kind, resolveDir }),
    );
  },
};

export const SHIPPED = 'as shipped';
const VARIANTS: readonly { readonly name: string; readonly differently: BuildOptions }[] = [
  { name: SHIPPED, differently: {} },
  { name: "the runtime's own SDK", differently: { external: ['@aws-sdk/*', '@smithy/*'] } },
  { name: "the SDK's CommonJS modules", differently: { mainFields: ['main', 'module'] } },
  { name: 'zod, not zod/mini', differently: { plugins: [wholeZod] } },
  { name: 'names of classes minified', differently: { keepNames: false } },
];

const TIME = `const from = process.hrtime.bigint();
require(process.argv[1]);
process.stdout.write(String(Number(process.hrtime.bigint() - from) / 1e6));`;

/** How long a new process takes to load a module, in milliseconds. */
const load = async (path: string, env: NodeJS.ProcessEnv): Promise<number> => {
  const child = spawn(process.execPath, ['-e', TIME, path], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let answer = '';
  let complaint = '';
  child.stdout.on('data', (chunk: Buffer) => {
    answer += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const code = await new Promise<number | null>((settle) => child.once('close', settle));
  if (code !== 0) throw new Error(`${path} cannot be loaded: ${complaint.slice(0, 1000)}`);
  return Number(answer);
};

/**
 * How long the hot functions take to load, as shipped and otherwise. The variants take turns, so that all have the same
 * weather. The runtime's own SDK is stood in for by the installed one, which is read file by file as that is.
 */
export const measureColdStarts = async (
  { aws, clients }: Instance,
  runs: number,
  onRound: (done: number) => void,
): Promise<readonly ColdStart[]> => {
  const directory = join(root, '.local', 'bench', 'variants');
  await mkdir(directory, { recursive: true });
  const candidates = await Promise.all(
    HOT.flatMap((functionName) =>
      VARIANTS.map(async ({ name, differently }, index) => {
        const { code } = await bundle(`functions/${functionName}.ts`, differently);
        const path = join(directory, `${functionName}-${index}.js`);
        await writeFile(path, code);
        const { Environment } = await clients.lambda.send(
          new GetFunctionConfigurationCommand({ FunctionName: `tourniquet-local-${functionName}` }),
        );
        const env = { ...cleanEnvironment(aws), ...Environment?.Variables };
        return { functionName, variant: name, bytes: code.length, path, env, taken: [] as number[] };
      }),
    ),
  );
  for (let round = 0; round < runs; round++) {
    for (const { path, env, taken } of candidates) taken.push(await load(path, env));
    onRound(round + 1);
  }
  return candidates.map(({ functionName, variant, bytes, taken }) => ({
    functionName,
    variant,
    bytes,
    milliseconds: percentile(taken, 50),
  }));
};
