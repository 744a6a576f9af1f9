import type { EvidenceSummary } from '../incident/incident';
import { type CollectorInput, type CollectorTools, json, UNDO_ARTIFACT } from './collector';
import { COLLECTORS } from './collectors';
import { type Sealed, seal, type Vault } from './seal';

export type ManifestEntry =
  | ({
      readonly artifact: string;
      readonly source: string;
      readonly collectedAt: string;
      readonly completeness: string;
    } & Sealed)
  | { readonly collector: string; readonly missing: string };

export type Manifest = {
  readonly format: 'tourniquet-manifest/1';
  readonly incident: string;
  readonly function: string;
  readonly window: CollectorInput['window'];
  readonly gatheredAt: string;
  /** The manifest of the gathering before this one, if there was one. */
  readonly previous: string | null;
  readonly entries: readonly ManifestEntry[];
};

const explain = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/** Runs one collector and seals what it gives, under a prefix. */
export const runCollector = async (
  collector: (typeof COLLECTORS)[number],
  input: CollectorInput,
  tools: CollectorTools,
  vault: Vault,
  prefix: string,
): Promise<readonly ManifestEntry[]> => {
  const entries: ManifestEntry[] = [];
  try {
    for await (const { name, contentType, source, body, completeness } of collector.collect(input, tools)) {
      const sealed = await seal(vault, `${prefix}/${name}`, contentType, body);
      entries.push({
        artifact: name,
        source,
        collectedAt: vault.now().toISOString(),
        completeness: completeness?.() ?? 'complete',
        ...sealed,
      });
    }
  } catch (error) {
    // What one collector cannot get is said; it stops no other (invariant 8).
    entries.push({ collector: collector.id, missing: explain(error) });
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
  const manifest: Manifest = {
    format: 'tourniquet-manifest/1',
    incident: input.incident.id,
    function: input.suspect.arn,
    window: input.window,
    gatheredAt,
    previous: input.incident.evidence?.manifestKey ?? null,
    entries: results.flat(),
  };
  const sealed = await seal(vault, `${prefix}/manifest.json`, 'application/json', json(manifest));
  const undo = manifest.entries.find((entry) => 'artifact' in entry && entry.artifact === UNDO_ARTIFACT);
  return {
    manifest,
    summary: {
      bucket: vault.bucket,
      manifestKey: sealed.key,
      manifestVersionId: sealed.versionId,
      manifestSha256: sealed.sha256,
      artifacts: manifest.entries.filter((entry) => 'artifact' in entry).length,
      missing: manifest.entries.flatMap((entry) =>
        'missing' in entry ? [`${entry.collector}: ${entry.missing}`] : [],
      ),
      lockedUntil: sealed.lockedUntil,
      ...(undo !== undefined && 'key' in undo ? { undoKey: undo.key } : {}),
    },
  };
};
