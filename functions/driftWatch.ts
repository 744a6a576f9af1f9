import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import {
  cloudTrailClient,
  iamClient,
  kinesisClient,
  kmsClient,
  lambdaClient,
  metricsClient,
  s3Client,
  scalingClient,
  sqsClient,
  stepFunctionsClient,
  stsClient,
  tableClient,
} from '../shared/aws/clients';
import { requireEnv } from '../shared/aws/environment';
import { log } from '../shared/aws/log';
import { readTelling } from '../shared/aws/routes';
import { readSettings } from '../shared/aws/settings';
import { CONTROL_ADDED } from '../shared/containment/askToPutOn';
import { checkDrift, type DriftTools } from '../shared/containment/drift';
import { changeIn } from '../shared/containment/driftEvent';
import { controlTools } from '../shared/containment/tools';
import { vaultOf } from '../shared/evidence/vault';
import { type Incident, isOpen } from '../shared/incident/incident';
import { endingOf, type OwnerTools, takeOver } from '../shared/incident/owner';
import { type RemindTools, remindOfActions } from '../shared/incident/remindOfActions';
import { stepInput } from '../shared/incident/stepInput';
import { findOpenIncident, getIncident, listOpenIncidents, type Records } from '../shared/incident/store';
import type { Act } from '../shared/investigation/whoDid';
import { askToAnnounce, askToTellAgain } from '../shared/notification/askToAnnounce';
import { reminderLines } from '../shared/notification/openActions';
import { comesBack } from '../shared/recovery/comesBack';
import { expireSessionDenies } from '../shared/recovery/sessions';
import { roleNameOf } from '../shared/suspect/functionArn';

const settings = readSettings();
const prefix = `${settings.service}-${settings.stage}`;
const clients = { lambda: lambdaClient(), iam: iamClient(), sqs: sqsClient(), scaling: scalingClient() };
const stepFunctions = stepFunctionsClient();
const records: Records = { db: tableClient(), table: settings.table, now: () => new Date() };
const announce = askToAnnounce(clients.lambda, requireEnv('TOURNIQUET_ANNOUNCE_FUNCTION'));
const tellAgain = askToTellAgain(clients.lambda, requireEnv('TOURNIQUET_ANNOUNCE_FUNCTION'));

const tools: DriftTools = {
  records,
  cloudTrail: cloudTrailClient(),
  collectors: { lambda: clients.lambda, records, fetch },
  vault: vaultOf(
    settings,
    requireEnv('TOURNIQUET_SIGNING_KEY_ARN'),
    { s3: s3Client(), kms: kmsClient(), sts: stsClient() },
    records.now,
  ),
  ours: `${prefix}-`,
  guards: settings,
  losses: { kinesis: kinesisClient(), metrics: metricsClient() },
  controls: (incident) => controlTools({ ...clients, records }, settings, incident),
  tell: (id, { about, detail }) => announce(id, about, detail),
};

const owners: OwnerTools = {
  records,
  stepFunctions,
  stateMachineArn: settings.stateMachineArn,
  tell: (id, detail) => announce(id, 'failure', detail),
};

const { taskReminderHours, mostReminders } = readTelling();
const reminding: RemindTools = {
  records,
  cadence: { hours: taskReminderHours, most: mostReminders },
  tell: (incident, reminder) =>
    announce(incident.id, 'open-actions', [
      ...reminderLines(incident, reminder, mostReminders, records.now()),
    ]),
};

/** What the ARNs of this account's and Region's functions begin with. */
const PLACE = `arn:${settings.stateMachineArn.split(':')[1] ?? 'aws'}:lambda:${settings.ownRegion}:${settings.ownAccountId}:function:`;

const sourceSchema = z.object({ source: z.string() });

/** An approver has added a control to one containment (shared/approval/acts.ts). */
const addedSchema = z.object({ source: z.literal(CONTROL_ADDED), ...stepInput.shape });

/** Some open incidents could not be looked at. The others were; Lambda tries once more, and so does the next sweep. */
export class SweepIncompleteError extends Error {
  override readonly name = 'SweepIncompleteError';
}

