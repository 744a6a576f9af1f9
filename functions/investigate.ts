import { GetObjectCommand } from '@aws-sdk/client-s3';
import { cloudTrailClient, lambdaClient, s3Client, tableClient } from '../shared/aws/clients';
import { readSettings } from '../shared/aws/settings';
import { json } from '../shared/evidence/collector';
import type { Manifest } from '../shared/evidence/gather';
import { seal } from '../shared/evidence/seal';
import { stepInput } from '../shared/incident/stepInput';
import { appendEntry, getIncident, type Records, updateIncident } from '../shared/incident/store';
import { investigate, summarise } from '../shared/investigation/investigate';
import { suspectOf } from '../shared/suspect/ofIncident';

const settings = readSettings();
const lambda = lambdaClient();
const s3 = s3Client();
const cloudTrail = cloudTrailClient();
const records: Records = { db: tableClient(), table: settings.table, now: () => new Date() };

/** The evidence of the incident was not gathered, so there is nothing to look at. */
export class NoEvidenceError extends Error {
  override readonly name = 'NoEvidenceError';
}

/** Reads the sealed evidence for signs of what happened, and seals what it found beside it. */
export const handler = async (input: unknown): Promise<{ readonly incidentId: string }> => {
  const { incidentId } = stepInput.parse(input);
  const incident = await getIncident(records, incidentId);
  const { evidence } = incident;
  if (evidence === undefined) throw new NoEvidenceError(`${incidentId} has no evidence to investigate`);
  const { Body } = await s3.send(
    new GetObjectCommand({
      Bucket: evidence.bucket,
      Key: evidence.manifestKey,
      VersionId: evidence.manifestVersionId ?? undefined,
    }),
  );
  const manifest = JSON.parse((await Body?.transformToString('utf8')) ?? '') as Manifest;
  const investigation = await investigate(incident, await suspectOf(incident, lambda), manifest, {
    s3,
    cloudTrail,
    now: records.now,
  });
  await seal(
    {
      s3,
      bucket: settings.evidenceBucket,
      lockMode: settings.lockMode,
      retentionDays: settings.retentionDays,
      now: records.now,
    },
    evidence.manifestKey.replace(/manifest\.json$/, 'investigation.json'),
    'application/json',
    json(investigation),
  );
  const sentences = summarise(investigation);
  await updateIncident(records, incidentId, { investigation: sentences });
  await appendEntry(records, incidentId, 'investigation', sentences[0] ?? 'nothing found');
  return { incidentId };
};
