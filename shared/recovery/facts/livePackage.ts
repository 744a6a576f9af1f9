import { GetFunctionCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { download } from '../../evidence/code/download';
import type { Incident } from '../../incident/incident';
import { inventoryOf } from '../../investigation/inventory';
import type { DependencyFacts, ReadPackage } from '../checks/dependency';

/** As the investigation bounds it: a package is held in memory while it is looked at. */
const MOST_BYTES = 256 * 1024 * 1024;
/** For the download and the look. */
const MOST_MS = 60_000;

type Tools = { readonly lambda: LambdaClient; readonly fetch: typeof fetch };

const read = async (FunctionName: string, { lambda, fetch }: Tools): Promise<ReadPackage> => {
  const signal = AbortSignal.timeout(MOST_MS);
  const ask = () => lambda.send(new GetFunctionCommand({ FunctionName }), { abortSignal: signal });
  const { Configuration } = await ask();
  if (Configuration?.PackageType === 'Image') throw new Error('it is an image, which is not looked into');
  const chunks: Buffer[] = [];
  let size = 0;
  const body = await download(FunctionName, async () => (await ask()).Code?.Location, { fetch, signal });
  for await (const chunk of body) {
    size += (chunk as Buffer).length;
    if (size > MOST_BYTES) throw new Error(`its package is larger than ${MOST_BYTES} bytes`);
    chunks.push(chunk as Buffer);
  }
  const { dependencies, files, unread } = await inventoryOf(Buffer.concat(chunks));
  return {
    dependencies: dependencies.map(({ name, version }) => `${name}@${version}`),
    files: new Set([...files.values()].map(({ sha256 }) => sha256)),
    unread,
  };
};

/**
 * The dependency that the evidence names, and the package that a release would start. The package is fetched only where
 * there is one to look for. Of a numbered version, which never changes, it is `$LATEST`, as for the code.
 */
export const dependencyFacts = async (
  { functionArn, qualifier, rootCause, remains }: Incident,
  tools: Tools,
): Promise<DependencyFacts> => {
  if (rootCause?.cause !== 'supply-chain' || rootCause.dependency === null) return null;
  const { dependency } = rootCause;
  const files = remains?.files ?? [];
  const alias = qualifier === null || /^\d+$/.test(qualifier) ? '' : `:${qualifier}`;
  try {
    return { dependency, files, live: await read(`${functionArn ?? ''}${alias}`, tools) };
  } catch (error) {
    return {
      dependency,
      files,
      live: { error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) },
    };
  }
};
