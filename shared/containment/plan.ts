import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { findOpenIncident } from '../incident/store';
import type { Suspect } from '../suspect/describe';
import { readBlastRadius } from './blastRadius';
import { cannotContain } from './cannotContain';
import type { Control, ControlTools } from './control';
import { STAGES } from './controls';
import { type LedgerRecord, readLedgers } from './ledger';
import { attempt, type Known, readLiveFacts, reasonOf } from './liveFacts';
import type { Plan, PlannedStep } from './planned';
import { type Standing, standingLines } from './standing';

/** What the plan is read from besides what controls work with. */
export type PlanSources = {
  readonly events: EventBridgeClient;
  readonly metrics: CloudWatchClient;
  /** Why a guard refuses to contain the suspect, or null. */
  readonly refused: string | null;
  /** What a containment of the expected length would lose, one line each. */
  readonly losses?: (suspect: Suspect, tools: ControlTools) => Promise<readonly string[]>;
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

const NOT_LOOKED_AT = 'what a containment of the expected length would lose was not looked at';

const readLosses = async (
  suspect: Suspect,
  tools: ControlTools,
  losses: PlanSources['losses'],
): Promise<readonly string[]> => {
  if (losses === undefined) return [NOT_LOOKED_AT];
  const known = await attempt(() => losses(suspect, tools));
  return 'value' in known ? known.value : [`not known: ${known.notKnown}`];
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
  const [facts, open, losses] = await Promise.all([
    readLiveFacts(suspect, tools),
    attempt(() => readStanding(suspect, tools)),
    readLosses(suspect, tools, sources.losses),
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
    losses,
    cannotContain: cannotContain(suspect, facts, blastRadius, tools.choices, now),
  };
};
