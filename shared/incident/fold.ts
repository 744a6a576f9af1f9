import type { Finding } from '../findings/finding';
import type { Mode } from '../policy/mode';
import { witnessOf } from './create';
import type { Incident } from './incident';
import { addWitness, appendEntry, type Records, updateIncident } from './store';

export type Folded = {
  /** The same finding, unchanged, delivered again: nothing to tell anybody. */
  readonly news: boolean;
  /** Whether the owner must be woken: a relapse while it is released, or a higher disposition while it is asked. */
  readonly wake: boolean;
};

/**
 * Folds a finding into the open incident of its function. A fold never swallows a finding: it becomes a witness, and
 * after a release it is a relapse.
 */
export const fold = async (
  records: Records,
  incident: Incident,
  finding: Finding,
  disposition: Mode,
): Promise<Folded> => {
  const news = await addWitness(records, incident.id, witnessOf(finding));
  if (!news) return { news: false, wake: false };
  const what = `${finding.rule}: ${finding.title}`;
  await appendEntry(records, incident.id, 'finding', `another finding: ${what}`);
  if (disposition !== 'respond' && disposition !== 'ask') return { news, wake: false };
  const relapsed = await updateIncident(
    records,
    incident.id,
    { relapse: what },
    { from: ['releasing', 'watching'] },
  );
  if (relapsed !== null) return { news, wake: true };
  if (disposition === 'ask') return { news, wake: false };
  const raised = await updateIncident(records, incident.id, { disposition }, { from: ['asking'] });
  return { news, wake: raised !== null };
};
