import { setTimeout as pause } from 'node:timers/promises';
import { readApprovals } from '../shared/aws/approvals';
import {
  iamClient,
  lambdaClient,
  metricsClient,
  scalingClient,
  sqsClient,
  tableClient,
} from '../shared/aws/clients';
import { requireEnv } from '../shared/aws/environment';
import { log } from '../shared/aws/log';
import { readSettings } from '../shared/aws/settings';
import { untilUnwatched } from '../shared/containment/driftBook';
import { controlTools } from '../shared/containment/tools';
import { leaveAdmission } from '../shared/incident/admission';
import { containmentOf, type Decision, type Incident, isRelease } from '../shared/incident/incident';
import { firstContained } from '../shared/incident/ofAContainment';
import { stepInput } from '../shared/incident/stepInput';
import { appendEntry, getIncident, type Records, updateIncident } from '../shared/incident/store';
import { containedAgain } from '../shared/recovery/facts/started';
import { isGated } from '../shared/recovery/gate';
import { goBack } from '../shared/recovery/goBack';
import { type Restored, restore } from '../shared/recovery/restore';
import { type Staging, stageRelease } from '../shared/recovery/stageRelease';
import { isFirstLater, stoppedBy } from '../shared/recovery/stopped';
import { recordedSuspect } from '../shared/suspect/ofIncident';

const settings = readSettings();
const lambda = lambdaClient();
const iam = iamClient();
const sqs = sqsClient();
const scaling = scalingClient();
const metrics = metricsClient();
const staging: Staging = {
  rules: readApprovals().stages ?? [],
  bakeSeconds: Number(requireEnv('TOURNIQUET_STAGE_SECONDS')),
};
const records: Records = { db: tableClient(), table: settings.table, now: () => new Date() };

/** No human has released this incident. */
export class NotDecidedError extends Error {
  override readonly name = 'NotDecidedError';
}

/**
 * How the playbook goes on. `Replay`: all is back, but for what somebody changed. `Bake`: it is at a step, for a while;
 * `Recontain`: the step went wrong. `TryAgainSoon`, `TryAgainLater`: it
 * has stopped, and what stops it may pass; `TellAndTryLater`: and people are to know. `Ask`: a human decides, and is
 * paged; `AwaitDecision`: who has been paged already.
 */
export type Release =
  | 'Replay'
  | 'Bake'
  | 'Recontain'
  | 'TryAgainSoon'
  | 'TryAgainLater'
  | 'TellAndTryLater'
  | 'Ask'
  | 'AwaitDecision';

type Answer = {
  readonly incidentId: string;
  readonly next: Release;
  readonly detail: readonly string[];
};

/**
 * Puts back exactly what the ledger says was there. Only ever after a human's decision (invariants 4 and 5). Where AWS
 * refuses, what is not back stays on, and the incident is not called released.
 */
export const handler = async (input: unknown): Promise<Answer> => {
  const { incidentId } = stepInput.parse(input);
  const incident = await getIncident(records, incidentId);
  // A try before this one has taken it back, and died before it could say so.
  if (incident.status === 'containing')
    return { incidentId, next: 'Recontain', detail: ['A step of the release was taken back'] };
  const decision = decisionOf(incident);
  const { stopped } = incident;
  const waits = stopped?.next === 'human' && stopped.decidedAt === decision.at;
  try {
    const wrong = await wrongIn(incident, decision);
    if (wrong !== null) {
      await goBack(records, incident, wrong.because, wrong);
      return { incidentId, next: 'Recontain', detail: [wrong.because] };
    }
    if (waits) return waitFor(incident);
    if (decision.refused !== undefined) return settleLess(incident, decision, new Error(decision.refused));
    // A drift watch that began before the release may be putting something on again.
    await untilUnwatched(records, incidentId, (milliseconds) => pause(milliseconds));
    const suspect = recordedSuspect(incident);
    const tools = controlTools({ lambda, iam, sqs, scaling, records }, settings, incident);
    const staged = await stageRelease(suspect, incident, decision, { ...tools, metrics }, staging);
    if (staged.go === 'back') {
      await goBack(records, incident, staged.because);
      return { incidentId, next: 'Recontain', detail: [staged.because] };
    }
    if (staged.go === 'bake') return { incidentId, next: 'Bake', detail: staged.detail };
    const restored = await restore(
      suspect,
      incident,
      { ...tools, ...(staged.staged === null ? {} : { staged: staged.staged }) },
      decision.force ?? [],
      decision.by,
    );
    await finish(incident, decision, restored);
    return {
      incidentId,
      next: 'Replay',
      detail: [...restored.map(lineOf), ...settlingOf(incident, restored)],
    };
  } catch (error) {
    // What people are asked about does not go on because something cannot be read.
    if (waits) return waitFor(incident);
    log.warn('a release has stopped', {
      incident: incidentId,
      why: error instanceof Error ? error.name : '',
    });
    return incident.status === 'watching'
      ? settleLess(incident, decision, error)
      : stop(incident, decision, error);
  }
};

/**
 * Why what is released because of a fix is to be contained again, or null: in a step, for a finding or an approver's word;
 * at any time, because the code that was contained is there again. Also of one that has stopped, and waits for people.
 */
