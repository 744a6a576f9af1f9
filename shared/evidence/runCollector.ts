import { setMaxListeners } from 'node:events';
import type { Json } from './canonical';
import type { BasicTools, Collector, CollectorInput } from './collector';
import type { ManifestEntry } from './manifest';
import { seal, type Vault } from './seal';

export type Run = {
  readonly entries: readonly ManifestEntry[];
  /** Where the collector goes on when it is called again; null where it is done. */
  readonly continueWith: Json | null;
};

const explain = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((settle) => {
    if (signal.aborted) settle();
    else signal.addEventListener('abort', () => settle(), { once: true });
  });

/**
 * Runs one collector and seals what it gives, under a prefix. What it cannot get is an entry of its own, and stops no
 * other collector (invariant 8); so is that it did not end in time. Then what it has sealed so far counts, and what it
 * may still give is in no manifest.
 */
export const runCollector = async <Tools extends BasicTools>(
  collector: Collector<Tools>,
  input: CollectorInput,
  tools: Tools,
  vault: Vault,
  prefix: string,
): Promise<Run> => {
  const entries: ManifestEntry[] = [];
  let continueWith: Json | null = null;
  const miss = (missing: string): ManifestEntry => ({
    collector: collector.id,
    missing,
    noticedAt: vault.now().toISOString(),
  });
  const work = async (): Promise<'ended'> => {
    try {
      for await (const artifact of collector.collect(input, tools)) {
        if ('continueWith' in artifact) {
          continueWith = artifact.continueWith;
          break;
        }
        const { name, contentType, source, body, completeness, requestIds, secret = false } = artifact;
        const sealed = await seal(vault, `${prefix}/${name}`, contentType, body, { secret });
        const ids = requestIds?.() ?? [];
        entries.push({
          artifact: name,
          source,
          ...(ids.length === 0 ? {} : { requestIds: [...ids] }),
          collectedAt: vault.now().toISOString(),
          completeness: completeness?.() ?? 'complete',
          ...sealed,
        });
      }
    } catch (error) {
      entries.push(miss(explain(error)));
    }
    return 'ended';
  };
  // Every call of every collector listens to it, and lets go when it is answered: many are no leak.
  setMaxListeners(0, tools.signal);
  const outcome = await Promise.race([work(), aborted(tools.signal)]);
  // A copy: one that hangs may come back, and the manifest is written by then.
  return outcome === 'ended'
    ? { entries: [...entries], continueWith }
    : { entries: [...entries, miss('it did not end in time, and was left behind')], continueWith: null };
};
