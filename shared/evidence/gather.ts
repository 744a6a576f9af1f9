import type { EvidenceSummary } from '../incident/incident';
import { type Collector, type CollectorInput, type CollectorTools, UNDO_ARTIFACT } from './collector';
import { COLLECTORS } from './collectors';
import { isPiece, type Manifest, type ManifestEntry } from './manifest';
import { seal, type Vault } from './seal';
import { sealManifest } from './sealManifest';

const explain = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/** Runs one collector and seals what it gives, under a prefix. */
export const runCollector = async <Tools>(
  collector: Collector<Tools>,
  input: CollectorInput,
  tools: Tools,
  vault: Vault,
  prefix: string,
): Promise<readonly ManifestEntry[]> => {
  const entries: ManifestEntry[] = [];
  try {
    for await (const artifact of collector.collect(input, tools)) {
      if ('continueWith' in artifact) throw new Error('there was no time for the rest');
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
    // What one collector cannot get is said; it stops no other (invariant 8).
    entries.push({
      collector: collector.id,
      missing: explain(error),
      noticedAt: vault.now().toISOString(),
    });
  }
  return entries;
};

/** Runs every collector, seals what they give, and seals the manifest that names it. */
export const gather = async (
  input: CollectorInput,
  tools: CollectorTools,
  vault: Vault,
): Promise<{ readonly manifest: Manifest; readonly summary: EvidenceSummary }> => {
  const gatheredAt = vault.now().toISOString();
  const prefix = `incidents/${input.incident.id}/${gatheredAt.replaceAll(/[-:.]/g, '')}`;
  const results = await Promise.all(
    COLLECTORS.map((collector) => runCollector(collector, input, tools, vault, prefix)),
  );
  const { manifest, ref, lockedUntil } = await sealManifest(vault, tools.records, input.incident, {
    kind: 'gathering',
    key: `${prefix}/manifest.json`,
    about: { gatheredAt, window: input.window, suspect: input.suspect.arn },
    entries: results.flat(),
  });
  const undo = manifest.entries.find((entry) => isPiece(entry) && entry.artifact === UNDO_ARTIFACT);
  return {
    manifest,
    summary: {
      bucket: vault.bucket,
      manifestKey: ref.key,
      manifestVersionId: ref.versionId,
      manifestSha256: ref.sha256,
      signedBy: manifest.signer.fingerprint,
      artifacts: manifest.entries.filter(isPiece).length,
      missing: manifest.entries.flatMap((entry) =>
        isPiece(entry) ? [] : [`${entry.collector}: ${entry.missing}`],
      ),
      lockedUntil,
      ...(undo !== undefined && isPiece(undo) ? { undoKey: undo.key } : {}),
    },
  };
};
