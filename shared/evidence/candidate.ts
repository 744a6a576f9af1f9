import type { Incident } from '../incident/incident';
import type { Records } from '../incident/store';
import type { BasicTools, CollectorInput } from './collector';
import { CANDIDATE_COLLECTORS } from './collectors';
import { runCollector } from './runCollector';
import type { Vault } from './seal';
import { type SealedManifest, sealManifest } from './sealManifest';

/** What was deployed while a function was contained, as its manifest says it. */
export type CandidateFacts = {
  readonly number: number;
  readonly changes: readonly string[];
  readonly by: string | null;
};

/** A package at Lambda's limit takes a small part of it; the watch looks after other incidents too. */
const MOST_TIME = 5 * 60 * 1000;

/** Seals the package and the configuration as they are deployed now, and a manifest that names them. */
export const sealCandidate = async (
  incident: Incident,
  candidate: CandidateFacts,
  { suspect, window }: Pick<CollectorInput, 'suspect' | 'window'>,
  { records, ...clients }: Omit<BasicTools, 'deadline' | 'signal'> & { readonly records: Records },
  vault: Vault,
): Promise<SealedManifest> => {
  const prefix = `incidents/${incident.id}/candidates/${candidate.number}`;
  // A numbered version never changes: what comes after it is deployed as $LATEST.
  const numbered = suspect.qualifier !== null && /^\d+$/.test(suspect.qualifier);
  const input = { incident, suspect: numbered ? { ...suspect, qualifier: null } : suspect, window };
  const tools = {
    ...clients,
    deadline: new Date(records.now().getTime() + MOST_TIME),
    signal: AbortSignal.timeout(MOST_TIME),
  };
  const results = await Promise.all(
    CANDIDATE_COLLECTORS.map((collector) => runCollector(collector, input, tools, vault, prefix)),
  );
  return sealManifest(vault, records, incident, {
    kind: 'candidate',
    key: `${prefix}.json`,
    about: { candidate: candidate.number, changes: candidate.changes, deployedBy: candidate.by },
    entries: results.flatMap(({ entries }) => entries),
  });
};
