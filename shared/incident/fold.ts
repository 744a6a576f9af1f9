import type { Finding } from '../findings/finding';
import { higher, lower, type Mode } from '../policy/mode';
import { witnessOf } from './create';
import { type Incident, isOpen } from './incident';
import { addWitness, appendEntry, getIncident, type Records } from './store';

export type Folded = {
  /** The same finding, unchanged, delivered again: nothing to tell anybody. */
  readonly news: boolean;
  /** Whether the owner must be woken: a relapse while it is released, or a higher disposition while it is asked. */
  readonly wake: boolean;
};

/** The incident ended while the finding was on its way to it. Assess is retried, and opens a new one. */
export class IncidentEndedError extends Error {
  override readonly name = 'IncidentEndedError';
  constructor(incidentId: string) {
    super(`${incidentId} ended while a finding was folded into it`);
  }
}

/**
 * Whether a finding speaks against a release. A new one does, whatever times it gives; one that is known only when it
 * was seen again since: GuardDuty repeats a finding for hours after its last sighting.
 */
const isRelapse = (finding: Finding, { releasedAt, witnesses }: Incident): boolean =>
  witnesses[finding.id] === undefined || releasedAt === undefined || finding.lastSeen > releasedAt;

/** What this finding is to have done about it, and why. */
export type Folding = {
  readonly disposition: Mode;
  /** As far as the finding may ever go: nor does it take an incident further that began with more. */
  readonly most: Mode;
  readonly because: readonly string[];
};

/** The reasons of an incident that goes further than it began, each once. */
const reasons = ({ because }: Incident, more: readonly string[]): readonly string[] => [
  ...new Set([...because, ...more]),
];

/** What a relapse comes to: as far as the incident went before, where the finding may go so far (invariant 11). */
const relapsedTo = (
  { relapse, disposition: before }: Pick<Incident, 'relapse' | 'disposition'>,
  { disposition, most }: Folding,
): Mode => {
  const standing = before ?? 'ignore';
  // What another finding has already made of it stands.
  return higher(relapse === undefined ? lower(standing, most) : standing, disposition);
};

/** What changes of an open incident when a finding is folded into it; nothing where it is one more witness. */
export const changesFor = (incident: Incident, finding: Finding, folding: Folding): Partial<Incident> => {
  const { disposition, because } = folding;
  const acts = disposition === 'respond' || disposition === 'ask';
  const { status } = incident;
  if (acts && (status === 'releasing' || status === 'watching') && isRelapse(finding, incident)) {
    const relapse = `${finding.rule}: ${finding.title}`;
    return {
      relapse,
      // It is about whatever is deployed now.
      codeIsBack: false,
      disposition: relapsedTo(incident, folding),
      because: reasons(incident, because),
    };
  }
  return disposition === 'respond' && status === 'asking'
    ? { disposition, because: reasons(incident, because) }
    : {};
};

/** From the record, not from what we did: a step that died after writing must still wake the owner when retried. */
const mustWake = ({ status, relapse, disposition }: Incident): boolean =>
  relapse !== undefined || (status === 'asking' && disposition === 'respond');

/**
 * Folds a finding into the open incident of its function. A fold never swallows a finding: it becomes a witness, and
 * after a release it is a relapse, in one write. Throws {@link IncidentEndedError} when there is nothing left to fold
 * into. Twice is once.
 */
export const fold = async (
  records: Records,
  incident: Incident,
  finding: Finding,
  folding: Folding,
): Promise<Folded> => {
  for (let current = incident; isOpen(current.status); current = await getIncident(records, incident.id)) {
    const changes = changesFor(current, finding, folding);
    const written = await addWitness(records, current, witnessOf(finding), changes);
    if (written === 'moved') continue;
    if (written === 'news') {
      await appendEntry(
        records,
        incident.id,
        'finding',
        `another finding: ${finding.rule}: ${finding.title}`,
      );
    }
    return { news: written === 'news', wake: mustWake(await getIncident(records, incident.id)) };
  }
  throw new IncidentEndedError(incident.id);
};
