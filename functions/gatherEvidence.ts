import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import {
  cloudTrailClients,
  iamClient,
  inspectorClient,
  kmsClient,
  lambdaClient,
  logsClient,
  metricsClient,
  s3Client,
  secretsClient,
  sqsClient,
  stepFunctionsClient,
  stsClient,
  tableClient,
  xrayClient,
} from '../shared/aws/clients';
import { requireEnv } from '../shared/aws/environment';
import { readSettings } from '../shared/aws/settings';
import { gather } from '../shared/evidence/gather';
import { vaultOf } from '../shared/evidence/vault';
import type { Incident } from '../shared/incident/incident';
import { stepInput } from '../shared/incident/stepInput';
import { appendEntry, getIncident, type Records, updateIncident } from '../shared/incident/store';
import type { Suspect } from '../shared/suspect/describe';
import { recordedSuspect, SuspectGoneError, suspectOf } from '../shared/suspect/ofIncident';

const settings = readSettings();
const lambda = lambdaClient();
const aws = { s3: s3Client(), kms: kmsClient(), sts: stsClient() };
const tools = {
  lambda,
  secrets: secretsClient(),
  kms: aws.kms,
  s3: aws.s3,
  sqs: sqsClient(),
  iam: iamClient(),
  logs: logsClient(),
  metrics: metricsClient(),
  xray: xrayClient(),
  inspector: requireEnv('TOURNIQUET_ADVISORIES') === 'inspector' ? inspectorClient() : null,
  stepFunctions: stepFunctionsClient(),
  cloudTrailIn: cloudTrailClients(),
  fetch,
  undo: { denyPolicyArn: settings.denyPolicyArn, prefix: `${settings.service}-${settings.stage}` },
};
const records: Records = { db: tableClient(), table: settings.table, now: () => new Date() };
const keys = {
  signing: requireEnv('TOURNIQUET_SIGNING_KEY_ARN'),
  secrets: requireEnv('TOURNIQUET_SECRETS_KEY_ARN'),
};
const vault = {
  ...vaultOf(settings, keys.signing, aws, records.now),
  secretsKeyArn: keys.secrets,
};

/** What is left for the manifest and the record when the collectors have to stop. */
const MARGIN = 60_000;

const input = z.object({ ...stepInput.shape, closing: z.optional(z.boolean()) });

/** As it is now, or as the record has it where it was deleted meanwhile: its logs and its role are there all the same. */
const suspectOrRecord = async (incident: Incident): Promise<Suspect> => {
  try {
    return await suspectOf(incident, lambda);
  } catch (error) {
    if (error instanceof SuspectGoneError) return recordedSuspect(incident);
    throw error;
  }
};

/**
 * Collects what the incident leaves behind and locks it in the evidence bucket, with manifests that name it. `more`: there
 * was no time for all of it, and the playbook calls again. `closing`: what came since the last gathering, before the
 * incident is closed, and before that what was not gathered although it was contained.
 */
export const handler = async (
  event: unknown,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<{ readonly incidentId: string; readonly more: boolean }> => {
  const { incidentId, closing = false } = input.parse(event);
  // A timer takes whole milliseconds.
  const left = Math.max(2 * MARGIN, Math.floor(context.getRemainingTimeInMillis()));
  const incident = await getIncident(records, incidentId);
  const { evidence, gathering, containedAt, firstContainedAt } = incident;
  if (closing && evidence === undefined && containedAt === undefined && firstContainedAt === undefined)
    return { incidentId, more: false };
  const onlyNews = closing && evidence !== undefined && gathering?.closing !== false;
  // Of an earlier run: whoever waits for the end of this one is not to take it for that.
  if (!closing && incident.evidenceDone !== undefined)
    await updateIncident(records, incidentId, {}, { remove: ['evidenceDone'] });
  const { summary, more } = await gather(
    { incident, suspect: await suspectOrRecord(incident) },
    onlyNews,
    {
      ...tools,
      records,
      deadline: new Date(records.now().getTime() + left - MARGIN),
      signal: AbortSignal.timeout(left - MARGIN / 2),
    },
    vault,
  );
  if (!more)
    await appendEntry(
      records,
      incidentId,
      onlyNews ? 'evidence-closing' : 'evidence',
      `${summary.artifacts} artifacts sealed until ${summary.lockedUntil}${summary.missing.length > 0 ? `; missing: ${summary.missing.join('; ')}` : ''}`,
    );
  // What came since is gathered after what was left to gather.
  return { incidentId, more: more || (closing && !onlyNews) };
};
