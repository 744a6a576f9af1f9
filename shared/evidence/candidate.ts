import type { Incident } from '../incident/incident';
import { type CollectorInput, type CollectorTools, json } from './collector';
import { COLLECTORS } from './collectors';
import { type ManifestEntry, runCollector } from './gather';
import { type Sealed, seal, type Vault } from './seal';

/** What was deployed while a function was contained. The manifest of the gathering before it is locked: this is its own. */
export type CandidateManifest = {
  readonly format: 'tourniquet-candidate/1';
  readonly incident: string;
  readonly function: string;
  readonly number: number;
  readonly changes: readonly string[];
  readonly by: string | null;
  readonly sealedAt: string;
  /** The manifest of the evidence that was gathered at containment, if there is one. */
  readonly previous: string | null;
  readonly entries: readonly ManifestEntry[];
};

const COLLECTED = ['code', 'configuration'];

/** Seals the package and the configuration as they are deployed now, and a manifest that names them. */
export const sealCandidate = async (
  incident: Incident,
  candidate: Pick<CandidateManifest, 'number' | 'changes' | 'by'>,
  { suspect, window }: Pick<CollectorInput, 'suspect' | 'window'>,
  tools: CollectorTools,
  vault: Vault,
): Promise<{ readonly manifest: Sealed; readonly entries: readonly ManifestEntry[] }> => {
  const prefix = `incidents/${incident.id}/candidates/${candidate.number}`;
  // A numbered version never changes: what comes after it is deployed as $LATEST.
  const numbered = suspect.qualifier !== null && /^\d+$/.test(suspect.qualifier);
  const input = { incident, suspect: numbered ? { ...suspect, qualifier: null } : suspect, window };
  const collectors = COLLECTORS.filter(({ id }) => COLLECTED.includes(id));
  const results = await Promise.all(
    collectors.map((collector) => runCollector(collector, input, tools, vault, prefix)),
  );
  const manifest: CandidateManifest = {
    format: 'tourniquet-candidate/1',
    incident: incident.id,
    function: suspect.arn,
    ...candidate,
    sealedAt: vault.now().toISOString(),
    previous: incident.evidence?.manifestKey ?? null,
    entries: results.flat(),
  };
  return {
    manifest: await seal(vault, `${prefix}.json`, 'application/json', json(manifest)),
    entries: manifest.entries,
  };
};
