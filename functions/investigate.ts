import { GetObjectCommand } from '@aws-sdk/client-s3';
import {
  cloudTrailClient,
  kmsClient,
  lambdaClient,
  s3Client,
  stsClient,
  tableClient,
} from '../shared/aws/clients';
import { listEnv, requireEnv } from '../shared/aws/environment';
import { readSettings } from '../shared/aws/settings';
import { askToPutOn } from '../shared/containment/askToPutOn';
import { sha256 } from '../shared/evidence/canonical';
import { json } from '../shared/evidence/collector';
import type { Manifest } from '../shared/evidence/manifest';
import { seal } from '../shared/evidence/seal';
import { sealManifest } from '../shared/evidence/sealManifest';
import { vaultOf } from '../shared/evidence/vault';
import { reachOf, readsOf } from '../shared/exposure/reach';
import { stepInput } from '../shared/incident/stepInput';
import { appendEntry, getIncident, type Records, updateIncident } from '../shared/incident/store';
import { investigate, summarise } from '../shared/investigation/investigate';
import { exposedOfKind, isBlind, sayExposure } from '../shared/investigation/readExposure';
import { rootCauseOf, sayHypotheses } from '../shared/investigation/sayHypotheses';
import { whoDid } from '../shared/investigation/whoDid';
import { awaitsReach, choicesWith } from '../shared/policy/choices';
import { suspectOf } from '../shared/suspect/ofIncident';

const settings = readSettings();
const knownDeployers = listEnv('TOURNIQUET_KNOWN_DEPLOYERS');
const lambda = lambdaClient();
const s3 = s3Client();
const cloudTrail = cloudTrailClient();
const records: Records = { db: tableClient(), table: settings.table, now: () => new Date() };
const aws = { s3, kms: kmsClient(), sts: stsClient() };
const putOn = askToPutOn(lambda, `${settings.service}-${settings.stage}-driftWatch`);
const vault = vaultOf(settings, requireEnv('TOURNIQUET_SIGNING_KEY_ARN'), aws, records.now);

/** The evidence of the incident was not gathered, so there is nothing to look at. */
export class NoEvidenceError extends Error {
  override readonly name = 'NoEvidenceError';
}

/** The manifest that the record names is not the one that was sealed: the record or the bucket was changed. */
export class ManifestChangedError extends Error {
  override readonly name = 'ManifestChangedError';
}

/** As far back as CloudTrail's event history goes. */
const HISTORY_MS = 90 * 24 * 3_600_000;

/** Who put the code there that ran before a time, as CloudTrail shows; null where it shows nobody. */
const deployerOf = async (name: string, before: string): Promise<string | null> => {
  const since = new Date(Date.parse(before) - HISTORY_MS);
  const acts = await whoDid(cloudTrail, [name], since, `${settings.service}-${settings.stage}`);
  return (
    acts.find(({ event, at }) => at <= before && /^(?:UpdateFunctionCode|CreateFunction)/.test(event))?.by ??
    null
  );
};

/** What depends on it through what it reached is known by now: the watch puts on what policy or an approver wants. */
const cutDependants = async (incidentId: string): Promise<void> => {
  const { status, added } = await getIncident(records, incidentId);
  if (status === 'contained' && awaitsReach(choicesWith(settings.choices, added))) await putOn(incidentId);
};

