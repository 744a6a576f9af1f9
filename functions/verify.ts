import * as z from 'zod/mini';
import { releaseProblem } from '../shared/approval/releaseProblem';
import { readApprovals } from '../shared/aws/approvals';
import { iamClient, lambdaClient, metricsClient, tableClient } from '../shared/aws/clients';
import { requireEnv } from '../shared/aws/environment';
import { readSettings } from '../shared/aws/settings';
import type { Decision, Incident } from '../shared/incident/incident';
import { stepInput } from '../shared/incident/stepInput';
import { appendEntry, getIncident, type Records, updateIncident } from '../shared/incident/store';
import { FROM_ANYWHERE } from '../shared/recovery/checks/source';
import { gateFacts } from '../shared/recovery/facts/gateFacts';
import { policyFacts } from '../shared/recovery/facts/policyFacts';
import { type Checked, checkedLine, isGated, releaseGate, roleGate } from '../shared/recovery/gate';
import { holderOf, waitsForSessions } from '../shared/recovery/sessions';
import { type Verdict, verifyFix } from '../shared/recovery/verifyFix';
import { readDeployed } from '../shared/suspect/deployed';
import { GONE, liveCode } from '../shared/suspect/liveCode';

/**
 * What the playbook does next. `Wait`: woken for nothing, or kept contained. `ReleaseAtOnce`: whatever is still gathered
 * and rotated.
 */
export type Next = 'Contain' | 'Dismiss' | 'Release' | 'ReleaseAtOnce' | 'NotReleased' | 'Wait';

const settings = readSettings();
const approvals = readApprovals();
const lambda = lambdaClient();
const records: Records = { db: tableClient(), table: settings.table, now: () => new Date() };
const tools = {
  lambda,
  iam: iamClient(),
  metrics: metricsClient(),
  approvedStates: { db: tableClient(), table: requireEnv('TOURNIQUET_APPROVED_TABLE') },
  records,
  fetch,
  ours: `${settings.service}-`,
};

const inputSchema = z.object({
  ...stepInput.shape,
  /** The evidence was gathered and looked at, as far as that was possible: what is verified now is released. */
  again: z._default(z.boolean(), false),
  /** What Step Functions caught where this step failed, and went on failing. */
  error: z.optional(z.object({ Error: z._default(z.string(), '') })),
});

type Answer = { readonly incidentId: string; readonly next: Next; readonly detail: readonly string[] };

/**
 * Takes up the approver's decision, and lets a release through only when the fix is verified. A release that is pressed
 * while the evidence is still being looked at is verified by what is known, so that whoever pressed hears at once, and
 * once more (`again`) before anything is put back:
 *
 *   pressed ──► verified ──► evidence looked at ──► verified again: releasing ──► put back
 *                  └──────► refused, asked again ◄──────────┘
 *
 * Until then it is contained, and watched for what undoes that. What an approver calls a false positive waits for nothing.
 */
export const handler = async (input: unknown): Promise<Answer> => {
  const { incidentId, again, error } = inputSchema.parse(input);
  const incident = await getIncident(records, incidentId);
  const { decision, status } = incident;
  const answer = (next: Next, ...detail: string[]): Answer => ({ incidentId, next, detail });

  // A retried step finds what it did the first time.
  if (status === 'containing') return answer('Contain', ...(again ? ['The release was taken back'] : []));
  const atOnce = !again && decision?.action === 'false_positive';
  if (status === 'releasing') return answer(atOnce ? 'ReleaseAtOnce' : 'Release');
  if (error !== undefined) return unverified(incident, error.Error);
  if (status === 'watching') {
    const next = await afterWatch(incident);
    // An answer was lost on its way: what comes after the release is done again, which changes nothing.
    return answer(next === 'Wait' && again ? 'Release' : next);
  }
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
  if (problem !== null) return notReleased(incident, [problem]);
  const live = await liveCode(
    { arn: incident.functionArn ?? '', qualifier: incident.qualifier },
    incident.containedDigest ?? '',
    lambda,
  );
  const fix = verifyFix(decision, incident.containedDigest ?? '', live);
  const waits = fix.verified ? await tooSoon(incident) : null;
  const asks = fix.verified && waits === null && isGated(decision.action);
  const gate = asks
    ? await gateOf(incident, decision, live === GONE, !again)
    : // What else was checked the last time is no news of this one.
      isGated(decision.action) && !fix.verified
      ? [{ check: 'code' as const, outcome: 'failed' as const, because: fix.because }]
      : [];
  const failed = gate.filter(({ outcome }) => outcome === 'failed');
  if (gate.length > 0) await updateIncident(records, incidentId, { gate });
  const { verified, because } = judged(fix, waits, incidentId, asks ? failed : []);
  const soFar = verified && gate.length > 0 && !again && incident.investigatedAt === undefined;
  const said = soFar ? ['as far as is known before the evidence was looked at', ...because] : because;
  await appendEntry(records, incidentId, 'verified', said.join(soFar ? ': ' : '. '));
  if (!verified) return notReleased(incident, because);
  if (!again && !atOnce) return answer('Release');
  // Whoever has it kept meanwhile is heard first.
  const begun = await updateIncident(
    records,
    incidentId,
    { status: 'releasing' },
    { from: ['contained'], decidedAt: decision.at },
  );
  if (begun === null) return answer('Wait');
  return answer(atOnce ? 'ReleaseAtOnce' : 'Release');
};

