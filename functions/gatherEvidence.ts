import {
  iamClient,
  kmsClient,
  lambdaClient,
  logsClient,
  s3Client,
  stsClient,
  tableClient,
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
  fetch,
  undo: { denyPolicyArn: settings.denyPolicyArn, prefix: `${settings.service}-${settings.stage}` },
};
const records: Records = { db: tableClient(), table: settings.table, now: () => new Date() };
const aws = { s3: s3Client(), kms: kmsClient(), sts: stsClient() };
const vault = vaultOf(settings, requireEnv('TOURNIQUET_SIGNING_KEY_ARN'), aws, records.now);

/** Collects what the incident leaves behind and locks it in the evidence bucket, with a manifest that names it. */
export const handler = async (input: unknown): Promise<{ readonly incidentId: string }> => {
  const { incidentId } = stepInput.parse(input);
  const incident = await getIncident(records, incidentId);
  const suspect = await suspectOf(incident, lambda);
  const { summary } = await gather(
    { incident, suspect, window: windowOf(incident, records.now()) },
    { ...tools, records },
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
