import { setTimeout as pause } from 'node:timers/promises';
import { GetFunctionCommand } from '@aws-sdk/client-lambda';
import { releaseProblem } from '../shared/approval/releaseProblem';
import { readApprovals } from '../shared/aws/approvals';
import { iamClient, lambdaClient, metricsClient, tableClient } from '../shared/aws/clients';
import { requireEnv } from '../shared/aws/environment';
import { readSettings } from '../shared/aws/settings';
import { getApproved } from '../shared/fleet/approved';
import type { Incident } from '../shared/incident/incident';
import { stepInput } from '../shared/incident/stepInput';
import { appendEntry, getIncident, type Records, updateIncident } from '../shared/incident/store';
import { FROM_ANYWHERE } from '../shared/recovery/checks/source';
import { dependencyFacts } from '../shared/recovery/facts/livePackage';
import { livePolicies } from '../shared/recovery/facts/livePolicies';
import { stagingFacts } from '../shared/recovery/facts/staged';
import { type Checked, checkedLine, isGated, releaseGate } from '../shared/recovery/gate';
import { holderOf, waitsForSessions } from '../shared/recovery/sessions';
import { type Verdict, verifyFix } from '../shared/recovery/verifyFix';
import { readDeployed } from '../shared/suspect/deployed';
import { aliasedCodes, GONE, liveCode } from '../shared/suspect/liveCode';

/** What the playbook does next. `Wait`: woken for nothing, or kept contained. */
export type Next = 'Contain' | 'Dismiss' | 'Release' | 'NotReleased' | 'Wait';

const settings = readSettings();
const approvals = readApprovals();
const lambda = lambdaClient();
const iam = iamClient();
const metrics = metricsClient();
const approvedStates = { db: tableClient(), table: requireEnv('TOURNIQUET_APPROVED_TABLE') };
const records: Records = { db: tableClient(), table: settings.table, now: () => new Date() };

type Answer = { readonly incidentId: string; readonly next: Next; readonly detail: readonly string[] };

/** Takes up the approver's decision, and lets a release through only when the fix is verified. */
export const handler = async (input: unknown): Promise<Answer> => {
  const { incidentId } = stepInput.parse(input);
  const incident = await getIncident(records, incidentId);
  const { decision, status } = incident;
  const answer = (next: Next, ...detail: string[]): Answer => ({ incidentId, next, detail });

  // A retried step finds what it did the first time.
  if (status === 'containing') return answer('Contain');
  if (status === 'releasing') return answer('Release');
  if (status === 'watching') return answer(afterWatch(incident));
  if (
    status === 'asking' &&
    (decision?.action === 'contain' || (decision === undefined && incident.disposition === 'respond'))
  ) {
    await updateIncident(
      records,
      incidentId,
      {
        status: 'containing',
        // An approver's word goes before caps and breaker.
        ...(decision === undefined ? {} : { ordered: incident.containment, triggeredBy: [decision.by] }),
      },
      { from: ['asking'], remove: ['decision'] },
    );
    return answer('Contain');
  }
  // It was refused, and the answer to that got lost: tell it again.
  if (decision === undefined && incident.refused?.round === incident.round) {
    return answer('NotReleased', incident.refused.because);
  }
  if (decision === undefined) return answer('Wait');
  if (decision.action === 'dismiss') return answer('Dismiss');
  if (decision.action === 'keep') {
    await updateIncident(records, incidentId, { acknowledged: decision.at });
    return answer('Wait');
  }
  const problem = releaseProblem(incident, decision, settings.approvers, approvals);
  if (problem !== null) return notReleased(incident, problem);
  const live = await liveCode(
    { arn: incident.functionArn ?? '', qualifier: incident.qualifier },
    incident.containedDigest ?? '',
    lambda,
  );
  const fix = verifyFix(decision, incident.containedDigest ?? '', live);
  const waits = fix.verified ? await tooSoon(incident) : null;
  // Of a function that was deleted nothing is left to check: the release puts back what is there.
  const asks = fix.verified && waits === null && isGated(decision.action) && live !== GONE;
  const gate = asks ? await checks(await investigated(incident)) : [];
  const failed = gate.filter(({ outcome }) => outcome === 'failed');
  if (gate.length > 0) await updateIncident(records, incidentId, { gate });
  const { verified, because } = judged(fix, waits, incidentId, failed);
  await appendEntry(records, incidentId, 'verified', because);
  if (verified) {
    await updateIncident(records, incidentId, { status: 'releasing' }, { from: ['contained'] });
    return answer('Release');
  }
  return notReleased(incident, because);
};