/** Of a function that was deleted its role is given back, and that alone can be checked. */
const gateOf = async (
  incident: Incident,
  { force = [] }: Decision,
  isGone: boolean,
  awaited: boolean,
): Promise<readonly Checked[]> => {
  if (!isGone) return releaseGate(await gateFacts(incident, approvals.from ?? FROM_ANYWHERE, awaited, tools));
  const at = { role: incident.roleArn ?? '', aliases: {} };
  const policies = await policyFacts(incident, at, force, tools);
  return roleGate({ incident, awaited, policies }, ['policies', 'secrets']);
};

const judged = (
  fix: Verdict,
  waits: string | null,
  incidentId: string,
  failed: readonly Checked[],
): { readonly verified: boolean; readonly because: readonly string[] } => {
  if (waits !== null) return { verified: false, because: [waits] };
  if (failed.length === 0) return { verified: fix.verified, because: [fix.because] };
  const mayBeWaived = failed.filter(({ check }) => check !== 'code').map(({ check }) => check);
  const way = mayBeWaived.map((check) => `npx tourniquet decide ${incidentId} --waive ${check} --reason "…"`);
  return {
    verified: false,
    because: [
      ...failed.map(checkedLine),
      ...(way.length === 0
        ? []
        : [`To release it all the same, an approver waives, and releases again: ${way.join(' ; ')}`]),
    ],
  };
};

/**
 * The step failed however often it was tried. What could not be looked at is not released, and whoever decided can
 * decide anew.
 */
const unverified = async (incident: Incident, error: string): Promise<Answer> => {
  const { id, status, decision } = incident;
  if (decision === undefined || status !== 'contained') return { incidentId: id, next: 'Wait', detail: [] };
  const because = `it could not be verified (${error})`;
  await appendEntry(records, id, 'verified', because);
  return notReleased(incident, [because]);
};

/** It stays contained, and is asked again. */
const notReleased = async ({ id, round, decision }: Incident, lines: readonly string[]): Promise<Answer> => {
  const because = lines.join('. ');
  await updateIncident(
    records,
    id,
    { round: round + 1, refused: { round: round + 1, because } },
    { from: ['contained'], remove: ['decision', 'ballot'], decidedAt: decision?.at },
  );
  return { incidentId: id, next: 'NotReleased', detail: lines };
};

/** The watch was woken: a relapse goes before a decision about what is left of the release. */
const afterWatch = async (incident: Incident): Promise<Next> => {
  const { id, relapse, settling, acknowledged } = incident;
  if (relapse !== undefined) return 'Contain';
  if (settling === undefined || settling.at === acknowledged) return 'Wait';
  const refused = await whyNotSettled(incident, settling);
  // The release says it, and goes on watching.
  if (refused !== null)
    await updateIncident(records, id, { settling: { ...settling, refused } }, { from: ['watching'] });
  return 'Release';
};

/** Why what is left as somebody changed it is not put back, although an approver has it put back; or null. */
const whyNotSettled = async (incident: Incident, settling: Decision): Promise<string | null> => {
  const problem = releaseProblem(incident, settling, settings.approvers, approvals);
  if (problem !== null || incident.decision?.action === 'false_positive') return problem;
  if (!(settling.force ?? []).some((control) => OF_POLICIES.includes(control))) return null;
  try {
    return await plantedIn(incident, settling);
  } catch (error) {
    // The watch goes on, whatever cannot be read.
    return `it could not be looked at (${error instanceof Error ? error.name : 'an error'})`;
  }
};

/** Controls that put statements back. */
const OF_POLICIES: readonly string[] = ['resource-policy', 'trust', 'role'];

/** What of an attacker's statements would be there, as the check says it; null where nothing is known to be. */
const plantedIn = async (incident: Incident, settling: Decision): Promise<string | null> => {
  const { functionArn, qualifier, roleArn, containedDigest = '' } = incident;
  const named = { arn: functionArn ?? '', qualifier };
  const gone = { role: roleArn ?? '', aliases: {} };
  const live = await liveCode(named, containedDigest, lambda);
  const at = live === GONE ? gone : await readDeployed(named, incident.id, containedDigest, lambda);
  const policies = await policyFacts(incident, at, settling.force ?? [], tools);
  const failed = roleGate({ incident, awaited: false, policies }, ['policies']).filter(
    ({ outcome }) => outcome === 'failed',
  );
  return failed.length === 0 ? null : failed.map(checkedLine).join('. ');
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
