import type { Incident } from '../incident/incident';
import type { Suspect } from '../suspect/describe';
import {
  type Evidence,
  type Package,
  type Recorded,
  readCalls,
  readLayerArns,
  readOpenings,
  readSaid,
  readSample,
  readSeries,
  type SaidLine,
} from './evidenceOf';
import { type Inventory, inventoryOf } from './inventory';

/** How sealed artifacts are read. */
export type Source = {
  /** The names of all that was sealed, each once. */
  readonly names: readonly string[];
  readonly size: (artifact: string) => number;
  /** The newest piece of it, whole. */
  readonly bytes: (artifact: string) => Promise<Buffer>;
  /** The lines of all pieces of it, oldest first. */
  readonly lines: (artifact: string) => AsyncIterable<string>;
};

const MOST_PACKAGE_BYTES = 256 * 1024 * 1024;
const MOST_LAYERS = 5;

const PACKAGE = 'code/package.zip';
/** The newest published version with other code. */
const PREVIOUS = 'code/previous.zip';

const explain = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/** Reads what hypotheses are made of, one artifact after the other: a package is let go before the next is read. */
export const readEvidence = async (
  incident: Incident,
  suspect: Suspect,
  source: Source,
  knownDeployers: readonly string[],
): Promise<Evidence> => {
  const gaps: string[] = [];
  /** Null where it was not gathered, or cannot be read; which of the two is said. */
  const attempt = async <T>(artifact: string, work: () => Promise<T>): Promise<T | null> => {
    if (!source.names.includes(artifact)) {
      gaps.push(`${artifact} was not gathered`);
      return null;
    }
    try {
      return await work();
    } catch (error) {
      gaps.push(`${artifact} could not be read: ${explain(error)}`);
      return null;
    }
  };
  const readPackage = (artifact: string): Promise<Package | null> =>
    attempt(artifact, async () => {
      const size = source.size(artifact);
      if (size > MOST_PACKAGE_BYTES) throw new Error(`it is too large (${size} bytes)`);
      const inventory: Inventory = await inventoryOf(await source.bytes(artifact));
      for (const one of inventory.unread.slice(0, 10)) gaps.push(`${artifact}, ${one}`);
      if (inventory.unread.length > 10)
        gaps.push(`${artifact}, ${inventory.unread.length - 10} more entries`);
      return { artifact, inventory };
    });
  const calls = (artifact: string): Promise<readonly Recorded[] | null> =>
    attempt(artifact, async () => {
      const { calls: found, whole } = await readCalls(source.lines(artifact), artifact);
      if (!whole) gaps.push(`${artifact}: only its first ${found.length} calls were looked at`);
      return found;
    });
  const text = async (artifact: string): Promise<string> => (await source.bytes(artifact)).toString('utf8');

  const current = await readPackage(PACKAGE);
  const good = source.names.includes(PREVIOUS) ? await readPackage(PREVIOUS) : null;
  if (current !== null && good === null)
    gaps.push('there is no other version to compare the package with: what changed in the code is not known');
  const layers: Package[] = [];
  const sealedLayers = source.names.filter((name) => /^code\/layers\/.*\.zip$/.test(name));
  const configuration = 'configuration/function.json';
  const arns =
    sealedLayers.length === 0
      ? null
      : await attempt(configuration, async () => readLayerArns(await text(configuration)));
  for (const artifact of sealedLayers.slice(0, MOST_LAYERS)) {
    const layer = await readPackage(artifact);
    // The collector numbers them from 1, in the order of the configuration.
    const index = Number(/^code\/layers\/(\d+)-/.exec(artifact)?.[1] ?? 0) - 1;
    if (layer !== null) layers.push({ ...layer, arn: arns?.[index] ?? null });
  }
  const logs = 'behaviour/logs.jsonl';
  const said: readonly SaidLine[] | null = await attempt(logs, () => readSaid(source.lines(logs), logs));
  const metrics = 'behaviour/metrics.json';
  const access = 'configuration/access.json';
  const ledger = 'response/ledger.json';
  return {
    functionName: suspect.functionName,
    functionArn: suspect.arn,
    roleArn: incident.roleArn ?? suspect.roleArn,
    firstSign: firstSignOf(incident),
    knownDeployers,
    current,
    good,
    layers,
    management: await calls('behaviour/management-events.jsonl'),
    sessions: await calls('behaviour/role-sessions.jsonl'),
    said,
    logs: said === null ? null : logs,
    series: (await attempt(metrics, async () => readSeries(await text(metrics), metrics))) ?? [],
    openings: await attempt(access, async () => readOpenings(await text(access), access)),
    sample: (await attempt(ledger, async () => readSample(await text(ledger)))) === true ? ledger : null,
    gaps,
  };
};

const firstSignOf = ({ witnesses, openedAt }: Incident): string => {
  const times = Object.values(witnesses)
    .map(({ firstSeen }) => Date.parse(firstSeen))
    .filter((time) => !Number.isNaN(time));
  return new Date(times.length === 0 ? Date.parse(openedAt) : Math.min(...times)).toISOString();
};
