import type { Incident } from '../incident/incident';
import type { CollectorInput, CollectorTools } from './collector';
import { COLLECTORS } from './collectors';
import { runCollector } from './gather';
import type { Vault } from './seal';
import { type SealedManifest, sealManifest } from './sealManifest';

/** What was deployed while a function was contained, as its manifest says it. */
export type CandidateFacts = {
  readonly number: number;
  readonly changes: readonly string[];
  readonly by: string | null;
};

const COLLECTED = ['code', 'configuration'];

/** Seals the package and the configuration as they are deployed now, and a manifest that names them. */
export const sealCandidate = async (
  incident: Incident,
  candidate: CandidateFacts,
  { suspect, window }: Pick<CollectorInput, 'suspect' | 'window'>,
  tools: CollectorTools,
  vault: Vault,
): Promise<SealedManifest> => {
  const prefix = `incidents/${incident.id}/candidates/${candidate.number}`;
  // A numbered version never changes: what comes after it is deployed as $LATEST.
  const numbered = suspect.qualifier !== null && /^\d+$/.test(suspect.qualifier);
  const input = { incident, suspect: numbered ? { ...suspect, qualifier: null } : suspect, window };
  const collectors = COLLECTORS.filter(({ id }) => COLLECTED.includes(id));
  const results = await Promise.all(
    collectors.map((collector) => runCollector(collector, input, tools, vault, prefix)),
  );
  return sealManifest(vault, tools.records, incident, {
    kind: 'candidate',
    key: `${prefix}.json`,
    about: { candidate: candidate.number, changes: candidate.changes, deployedBy: candidate.by },
    entries: results.flat(),
  });
};
