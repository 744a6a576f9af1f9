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
import { gather, isGathered } from '../shared/evidence/gather';
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

const inputSchema = z.object({
  ...stepInput.shape,
  closing: z.optional(z.boolean()),
  /** While it is watched: what was not gathered while it was contained. */
  rest: z.optional(z.boolean()),
});

/**
 * How the playbook goes on with the rest. `More`: call again; `Busy`: so does an earlier step, whose function still runs;
 * `Investigate`: it is there, and the code that it shows is what was contained; `Tell`: it is there.
 */
export type Rest = 'More' | 'Busy' | 'Investigate' | 'Tell' | 'Done';

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
 * incident is closed, and before that what was not gathered although it was contained. `rest`: that alone, which is nothing
 * as a rule.
 */
export const handler = async (
  event: unknown,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<{ readonly incidentId: string; readonly more: boolean; readonly next: Rest }> => {
  const { incidentId, closing = false, rest = false } = inputSchema.parse(event);
  const incident = await getIncident(records, incidentId);
  const { evidence, containedAt, firstContainedAt, gatheringUntil, decision, investigatedAt } = incident;
  const isWhole = isGathered(incident);
  const done = { incidentId, more: false, next: 'Done' as const };
  if (closing && evidence === undefined && containedAt === undefined && firstContainedAt === undefined)
    return done;
  const looks = decision?.action === 'false_positive' && investigatedAt === undefined;
  if (rest && isWhole) return looks ? { ...done, next: 'Investigate' } : done;
  // The step before this one was ended, and its function was not.
  if (rest && gatheringUntil !== undefined && gatheringUntil > records.now().toISOString())
    return { incidentId, more: true, next: 'Busy' };
  const onlyNews = closing && isWhole;
  const more = await gatherNow(incident, onlyNews, context.getRemainingTimeInMillis());
  if (more) return { incidentId, more, next: 'More' };
  // What came since is gathered after what was left to gather.
  return { incidentId, more: closing && !onlyNews, next: looks ? 'Investigate' : 'Tell' };
};

/** One invocation's worth, with what it came to in the history; true where there is more. */
const gatherNow = async (incident: Incident, onlyNews: boolean, remaining: number): Promise<boolean> => {
  const { id } = incident;
  // A timer takes whole milliseconds.
  const left = Math.max(2 * MARGIN, Math.floor(remaining));
  const until = new Date(records.now().getTime() + left);
  await updateIncident(records, id, { gatheringUntil: until.toISOString() });
  try {
    const { summary, more } = await gather(
      { incident, suspect: await suspectOrRecord(incident) },
      onlyNews,
      {
        ...tools,
        records,
        deadline: new Date(until.getTime() - MARGIN),
        signal: AbortSignal.timeout(left - MARGIN / 2),
      },
      vault,
    );
    if (!more)
      await appendEntry(
        records,
        id,
        onlyNews ? 'evidence-closing' : 'evidence',
        `${summary.artifacts} artifacts sealed until ${summary.lockedUntil}${summary.missing.length > 0 ? `; missing: ${summary.missing.join('; ')}` : ''}`,
      );
    return more;
  } finally {
    await updateIncident(records, id, {}, { remove: ['gatheringUntil'] });
  }
};
