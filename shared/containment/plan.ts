import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { findOpenIncident } from '../incident/store';
import type { Suspect } from '../suspect/describe';
import { lossesOf, lossesSoFar, NOT_CONTAINED } from './assessedLosses';
import { readBlastRadius } from './blastRadius';
import { cannotContain } from './cannotContain';
import type { Control, ControlTools } from './control';
import { STAGES } from './controls';
import { type LedgerRecord, readLedgers } from './ledger';
import { attempt, type Known, readLiveFacts, reasonOf } from './liveFacts';
import { EVENT_SOURCES, mappingIdsIn } from './mappings';
import type { Plan, PlannedStep } from './planned';
import { type Standing, standingLines } from './standing';

/** What the plan is read from besides what controls work with. */
export type PlanSources = {
  readonly events: EventBridgeClient;
  readonly metrics: CloudWatchClient;
  readonly kinesis: KinesisClient;
  /** Why a guard refuses to contain the suspect, or null. */
  readonly refused: string | null;
};

const planned = (
  { id, title, describe, undo }: Control,
  stage: number,
  suspect: Suspect,
  { before, found }: { readonly before: unknown; readonly found: string },
  tools: ControlTools,
): PlannedStep => ({
  control: id,
  title,
  stage,
  applies: true,
  found,
  ...describe(suspect, before, tools.choices),
  before,
  undo: undo(suspect, before, tools),
});

/**
 * What one control would do. An open incident's ledger goes before what is live, as it does in `contain`: what is live
 * may be what the incident has set.
 */
const planStep = async (
  control: Control,
  stage: number,
  suspect: Suspect,
  record: LedgerRecord | undefined,
  tools: ControlTools,
): Promise<PlannedStep> => {
  const common = { control: control.id, title: control.title, stage };
  try {
    if (record?.state === 'held')
      return { ...common, applies: false, why: `in place since ${record.heldAt}: ${record.detail}` };
    if (record?.state === 'not-needed') return { ...common, applies: false, why: record.detail };
    if (record?.state === 'captured' || record?.state === 'failed')
      return planned(control, stage, suspect, { before: record.before, found: record.detail }, tools);
    const capture = await control.capture(suspect, { ...tools, survey: true });
    return capture.applies
      ? planned(control, stage, suspect, capture, tools)
      : { ...common, applies: false, why: capture.why };
  } catch (error) {
    return { ...common, applies: 'unknown', unknown: reasonOf(error) };
  }
};

const readStanding = async (suspect: Suspect, { records }: ControlTools): Promise<Standing> => {
  const incident = await findOpenIncident(records, suspect.arn);
  // After a release the next containment begins a ledger of its own.
  const contained = incident !== null && incident.status !== 'asking' && incident.status !== 'watching';
  return { incident, ledger: contained ? await readLedgers(records, incident) : [] };
};

const recordsOf = (open: Known<Standing>): ReadonlyMap<string, LedgerRecord> =>
  new Map('value' in open ? open.value.ledger.map((record) => [record.control, record]) : []);

/** What a containment of the expected length would lose, or loses already, one line each. */
const losses = async (
  suspect: Suspect,
  steps: readonly PlannedStep[],
  open: Known<Standing>,
  tools: ControlTools,
  sources: PlanSources,
): Promise<readonly string[]> => {
  const incident = 'value' in open ? open.value.incident : null;
  if (incident !== null && 'value' in open && open.value.ledger.length > 0) {
    const known = await attempt(() => lossesSoFar(incident, suspect, open.value.ledger, tools, sources));
    return 'value' in known ? known.value.lines : [`not known: ${known.notKnown}`];
  }
  const mappings = steps.find(({ control }) => control === EVENT_SOURCES);
  if (mappings === undefined || mappings.applies === 'unknown')
    return ['not known, as the event source mappings are not known'];
  const ids = mappings.applies ? mappingIdsIn(mappings.before) : [];
  const known = await attempt(() => lossesOf(suspect, ids, NOT_CONTAINED, tools, sources));
  return 'value' in known ? known.value.lines : [`not known: ${known.notKnown}`];
};

/**
 * What containing a suspect would do, read from its live state: the controls that `contain` puts on, in its order.
 * Changes nothing. What cannot be read is named in the plan, and loses nothing else of it.
 */
export const planContainment = async (
  suspect: Suspect,
  tools: ControlTools,
  sources: PlanSources,
): Promise<Plan> => {
  const now = tools.records.now();
  const [facts, open] = await Promise.all([
    readLiveFacts(suspect, tools),
    attempt(() => readStanding(suspect, tools)),
  ]);
  const ledger = recordsOf(open);
  const [steps, blastRadius] = await Promise.all([
    Promise.all(
      STAGES.flatMap((controls, stage) =>
        controls.map((control) => planStep(control, stage, suspect, ledger.get(control.id), tools)),
      ),
    ),
    readBlastRadius(suspect, facts, { ...tools, ...sources }, now),
  ]);
  return {
    functionArn: suspect.arn,
    roleArn: suspect.roleArn,
    plannedAt: now.toISOString(),
    standing: standingLines(facts, open, sources.refused),
    steps,
    blastRadius,
    losses: await losses(suspect, steps, open, tools, sources),
    cannotContain: cannotContain(suspect, facts, blastRadius, tools.choices, now),
  };
};
