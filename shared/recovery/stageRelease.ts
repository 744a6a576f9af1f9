import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import {
  GetFunctionConcurrencyCommand,
  InvalidParameterValueException,
  PutFunctionConcurrencyCommand,
} from '@aws-sdk/client-lambda';
import type { ControlTools } from '../containment/control';
import { switchOnSources } from '../containment/controls';
import { readLedger } from '../containment/ledger';
import { EVENT_SOURCES, type Mapping, type MappingsBefore } from '../containment/mappings';
import type { Decision, Incident } from '../incident/incident';
import { appendEntry, updateIncident } from '../incident/store';
import { matches } from '../policy/wildcard';
import type { Suspect } from '../suspect/describe';
import { alarmSince } from './alarms';
import { isGated } from './gate';
import { type Restored, restore } from './restore';
import { nextStep, type Stage, type StageRule, stageLine, stageRuleOf, stagesOf } from './stages';

export type StageTools = ControlTools & { readonly metrics: CloudWatchClient };
export type Staging = { readonly rules: readonly StageRule[]; readonly bakeSeconds: number };

/** How a release in steps goes on. `bake`: it is at a step, for a while; `back`: contained again, and why. */
export type Staged =
  | { readonly go: 'bake'; readonly detail: readonly string[] }
  | { readonly go: 'back'; readonly because: string }
  | { readonly go: 'whole'; readonly staged: number | null };

/**
 * Takes a release one step further: first the role and a small reserved concurrency, everything else still as it was
 * contained, then more of it, then the whole. An alarm of the function's own ends it: then it is contained again. A false
 * positive has no steps.
 */
export const stageRelease = async (
  suspect: Suspect,
  incident: Incident,
  decision: Decision,
  tools: StageTools,
  { rules, bakeSeconds }: Staging,
): Promise<Staged> => {
  const { stage } = incident;
  // What it has left is settled at once; so is what is not released because of a fix.
  if (incident.status !== 'releasing' || !isGated(decision.action)) return { go: 'whole', staged: null };
  const record = await readLedger(tools.records, incident, 'concurrency');
  // Only what the ledger holds can be let go step by step: nothing of a function on managed instances.
  const rule = stageRuleOf(incident.functionName ?? '', rules);
  const steps =
    record === null || record.state !== 'held'
      ? []
      : stagesOf(rule, (record.before as { readonly reserved: number | null }).reserved);
  const next = nextStep(stage, steps, decision.at, bakeSeconds, tools.records.now());
  const isNew = next.step === 'whole' || next.stage.number !== stage?.number;
  if (stage !== undefined && isNew) {
    const alarm = await alarmSince(suspect.functionName, stage.at, tools.metrics);
    if (alarm !== null) {
      const relapse = `${alarm} in step ${stage.number}`;
      await updateIncident(tools.records, incident.id, { relapse }, { from: ['releasing'] });
      return { go: 'back', because: relapse };
    }
  }
  if (next.step === 'whole') return { go: 'whole', staged: stage?.concurrency ?? null };
  const fed = await feeding(incident, rule?.sources ?? [], tools);
  // Entered again after a try that died, it is on the record already, and its own is set or is not.
  const again = stage?.number === next.stage.number && stage.decidedAt === next.stage.decidedAt;
  const before = (again ? stage.before : stage?.concurrency) ?? 0;
  const entered = { ...next.stage, before, sources: fed.map(({ source }) => source) };
  return enter(suspect, incident, decision, { stage: entered, fed, bakeSeconds }, tools);
};

/** The mappings of the ledger that policy has on in a step. */
const feeding = async (
  incident: Incident,
  sources: readonly string[],
  { records }: StageTools,
): Promise<readonly Mapping[]> => {
  if (sources.length === 0) return [];
  const record = await readLedger(records, incident, EVENT_SOURCES);
  if (record === null || record.state !== 'held') return [];
  return (record.before as MappingsBefore).enabled.filter(({ source }) =>
    sources.some((pattern) => matches(pattern, source)),
  );
};

/** A step to be entered, and what feeds it. */
type Entering = {
  readonly stage: Stage & { readonly before: number };
  readonly fed: readonly Mapping[];
  readonly bakeSeconds: number;
};

const enter = async (
  suspect: Suspect,
  incident: Incident,
  decision: Decision,
  { stage, fed, bakeSeconds }: Entering,
  tools: StageTools,
): Promise<Staged> => {
  const { before } = stage;
  const live = await reservedNow(suspect, tools);
  // Somebody has changed it: then there is nothing to go up from, and the release says so.
  if (live !== before && live !== 0 && live !== stage.concurrency) return { go: 'whole', staged: null };
  const back = await restore(suspect, incident, tools, decision.force ?? [], decision.by, ['role']);
  // On the record first: what is found later is known to be ours.
  await updateIncident(tools.records, incident.id, { stage }, { from: ['releasing'] });
  try {
    await tools.lambda.send(
      new PutFunctionConcurrencyCommand({
        FunctionName: suspect.arn,
        ReservedConcurrentExecutions: stage.concurrency,
      }),
    );
  } catch (error) {
    // A reservation is refused where it leaves too little to all others (API reference, PutFunctionConcurrency).
    if (!(error instanceof InvalidParameterValueException)) throw error;
    await appendEntry(
      tools.records,
      incident.id,
      'stage-refused',
      `not released in steps: a reservation of ${stage.concurrency} is refused (${error.name})`,
    );
    return { go: 'whole', staged: before };
  }
  // After the reservation: what is polled before it is throttled, and counts against the messages.
  const changed = await switchOnSources(fed, tools);
  const line = stageLine(stage, bakeSeconds);
  // Also where a try died after the step was on the record, and before this.
  await appendEntry(tools.records, incident.id, 'stage', line, { unlessLast: true });
  return { go: 'bake', detail: [line, ...changed, ...back.map(lineOf)] };
};

const lineOf = ({ title, outcome, detail }: Restored): string =>
  `${outcome === 'drift' ? 'DRIFT: ' : ''}${title}: ${detail}`;

const reservedNow = async ({ arn }: Suspect, { lambda }: StageTools): Promise<number | null> =>
  (await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName: arn })))
    .ReservedConcurrentExecutions ?? null;