/**
 * Watches what is contained, and whether contained code comes back in what was released: on a schedule everything that is open, and at an event what the event names. On the
 * schedule it also looks whether every open incident still has an owner (invariant 9), takes off the denies of sessions
 * that have all expired, and reminds people of what is open on incidents, closed ones too.
 */
export const handler = async (event: unknown): Promise<{ readonly looked: readonly string[] }> => {
  if (sourceSchema.parse(event).source === 'aws.events') {
    const { inlineDeny } = controlTools({ ...clients, records }, settings, { id: 'sweep', containment: 0 });
    if (settings.choices.inlineRoles.length > 0) await expireSessionDenies(records, inlineDeny);
    return sweepAll();
  }
  const added = addedSchema.safeParse(event);
  if (added.success) {
    const { incidentId } = added.data;
    await look(await getIncident(records, incidentId), null);
    return { looked: [incidentId] };
  }
  const change = changeIn(event, PLACE);
  const open = await incidentsOf(change.functions, change.roles);
  const incidents = open.filter(({ status }) => status === 'contained');
  for (const incident of incidents) await look(incident, change.act);
  for (const incident of open) await comesBack(incident, { ...clients, records, stepFunctions });
  return { looked: incidents.map(({ id }) => id) };
};

const incidentsOf = async (
  functions: readonly string[],
  roles: readonly string[],
): Promise<readonly Incident[]> => {
  const named = await Promise.all(functions.map((arn) => findOpenIncident(records, arn)));
  const ofRoles =
    roles.length === 0
      ? []
      : (await listOpenIncidents(records)).filter(
          ({ roleArn }) => roleArn !== null && roles.includes(roleNameOf(roleArn)),
        );
  const all = [...named.filter((incident) => incident !== null), ...ofRoles];
  return [...new Map(all.map((incident) => [incident.id, incident])).values()];
};

/** One change is often reported twice at once, and each look must see it: the second waits for the first. */
const MOST_WAITS = 45;

const look = async (incident: Incident, hint: Act | null): Promise<void> => {
  for (let waits = 0; waits < MOST_WAITS; waits++) {
    if ((await checkDrift(incident, tools, hint)) !== 'busy') return;
    await pause(2000);
  }
  throw new SweepIncompleteError(`${incident.id} was being looked at by another watch all the time`);
};

/** Lambda's and IAM's control planes take a few calls a second: not everything at once. */
const AT_ONCE = 5;

const sweepAll = async (): Promise<{ readonly looked: readonly string[] }> => {
  const incidents = await listOpenIncidents(records);
  const notLookedAt = await sweep(incidents);
  const { failed } = await remindOfActions(reminding);
  for (const [incident, error] of failed)
    log.error('people could not be reminded of what is open', { incident, error });
  if (notLookedAt.length > 0) throw new SweepIncompleteError(`not looked at: ${notLookedAt.join(', ')}`);
  if (failed.size > 0)
    throw new SweepIncompleteError(`not reminded of what is open: ${[...failed.keys()].join(', ')}`);
  return { looked: incidents.map(({ id }) => id) };
};

/** Gives those that could not be looked at. */
const sweep = async (incidents: readonly Incident[]): Promise<readonly string[]> => {
  const failures: string[] = [];
  for (let start = 0; start < incidents.length; start += AT_ONCE) {
    const some = incidents.slice(start, start + AT_ONCE);
    const results = await Promise.allSettled(some.map(sweepOne));
    results.forEach((result, index) => {
      if (result.status === 'fulfilled') return;
      const id = some[index]?.id ?? '';
      log.error('an open incident could not be looked at', { incident: id, error: result.reason as Error });
      failures.push(id);
    });
  }
  return failures;
};

const sweepOne = async (incident: Incident): Promise<void> => {
  if (!isOpen(incident.status)) return;
  // Whether it still holds comes first: an owner that died changes nothing on the function.
  const drift = await checkDrift(incident, tools).then(
    () => comesBack(incident, { ...clients, records, stepFunctions }).then(() => null),
    (error: unknown) => ({ error }),
  );
  const ending = await endingOf(incident, stepFunctions, records.now());
  if (ending !== null) await takeOver(incident, ending, owners);
  for (const [channel, what] of Object.entries(incident.undelivered ?? {}))
    await tellAgain(incident.id, channel, what);
  if (drift !== null) throw drift.error;
};
