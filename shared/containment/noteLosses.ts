import type { Incident } from '../incident/incident';
import { appendEntry, updateIncident } from '../incident/store';
import type { Suspect } from '../suspect/describe';
import { lossesSoFar } from './assessedLosses';
import type { ControlTools } from './control';
import type { Keeper } from './driftBook';
import { type LedgerRecord, readLedgers } from './ledger';
import type { Losses } from './losses';
import type { LossTools } from './lossFacts';

const same = (one: Losses | undefined, other: Losses): boolean =>
  one !== undefined && JSON.stringify(one) === JSON.stringify(other);

/**
 * Keeps on the incident what its containment loses and when first: CloudWatch knows it minutes later, and sources
 * change. People are told when something is lost, or will be before the containment is expected to end.
 */
export const noteLosses = async (
  incident: Incident,
  suspect: Suspect,
  keeper: Keeper,
  controlTools: ControlTools,
  tools: Pick<LossTools, 'kinesis' | 'metrics'>,
): Promise<void> => {
  const { records, choices } = controlTools;
  const ledger: readonly LedgerRecord[] = await readLedgers(records, incident);
  const losses = await lossesSoFar(incident, suspect, ledger, controlTools, tools);
  if (same(incident.losses, losses)) return;
  await updateIncident(records, incident.id, { losses }, { from: ['contained'] });
  const { firstLossAt, lines } = losses;
  if (firstLossAt === (incident.losses?.firstLossAt ?? null)) return;
  await appendEntry(records, incident.id, 'losses', lines.join('; '));
  const expectedEnd =
    Date.parse(incident.containedAt ?? incident.openedAt) + choices.expectedHours * 3_600_000;
  if (firstLossAt === null || Date.parse(firstLossAt) > expectedEnd) return;
  await keeper.sayOnce('losses', firstLossAt, { about: 'losses', detail: lines }, 'never');
};