const judged = (
  fix: Verdict,
  waits: string | null,
  incidentId: string,
  failed: readonly Checked[],
): Verdict => {
  if (waits !== null) return { verified: false, because: waits };
  if (failed.length === 0) return fix;
  const mayBeWaived = failed.filter(({ check }) => check !== 'code').map(({ check }) => check);
  const way = mayBeWaived.map((check) => `npx tourniquet decide ${incidentId} --waive ${check} --reason "…"`);
  return {
    verified: false,
    because: [
      ...failed.map(checkedLine),
      ...(way.length === 0
        ? []
        : [`To release it all the same, an approver waives, and releases again: ${way.join(' ; ')}`]),
    ].join('. '),
  };
};

/** How long the evidence is waited for, and how often is looked, in milliseconds. */
const WAITED_MS = 20_000;
const LOOKED_MS = 1000;

/**
 * The incident once its evidence was looked at: policies and dependency are checked by that. Whoever releases sooner is
 * told that they are not known.
 */
const investigated = async (incident: Incident): Promise<Incident> => {
  const until = records.now().getTime() + WAITED_MS;
  let now = incident;
  while (now.rootCause === undefined && records.now().getTime() < until) {
    await pause(LOOKED_MS);
    now = await getIncident(records, incident.id);
  }
  return now;
};

/** What stands in the way of starting it again beside the code that was contained. */
const checks = async (incident: Incident): Promise<readonly Checked[]> => {
  const { functionArn, qualifier, containedDigest = '', remains } = incident;
  const named = { arn: functionArn ?? '', qualifier };
  // As the sweep compares: it keeps the state of the function itself, salted with its ARN.
  const itself = { arn: named.arn, qualifier: null };
  const from = approvals.from ?? FROM_ANYWHERE;
  const [live, aliased, tags, deployed, comparable, known, dependency, staging] = await Promise.all([
    liveCode(named, containedDigest, lambda),
    aliasedCodes(named.arn, lambda),
    Object.keys(from.tags).length === 0 ? {} : tagsOf(named.arn),
    readDeployed(named, incident.id, containedDigest, lambda),
    readDeployed(itself, named.arn, '', lambda),
    getApproved(approvedStates, named.arn),
    dependencyFacts(incident, { lambda, fetch }),
    stagingFacts(incident.functionName ?? '', from.stagedIn, { lambda, metrics, now: records.now }),
  ]);
  const grants = known?.state.grants;
  return releaseGate({
    incident,
    live: { ...live, tags, aliased },
    deployed,
    approved: known === null ? null : { state: known.state.deployed, deployed: comparable },
    policies: {
      contained: remains?.grants ?? null,
      planted: remains?.planted ?? null,
      approved: known === null || grants === undefined ? null : { grants, by: known.by },
      live: await livePolicies(incident, deployed, {
        lambda,
        iam,
        records,
        ours: `${settings.service}-`,
      }),
    },
    dependency,
    staging,
    from,
  });
};

/** What its tags are now: whoever may tag it can change them. */
const tagsOf = async (FunctionName: string): Promise<Readonly<Record<string, string>>> =>
  (await lambda.send(new GetFunctionCommand({ FunctionName }))).Tags ?? {};

/** It stays contained, and is asked again. */
const notReleased = async ({ id, round }: Incident, because: string): Promise<Answer> => {
  await updateIncident(
    records,
    id,
    { round: round + 1, refused: { round: round + 1, because } },
    { from: ['contained'], remove: ['decision', 'ballot'] },
  );
  return { incidentId: id, next: 'NotReleased', detail: [because] };
};

/** The watch was woken: a relapse goes before a decision about what is left of the release. */
const afterWatch = ({ relapse, settling, acknowledged }: Incident): Next => {
  if (relapse !== undefined) return 'Contain';
  return settling !== undefined && settling.at !== acknowledged ? 'Release' : 'Wait';
};

/** Why policy has this release wait for old sessions to expire, or null. */
const tooSoon = async ({ functionArn, containedAt, lastInFlightAt }: Incident): Promise<string | null> => {
  if (settings.choices.aliasSessions !== 'wait' || functionArn === null || containedAt === undefined)
    return null;
  const holder = await holderOf(functionArn, containedAt, lambda);
  return holder === null
    ? null
    : waitsForSessions(holder, { containedAt, lastInFlightAt }, records.now().toISOString());
};
