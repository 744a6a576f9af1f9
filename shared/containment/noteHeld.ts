import type { Incident } from '../incident/incident';
import { appendEntry, type Records, updateIncident } from '../incident/store';
import type { Suspect } from '../suspect/describe';
import type { Held } from './contain';

/** What stops the function from running: one of the two applies, by where it runs. */
const STOPS: ReadonlySet<string> = new Set(['concurrency', 'managed-instances']);

/** Notes on the incident that a control holds, and what follows from it. */
export const noteHeld = async (
  records: Records,
  incident: Incident,
  suspect: Suspect,
  { control, title, detail, heldAt, observed }: Held,
): Promise<void> => {
  await appendEntry(records, incident.id, `contain-${control}`, `${title}: ${detail}`, { at: heldAt });
  if (control === 'role' && observed === true && incident.credentialsDeniedAt === undefined)
    await updateIncident(records, incident.id, { credentialsDeniedAt: heldAt });
  if (!STOPS.has(control)) return;
  await updateIncident(records, incident.id, {
    containedAt: heldAt,
    lastInFlightAt: new Date(Date.parse(heldAt) + suspect.timeoutSeconds * 1000).toISOString(),
  });
};
