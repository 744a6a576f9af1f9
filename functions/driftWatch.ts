import { createHash } from 'node:crypto';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import * as z from 'zod/mini';
import {
  cloudTrailClient,
  iamClient,
  lambdaClient,
  scalingClient,
  sqsClient,
  stepFunctionsClient,
  tableClient,
} from '../shared/aws/clients';
import { requireEnv } from '../shared/aws/environment';
import { log } from '../shared/aws/log';
import { readSettings } from '../shared/aws/settings';
import { checkDrift, type Drift } from '../shared/containment/drift';
import { controlTools } from '../shared/containment/tools';
import { type Incident, isOpen } from '../shared/incident/incident';
import {
  appendEntry,
  findOpenIncident,
  listIncidents,
  type Records,
  updateIncident,
} from '../shared/incident/store';
import { refusal } from '../shared/policy/guards';
import { expireSessionDenies } from '../shared/recovery/sessions';
import { whoDeployed } from '../shared/suspect/deployments';
import type { Suspect } from '../shared/suspect/describe';
import { suspectCode } from '../shared/suspect/liveCode';
import { SuspectGoneError, suspectOf } from '../shared/suspect/ofIncident';

const settings = readSettings();
const lambda = lambdaClient();
const clients = { lambda, iam: iamClient(), sqs: sqsClient(), scaling: scalingClient() };
const cloudTrail = cloudTrailClient();
const stepFunctions = stepFunctionsClient();
const records: Records = { db: tableClient(), table: settings.table, now: () => new Date() };

/** A change to a function, as CloudTrail or Lambda tell of it; anything else is the schedule. */
const changeSchema = z.object({
  detail: z.object({ requestParameters: z.object({ functionName: z.string() }) }),
});

type Checked = { readonly incidentId: string; readonly drifts: readonly Drift[] };

/**
 * Watches what is contained: on a schedule all of it, and on an event the function that was changed. Also sees to it
 * that every open incident has a living owner, and that denies of sessions that have all expired are taken off.
 */
export const handler = async (event: unknown): Promise<{ readonly checked: readonly Checked[] }> => {
  const change = changeSchema.safeParse(event);
  if (change.success) {
    const incident = await findOpenIncident(
      records,
      arnOf(change.data.detail.requestParameters.functionName),
    );
    return { checked: incident === null ? [] : [await watch(incident)] };
  }
  const open = (await listIncidents(records)).filter(({ status }) => isOpen(status));
  const checked: Checked[] = [];
  for (const incident of open) {
    checked.push(await watch(incident));
    await seeToOwner(incident);
  }
  const { inlineDeny } = controlTools({ ...clients, records }, settings, { id: 'schedule', containment: 0 });
  if (settings.choices.inlineRoles.length > 0) await expireSessionDenies(records, inlineDeny);
  return { checked };
};

/** A name, a partial or a whole ARN, as callers of Lambda's API may give it. */
const arnOf = (name: string): string => {
  const parts = name.split(':');
  const bare = parts.length >= 7 ? parts[6] : parts.length === 1 ? name : parts.at(-1);
  return `arn:${settings.stateMachineArn.split(':')[1]}:lambda:${settings.ownRegion}:${settings.ownAccountId}:function:${bare}`;
};

const watch = async (incident: Incident): Promise<Checked> => {
  const nothing = { incidentId: incident.id, drifts: [] };
  if (incident.status !== 'contained') return nothing;
  try {
    const suspect = await suspectOf(incident, lambda);
    await noteCandidate(incident, suspect);
    const refused = refusal(suspect, settings);
    const tools = controlTools({ ...clients, records }, settings, incident);
    // What a guard refuses is not touched, however it came to be contained (invariant 7).
    const action = refused === null ? settings.driftAction : 'escalate';
    const drifts = await checkDrift(suspect, incident, tools, action);
    await tell(incident, [...drifts.map(sentence), ...otherRole(suspect, incident)]);
    return { incidentId: incident.id, drifts };
  } catch (error) {
    if (!(error instanceof SuspectGoneError)) throw error;
    await tell(incident, ['The function was deleted while contained.']);
    return nothing;
  }
};

/** The role that is denied is the one that was its role then; another one is drift, and a human's. */
const otherRole = ({ roleArn }: Suspect, incident: Incident): readonly string[] =>
  incident.roleArn === null || roleArn === incident.roleArn
    ? []
    : [`It runs under another role since it was contained: ${roleArn}. That role is NOT denied.`];

const sentence = ({ title, found, outcome, because }: Drift): string =>
  `${title} was changed while contained (${found}): ${outcome === 'put-back' ? `put back: ${because}` : `NOT put back: ${because}`}`;

/**
 * New code is never put back: it is noted with who deployed it, and is what a release will be judged by. Containment
 * stays on whatever is deployed.
 */
const noteCandidate = async (incident: Incident, suspect: Suspect): Promise<void> => {
  const { codeSha256 } = await suspectCode(suspect, lambda);
  const known = incident.candidate?.codeSha256 ?? incident.containedDigest;
  if (known === undefined || codeSha256 === known) return;
  const by = await whoDeployed(suspect, cloudTrail);
  const at = records.now().toISOString();
  await updateIncident(records, incident.id, { candidate: { codeSha256, by, at } }, { from: ['contained'] });
  const text = `New code was deployed while contained (${codeSha256}), by ${by}. It stays contained; a release is judged by it.`;
  await appendEntry(records, incident.id, 'candidate', text);
  await announce({ incidentId: incident.id, about: 'candidate', detail: [text] });
};

/** Tells people once of what is as it was when they were last told. */
const tell = async (incident: Incident, lines: readonly string[]): Promise<void> => {
  const drift = lines.length === 0 ? '' : createHash('sha256').update(lines.join('\n')).digest('hex');
  if (drift === (incident.drift ?? '')) return;
  await updateIncident(records, incident.id, { drift }, { from: ['contained'] });
  if (lines.length === 0) return;
  await appendEntry(records, incident.id, 'drift', lines.join('; '));
  await announce({ incidentId: incident.id, about: 'drift', detail: lines });
};

const announce = async (announcement: {
  readonly incidentId: string;
  readonly about: 'drift' | 'candidate';
  readonly detail: readonly string[];
}): Promise<void> => {
  await lambda.send(
    new InvokeCommand({
      FunctionName: requireEnv('TOURNIQUET_ANNOUNCE_FUNCTION'),
      InvocationType: 'Event',
      Payload: JSON.stringify(announcement),
    }),
  );
};

/** An owner that died without an event that says so is noticed here (invariant 9). */
const seeToOwner = async ({ id, executionArn }: Incident): Promise<void> => {
  const { status, stateMachineArn } = await stepFunctions.send(
    new DescribeExecutionCommand({ executionArn }),
  );
  if (status === 'RUNNING' || status === 'PENDING_REDRIVE') return;
  log.warn('an open incident has no living owner', { incident: id, executionArn, status });
  await lambda.send(
    new InvokeCommand({
      FunctionName: requireEnv('TOURNIQUET_RESUME_FUNCTION'),
      InvocationType: 'Event',
      Payload: JSON.stringify({
        detail: { executionArn, stateMachineArn, status: status === 'SUCCEEDED' ? 'FAILED' : status },
      }),
    }),
  );
};