/** Reads the sealed evidence for signs of what happened, and seals what it found beside it. */
export const handler = async (input: unknown): Promise<{ readonly incidentId: string }> => {
  const { incidentId } = stepInput.parse(input);
  const incident = await getIncident(records, incidentId);
  const { evidence } = incident;
  if (evidence === undefined) throw new NoEvidenceError(`${incidentId} has no evidence to investigate`);
  const { bucket, manifestKey, manifestVersionId, manifestSha256 } = evidence;
  const newest = { key: manifestKey, versionId: manifestVersionId, sha256: manifestSha256 };
  const manifests: Manifest[] = [];
  for (const { key, versionId, sha256: sealed } of evidence.manifests ?? [newest]) {
    const { Body } = await s3.send(
      new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId ?? undefined }),
    );
    const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
    if (sha256(bytes) !== sealed)
      throw new ManifestChangedError(`${key} of ${incidentId} is not what was sealed`);
    manifests.push(JSON.parse(Buffer.from(bytes).toString('utf8')) as Manifest);
  }
  const { investigation, exposure, conclusions, measured, remains } = await investigate(
    incident,
    await suspectOf(incident, lambda),
    manifests,
    {
      s3,
      cloudTrail,
      now: records.now,
      knownDeployers,
      isOurs: ({ name, arn }) => arn === settings.denyPolicyArn || name.startsWith(`${settings.service}-`),
    },
  );
  const folder = evidence.manifestKey.replace(/manifest\.json$/, '');
  const sealed = await seal(vault, `${folder}investigation.json`, 'application/json', json(investigation));
  const reached = await seal(vault, `${folder}exposure.json`, 'application/json', json(exposure));
  const concluded = await seal(vault, `${folder}hypotheses.json`, 'application/json', json(conclusions));
  await sealManifest(vault, records, incident, {
    kind: 'investigation',
    key: `${folder}investigation.manifest.json`,
    about: { of: evidence.manifestKey, ofSha256: evidence.manifestSha256 },
    entries: [
      {
        artifact: 'investigation.json',
        source: `Tourniquet's investigation of ${evidence.manifestKey}, cloudtrail:LookupEvents`,
        collectedAt: records.now().toISOString(),
        completeness: investigation.gaps.length === 0 ? 'complete' : `gaps: ${investigation.gaps.join('; ')}`,
        ...sealed,
      },
      {
        artifact: 'exposure.json',
        source: `identity/role.json, identity/targets.json, behaviour/role-sessions.jsonl and code/package.zip of ${evidence.manifestKey}`,
        collectedAt: records.now().toISOString(),
        completeness: exposure.gaps.length === 0 ? 'complete' : `gaps: ${exposure.gaps.join('; ')}`,
        ...reached,
      },
      {
        artifact: 'hypotheses.json',
        source: `the artifacts of ${evidence.manifestKey} that each of its reasons names`,
        collectedAt: records.now().toISOString(),
        completeness: conclusions.gaps.length === 0 ? 'complete' : `gaps: ${conclusions.gaps.join('; ')}`,
        ...concluded,
      },
    ],
  });
  const ours = `${settings.service}-${settings.stage}-`;
  const sentences = [...sayHypotheses(conclusions), ...summarise(investigation, ours)];
  // Not the candidate's: whoever deployed before it was contained.
  const deployedBy = await deployerOf(incident.functionName ?? '', incident.containedAt ?? incident.openedAt);
  // It came back meanwhile: the record is about the new containment, and its own evidence is looked at.
  if ((await getIncident(records, incidentId)).containment !== incident.containment) return { incidentId };
  await updateIncident(records, incidentId, {
    investigatedAt: records.now().toISOString(),
    investigation: sentences,
    rootCause: rootCauseOf(conclusions, `${incident.functionArn?.split(':')[4] ?? ''}:role/${ours}`),
    ...(measured === null ? {} : { measured }),
    remains,
    conclusions: { key: concluded.key, versionId: concluded.versionId, sha256: concluded.sha256 },
    deployedBy,
    exposure: sayExposure(exposure),
    exposureBlind: isBlind(exposure),
    reach: reachOf(exposure),
    reads: readsOf(exposure),
    // What it read, or could have: in the order in which it is to be rotated.
    exposedSecrets: exposedOfKind(exposure, 'secret'),
    exposedParameters: exposedOfKind(exposure, 'parameter'),
  });
  await appendEntry(records, incidentId, 'investigation', sentences[0] ?? 'nothing found');
  await cutDependants(incidentId);
  return { incidentId };
};