const wrongIn = async (
  incident: Incident,
  { action }: Decision,
): Promise<{ readonly because: string; readonly isOfCode: boolean } | null> => {
  const { status, stage, relapse } = incident;
  if (status !== 'releasing' || !isGated(action)) return null;
  const because = await containedAgain(incident, lambda);
  if (because !== null) return { because, isOfCode: true };
  return stage !== undefined && relapse !== undefined
    ? { because: relapse, isOfCode: incident.codeIsBack === true }
    : null;
};

/** Who decided this release: of one that is over, who settled what it had left. */
const decisionOf = ({ id, status, decision, settling }: Incident): Decision => {
  const taken = status === 'watching' ? (settling ?? decision) : decision;
  if (taken === undefined || !isRelease(taken.action) || (status !== 'releasing' && status !== 'watching')) {
    throw new NotDecidedError(`${id} is ${status} and nobody has decided to release it`);
  }
  return taken;
};

const lineOf = ({ title, outcome, detail }: Restored): string =>
  `${outcome === 'drift' ? 'DRIFT: ' : ''}${title}: ${detail}`;

/** How an approver settles what was left as somebody changed it. */
const settlingOf = ({ id }: Incident, restored: readonly Restored[]): readonly string[] => {
  const drifted = restored.filter(({ outcome }) => outcome === 'drift').map(({ control }) => control);
  if (drifted.length === 0) return [];
  const options = drifted.map((control) => `--force ${control}`).join(' ');
  return [`To put back although changed: npx tourniquet decide ${id} --release ${options} --reason "…"`];
};

const finish = async (
  incident: Incident,
  decision: Decision,
  restored: readonly Restored[],
): Promise<void> => {
  await leaveAdmission(records, containmentOf(incident));
  const acknowledged = decision.at;
  // A finding may have come while it was put back.
  const { relapse, stopped } = await getIncident(records, incident.id);
  const changed = await updateIncident(
    records,
    incident.id,
    {
      status: 'watching',
      releasedAt: records.now().toISOString(),
      acknowledged,
      ...firstContained(incident),
      ...noAttack(incident, decision),
    },
    {
      from: ['releasing'],
      // What people were told of before they called it no attack does not contain it again.
      remove: [
        'stopped',
        'stage',
        ...(decision.action === 'false_positive' && relapse !== undefined && relapse === stopped?.relapse
          ? (['relapse'] as const)
          : []),
      ],
    },
  );
  if (changed !== null)
    await appendEntry(
      records,
      incident.id,
      'released',
      [`released by ${decision.by}`, ...restored.map(lineOf)].join('; '),
      { by: decision.by },
    );
  else await updateIncident(records, incident.id, { acknowledged }, { from: ['watching'] });
};

/** What is called a false positive may be the code of a later release; not what an earlier containment was about. */
const noAttack = (
  { containment, containedDigest, containedDigests = [] }: Incident,
  { action }: Decision,
): Pick<Incident, 'containedDigests'> =>
  action === 'false_positive' && containment === 1
    ? { containedDigests: containedDigests.filter((digest) => digest !== containedDigest) }
    : {};

/** It was released before: what could not be put back although forced stays drift, and the watch goes on. */
const settleLess = async (
  { id: incidentId }: Incident,
  { at }: Decision,
  error: unknown,
): Promise<Answer> => {
  const because = error instanceof Error ? error.message : String(error);
  await appendEntry(records, incidentId, 'not-settled', because);
  await updateIncident(records, incidentId, { acknowledged: at }, { from: ['watching'] });
  return { incidentId, next: 'Replay', detail: [`NOT put back: ${because}`] };
};

/** Noted, so that a new decision is admitted; the one that was taken goes on being tried as long as it may help. */
const stop = async (incident: Incident, { at }: Decision, error: unknown): Promise<Answer> => {
  const { id: incidentId } = incident;
  const stopped = stoppedBy(error, incident.stopped, at, records.now());
  await updateIncident(records, incidentId, { stopped, acknowledged: at }, { from: ['releasing'] });
  const { because, next, tries } = stopped;
  if (because !== incident.stopped?.because || next === 'human')
    await appendEntry(records, incidentId, 'release-stopped', `try ${tries}: ${because}`);
  const answer = (route: Release, ...detail: string[]): Answer => ({ incidentId, next: route, detail });
  if (next === 'soon') return answer('TryAgainSoon');
  if (next === 'human') return answer('Ask', because);
  return isFirstLater(stopped) ? answer('TellAndTryLater', because) : answer('TryAgainLater');
};

/** Nobody has decided anew. A finding that came meanwhile is about a function that is half released: paged, once. */
const waitFor = async ({ id: incidentId, stopped, relapse }: Incident): Promise<Answer> => {
  if (stopped === undefined || relapse === undefined || relapse === stopped.relapse)
    return { incidentId, next: 'AwaitDecision', detail: [] };
  await updateIncident(records, incidentId, { stopped: { ...stopped, relapse } }, { from: ['releasing'] });
  return {
    incidentId,
    next: 'Ask',
    detail: [`A new finding while it is partly released: ${relapse}`, stopped.because],
  };
};
