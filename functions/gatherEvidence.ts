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
import { afterGathering, type Gathered, withoutGathering } from '../shared/evidence/goesOn';
import { vaultOf } from '../shared/evidence/vault';
import type { Incident } from '../shared/incident/incident';
import { stepInput } from '../shared/incident/stepInput';
import {
  appendEntry,
  getIncident,
  listEntries,
  type Records,
  updateIncident,
} from '../shared/incident/store';
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
  when: z._default(z.enum(['contained', 'watched', 'closing']), 'contained'),
});

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
 * Collects what the incident leaves behind and locks it in the evidence bucket, with manifests that name it. While it is
 * watched: what was not gathered while it was contained, which is nothing as a rule. Before it is closed: that, and then
 * what came since.
 */
export const handler = async (
  event: unknown,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<{ readonly incidentId: string; readonly next: Gathered }> => {
  const { incidentId, when } = inputSchema.parse(event);
  const incident = await getIncident(records, incidentId);
  const answer = (next: Gathered) => ({ incidentId, next });
  const told = when === 'watched' && (await wasTold(incident));
  const without = withoutGathering(incident, when, told, records.now().toISOString());
  if (without !== null) return answer(without);
  const onlyNews = when === 'closing' && isGathered(incident);
  const more = await gatherNow(incident, onlyNews, context.getRemainingTimeInMillis());
  return answer(afterGathering(incident, when, { more, onlyNews }));
};

const wasTold = async ({ id, containedAt, openedAt }: Incident): Promise<boolean> =>
  (await listEntries(records, id)).some(
    ({ kind, at }) => kind === 'announced-evidence' && at >= (containedAt ?? openedAt),
  );

/** One invocation's worth, with what it came to in the history; true where there is more. */
const gatherNow = async (incident: Incident, onlyNews: boolean, remaining: number): Promise<boolean> => {
  const { id } = incident;
  // A timer takes whole milliseconds.
  const left = Math.max(2 * MARGIN, Math.floor(remaining));
  const until = new Date(records.now().getTime() + left);
  const mine = { gatheringUntil: until.toISOString() };
  // Where it is killed this stays.
  await updateIncident(records, id, { ...mine, gatheringDeaths: (incident.gatheringDeaths ?? 0) + 1 });
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
        `${summary.artifacts} artifacts sealed until ${summary.lockedUntil}${incident.releasedAt === undefined || onlyNews ? '' : ', some of them after the release'}${summary.missing.length > 0 ? `; missing: ${summary.missing.join('; ')}` : ''}`,
      );
    return more;
  } finally {
    const now = await getIncident(records, id);
    if (now.gatheringUntil === mine.gatheringUntil)
      await updateIncident(records, id, {}, { remove: ['gatheringUntil', 'gatheringDeaths'] });
  }
};
