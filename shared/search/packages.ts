import { GetFunctionCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { download } from '../evidence/code/download';
import { inventoryOf } from '../investigation/inventory';
import type { Patience, Read } from './facts';
import type { Listed, LookedInto } from './match';

/** How many other packages one search opens, the most recently changed first. */
export const MOST_PACKAGES = 25;
/** In bytes: what is larger is not fetched. A package is held in memory, never on a disk. */
export const LARGEST_PACKAGE = 64 * 1024 * 1024;

export type PackageTools = Patience & {
  readonly lambda: LambdaClient;
  readonly fetch: typeof globalThis.fetch;
};

/** Reads a stream up to so many bytes: what Lambda says of a size is not believed. Throws where there are more. */
const bounded = async (body: AsyncIterable<unknown>): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += (chunk as Buffer).length;
    if (size > LARGEST_PACKAGE) throw new RangeError(`it has more than ${LARGEST_PACKAGE} bytes`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
};

const lookInto = async (one: Listed, { lambda, fetch, signal }: PackageTools): Promise<LookedInto> => {
  const askForLink = async () => {
    const { Code } = await lambda.send(new GetFunctionCommand({ FunctionName: one.functionArn }), {
      abortSignal: signal,
    });
    return Code?.Location;
  };
  const body = await download(one.functionName, askForLink, { fetch, signal });
  const { files, dependencies } = await inventoryOf(await bounded(body));
  // A program alone is ordinary in code and layers.
  const marked = [...files.values()].filter(({ marks }) => marks.some(({ id }) => id !== 'binary'));
  return {
    functionArn: one.functionArn,
    dependencies: new Set(dependencies.map(({ name, version }) => `${name}@${version}`)),
    marked: new Set(marked.map(({ sha256 }) => sha256)),
    hosts: new Set(marked.flatMap(({ hosts }) => hosts.map(({ value }) => value))),
  };
};

/** Looks into the packages of other functions, one after the other: each is let go before the next is fetched. */
export const lookIntoPackages = async (
  functions: readonly Listed[],
  tools: PackageTools,
): Promise<Read<LookedInto>> => {
  // The same bytes are fetched once.
  const seen = new Map<string, LookedInto>();
  const found: LookedInto[] = [];
  let failed = 0;
  let large = 0;
  let left = 0;
  for (const one of functions.toSorted((a, b) => b.lastModified.localeCompare(a.lastModified))) {
    const same = seen.get(one.codeSha256);
    if (same !== undefined) found.push({ ...same, functionArn: one.functionArn });
    else if (one.codeSize > LARGEST_PACKAGE) large += 1;
    else if (tools.isOverdue() || seen.size + failed >= MOST_PACKAGES) left += 1;
    else
      try {
        const looked = await lookInto(one, tools);
        if (one.codeSha256 !== '') seen.set(one.codeSha256, looked);
        found.push(looked);
      } catch (error) {
        if (tools.signal.aborted) throw error;
        failed += 1;
      }
  }
  return {
    found,
    gaps: [
      ...(left === 0 ? [] : [`packages of ${left} functions that were changed longer ago`]),
      ...(large === 0
        ? []
        : [`packages of ${large} functions that are larger than ${LARGEST_PACKAGE} bytes`]),
      ...(failed === 0 ? [] : [`packages of ${failed} functions that could not be read (images among them)`]),
    ],
  };
};
