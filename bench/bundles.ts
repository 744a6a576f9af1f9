import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { root } from '../local/aws/state';
import { bundle } from './package';
import { eachOf } from './statistics';

/** The functions on the way from the event to the throttled function, and what they may weigh without the SDK. */
export const HOT = ['assess', 'contain'] as const;
export const MOST_WITHOUT_SDK = 100 * 1024;

export type Weight = {
  readonly name: string;
  readonly total: number;
  readonly sdk: number;
  readonly own: number;
  readonly dependencies: number;
};

/** The SDK is its clients and all that they alone bring: its core, its signer, and what those depend on. */
const SDK = /node_modules\/(?:@aws-sdk|@smithy|@aws-crypto|@aws|bowser|mnemonist|obliterator|tslib)\//;

const weigh = (name: string, { outputs }: Metafile): Weight => {
  const [output] = Object.values(outputs);
  const inputs = Object.entries(output?.inputs ?? {});
  const bytesOf = (isWanted: (path: string) => boolean): number =>
    inputs.filter(([path]) => isWanted(path)).reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
  const sdk = bytesOf((path) => SDK.test(path));
  const dependencies = bytesOf((path) => path.includes('node_modules/') && !SDK.test(path));
  const total = output?.bytes ?? 0;
  // What binds the modules together counts as ours.
  return { name, total, sdk, dependencies, own: total - sdk - dependencies };
};

/** What functions weigh, bundled as they are shipped: every one, or some. */
export const weighBundles = async (only?: readonly string[]): Promise<readonly Weight[]> => {
  const names = (await readdir(join(root, 'functions')))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.replace(/\.ts$/, ''))
    .filter((name) => only?.includes(name) ?? true);
  return eachOf(names.toSorted(), 2, async (name) =>
    weigh(name, (await bundle(`functions/${name}.ts`)).metafile),
  );
};

export const withoutSdk = ({ own, dependencies }: Weight): number => own + dependencies;

/** The hot functions that weigh more than they may. */
export const tooHeavy = (weights: readonly Weight[]): readonly Weight[] =>
  weights.filter(
    (weight) => HOT.some((name) => name === weight.name) && withoutSdk(weight) > MOST_WITHOUT_SDK,
  );
