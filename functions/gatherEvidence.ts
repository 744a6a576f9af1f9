import type { Context } from 'aws-lambda';
import {
  cloudTrailClients,
  iamClient,
  kmsClient,
  lambdaClient,
  logsClient,
  metricsClient,
  s3Client,
  stepFunctionsClient,
  stsClient,
  tableClient,
  xrayClient,
} from '../shared/aws/clients';
import { requireEnv } from '../shared/aws/environment';
import { readSettings } from '../shared/aws/settings';
import { windowOf } from '../shared/evidence/collector';
import { gather } from '../shared/evidence/gather';
import { vaultOf } from '../shared/evidence/vault';
import { stepInput } from '../shared/incident/stepInput';
import { appendEntry, getIncident, type Records, updateIncident } from '../shared/incident/store';
import { suspectOf } from '../shared/suspect/ofIncident';

const settings = readSettings();
const lambda = lambdaClient();
const tools = {
  lambda,
  iam: iamClient(),
  logs: logsClient(),
  metrics: metricsClient(),
  xray: xrayClient(),
  stepFunctions: stepFunctionsClient(),
  cloudTrailIn: cloudTrailClients(),
  fetch,
  undo: { denyPolicyArn: settings.denyPolicyArn, prefix: `${settings.service}-${settings.stage}` },
};
const records: Records = { db: tableClient(), table: settings.table, now: () => new Date() };
const aws = { s3: s3Client(), kms: kmsClient(), sts: stsClient() };
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

/** Collects what the incident leaves behind and locks it in the evidence bucket, with a manifest that names it. */
export const handler = async (
  input: unknown,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<{ readonly incidentId: string }> => {
  const { incidentId } = stepInput.parse(input);
  const left = Math.max(2 * MARGIN, context.getRemainingTimeInMillis());
  const incident = await getIncident(records, incidentId);
  const suspect = await suspectOf(incident, lambda);
  const { summary } = await gather(
    { incident, suspect, window: windowOf(incident, records.now()) },
    {
      ...tools,
      records,
      deadline: new Date(records.now().getTime() + left - MARGIN),
      signal: AbortSignal.timeout(left - MARGIN / 2),
    },
    vault,
  );
  await updateIncident(records, incidentId, { evidence: summary });
  await appendEntry(
    records,
    incidentId,
    'evidence',
    `${summary.artifacts} artifacts sealed until ${summary.lockedUntil}${summary.missing.length > 0 ? `; missing: ${summary.missing.join('; ')}` : ''}`,
  );
  return { incidentId };
};
