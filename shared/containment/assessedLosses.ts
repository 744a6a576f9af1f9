import type { Incident } from '../incident/incident';
import type { Suspect } from '../suspect/describe';
import type { ControlTools } from './control';
import type { LedgerRecord } from './ledger';
import { assessLosses, type Losses } from './losses';
import { type LossTools, readAsyncEvents, readWaitingSources } from './lossFacts';
import { EVENT_SOURCES, mappingIdsIn } from './mappings';

type Times = {
  readonly containedAt: string | null;
  /** Since when asynchronous events are held. */
  readonly heldSince: string | null;
};

export const NOT_CONTAINED: Times = { containedAt: null, heldSince: null };

/** What a containment of a suspect loses and when first, read from its sources and CloudWatch. */
export const lossesOf = async (
  suspect: Suspect,
  mappingIds: readonly string[],
  times: Times,
  { lambda, sqs, records, choices }: ControlTools,
  tools: Pick<LossTools, 'kinesis' | 'metrics'>,
): Promise<Losses> => {
  const now = records.now();
  const at = times.containedAt === null ? now : new Date(times.containedAt);
  const [events, sources] = await Promise.all([
    readAsyncEvents(suspect, tools, times, now),
    readWaitingSources(suspect, mappingIds, { lambda, sqs, ...tools }, at),
  ]);
  return assessLosses({ events, sources }, times.containedAt, now, choices);
};

/** What the present containment of an incident loses, as its ledger and AWS say by now. */
export const lossesSoFar = (
  incident: Incident,
  suspect: Suspect,
  ledger: readonly LedgerRecord[],
  controlTools: ControlTools,
  tools: Pick<LossTools, 'kinesis' | 'metrics'>,
): Promise<Losses> => {
  const record = (control: string) => ledger.find((one) => one.control === control);
  const held = record('held-events');
  return lossesOf(
    suspect,
    mappingIdsIn(record(EVENT_SOURCES)?.before ?? null),
    {
      containedAt: incident.containedAt ?? null,
      heldSince: held?.state === 'held' ? (held.heldAt ?? null) : null,
    },
    controlTools,
    tools,
  );
};
