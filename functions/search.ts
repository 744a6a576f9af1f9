import { GetObjectCommand } from '@aws-sdk/client-s3';
import {
  cloudTrailClient,
  eventsClient,
  kmsClient,
  lambdaClient,
  s3Client,
  stsClient,
  tableClient,
} from '../shared/aws/clients';
import { requireEnv } from '../shared/aws/environment';
import { readSettings } from '../shared/aws/settings';
import { sha256 } from '../shared/evidence/canonical';
import { json } from '../shared/evidence/collector';
import { seal } from '../shared/evidence/seal';
import { sealManifest } from '../shared/evidence/sealManifest';
import { vaultOf } from '../shared/evidence/vault';
import type { Incident } from '../shared/incident/incident';
import { stepInput } from '../shared/incident/stepInput';
import { appendEntry, getIncident, type Records, updateIncident } from '../shared/incident/store';
import type { Conclusions } from '../shared/investigation/findings';
import { SEARCH_OPENS } from '../shared/search/open';
import { saySearch, summaryOf } from '../shared/search/say';
import { search } from '../shared/search/search';

const settings = readSettings();
const s3 = s3Client();
const lambda = lambdaClient();
const cloudTrail = cloudTrailClient();
const events = eventsClient();
const db = tableClient();
const records: Records = { db, table: settings.table, now: () => new Date() };
const vault = vaultOf(
  settings,
  requireEnv('TOURNIQUET_SIGNING_KEY_ARN'),
  { s3, kms: kmsClient(), sts: stsClient() },
  records.now,
);
const bus = requireEnv('TOURNIQUET_EVENT_BUS');
const counts = { db, table: requireEnv('TOURNIQUET_COUNT_TABLE') };
const searchCode = requireEnv('TOURNIQUET_SEARCH_CODE') === 'true';
const wanted = requireEnv('TOURNIQUET_SEARCH_OPENS');
// What cannot be read opens nothing.
const opens = SEARCH_OPENS.find((one) => one === wanted) ?? 'none';

/** The release waits for this step: after so long it goes on with what it has, and says what is left. */
const LONGEST_MS = 180_000;

/** The sealed conclusions are not those that the record names: the record or the bucket was changed. */
export class ConclusionsChangedError extends Error {
  override readonly name = 'ConclusionsChangedError';
}

const readConclusions = async (
  id: string,
  bucket: string,
  { key, versionId, sha256: sealed }: NonNullable<Incident['conclusions']>,
): Promise<Conclusions> => {
  const { Body } = await s3.send(
    new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId ?? undefined }),
  );
  const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
  if (sha256(bytes) !== sealed) throw new ConclusionsChangedError(`${key} of ${id} is not what was sealed`);
  return JSON.parse(Buffer.from(bytes).toString('utf8')) as Conclusions;
};

/**
 * Searches the other functions for what the incident is about, seals what it found, and puts a finding about each on our
 * own bus. `news`: whether there is anything to tell.
 */
export const handler = async (
  input: unknown,
): Promise<{ readonly incidentId: string; readonly news: boolean }> => {
  const { incidentId } = stepInput.parse(input);
  const incident = await getIncident(records, incidentId);
  const { evidence, conclusions } = incident;
  if (evidence === undefined || conclusions === undefined) return { incidentId, news: false };
  // A release waits for this, and of what an approver calls no attack nothing is looked for.
  if (incident.decision?.action === 'false_positive') {
    const text = 'the other functions were not searched: it was called a false positive';
    await appendEntry(records, incidentId, 'search', text);
    return { incidentId, news: false };
  }
  const end = Date.now() + LONGEST_MS;
  const searched = await search(incident, await readConclusions(incidentId, evidence.bucket, conclusions), {
    lambda,
    cloudTrail,
    events,
    bus,
    counts,
    now: records.now,
    prefix: `${settings.service}-`,
    opens,
    searchCode,
    fetch: globalThis.fetch,
    signal: AbortSignal.timeout(LONGEST_MS + 60_000),
    isOverdue: () => Date.now() > end,
  });
  const { at, sought, found, gaps, functions } = searched;
  const folder = evidence.manifestKey.replace(/manifest\.json$/, '');
  const sealed = await seal(vault, `${folder}search.json`, 'application/json', json(searched));
  await sealManifest(vault, records, incident, {
    kind: 'investigation',
    key: `${folder}search.manifest.json`,
    about: { of: conclusions.key, ofSha256: conclusions.sha256 },
    entries: [
      {
        artifact: 'search.json',
        source: `lambda:ListFunctions, cloudtrail:LookupEvents${searchCode ? ', lambda:GetFunction' : ''}`,
        collectedAt: at,
        completeness: gaps.length === 0 ? 'complete' : `gaps: ${gaps.join('; ')}`,
        ...sealed,
      },
    ],
  });
  const summary = summaryOf(at, sought, found, gaps, functions);
  await updateIncident(records, incidentId, { search: summary });
  await appendEntry(records, incidentId, 'search', saySearch(summary)[0] ?? 'nothing was looked for');
  return { incidentId, news: sought.length > 0 };
};
