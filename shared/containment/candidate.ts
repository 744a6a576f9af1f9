import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { sealCandidate } from '../evidence/candidate';
import { windowOf } from '../evidence/collector';
import { isPiece } from '../evidence/manifest';
import type { Vault } from '../evidence/seal';
import type { Candidate, Incident } from '../incident/incident';
import { appendEntry, type Records, updateIncident } from '../incident/store';
import { type Act, whoDid } from '../investigation/whoDid';
import { asContained, changesBetween, type Deployed } from '../suspect/deployed';
import type { Suspect } from '../suspect/describe';
import { roleNameOf } from '../suspect/functionArn';
import type { Keeper } from './driftBook';

export type CandidateTools = {
  readonly records: Records;
  readonly cloudTrail: CloudTrailClient;
  readonly collectors: Parameters<typeof sealCandidate>[3];
  readonly vault: Vault;
  /** What the names of our own roles begin with. */
  readonly ours: string;
};

const DEPLOYS =
  /^(?:UpdateFunctionCode|UpdateFunctionConfiguration|PublishVersion|(?:Create|Update|Delete)Alias|CreateFunction)/;

export const sayAct = ({ event, by, at }: Act): string => `${event} by ${by}${at === '' ? '' : ` at ${at}`}`;

/** Who changed the function or its role since a time; none where CloudTrail does not say. It never holds anything up. */
export const actsOn = async (
  suspect: Suspect,
  since: string,
  { cloudTrail, ours }: Pick<CandidateTools, 'cloudTrail' | 'ours'>,
): Promise<readonly Act[]> => {
  const names = [suspect.functionName, suspect.arn, roleNameOf(suspect.roleArn)];
  return whoDid(cloudTrail, names, new Date(since), ours).catch(() => []);
};

const explain = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/** What is new since the last look, as a candidate; the one that a watch before this one left half done; or null. */
const candidateOf = async (
  incident: Incident,
  suspect: Suspect,
  deployed: Deployed,
  tools: CandidateTools,
  hint: Act | null,
): Promise<Candidate | null> => {
  const { candidate } = incident;
  const before = candidate?.deployed ?? incident.containedConfiguration ?? asContained(incident, deployed);
  if (candidate === undefined && incident.containedConfiguration === undefined)
    await updateIncident(tools.records, incident.id, { containedConfiguration: before });
  const changes = changesBetween(before, deployed);
  if (changes.length === 0)
    return candidate !== undefined && candidate.manifestKey === undefined ? candidate : null;
  if (candidate !== undefined && candidate.manifestKey === undefined)
    await appendEntry(
      tools.records,
      incident.id,
      'candidate',
      `candidate ${candidate.number} was replaced before it could be sealed`,
    );
  const since = candidate?.at ?? incident.containedAt ?? incident.openedAt;
  const found =
    hint !== null && DEPLOYS.test(hint.event)
      ? hint
      : (await actsOn(suspect, since, tools)).find(({ event }) => DEPLOYS.test(event));
  return {
    number: (incident.candidates ?? 0) + 1,
    codeSha256: deployed.judged,
    by: found?.by ?? null,
    at: tools.records.now().toISOString(),
    changes,
    deployed,
  };
};

const NOT_KNOWN = 'CloudTrail does not show yet who deployed it';

/** CloudTrail shows a call minutes after it was made: who deployed it is then told. */
const learnWho = async (
  incident: Incident,
  suspect: Suspect,
  tools: CandidateTools,
  keeper: Keeper,
): Promise<void> => {
  const { candidate, containedAt, openedAt } = incident;
  if (candidate === undefined || candidate.by !== null) return;
  const act = (await actsOn(suspect, containedAt ?? openedAt, tools)).find(({ event }) =>
    DEPLOYS.test(event),
  );
  if (act === undefined) return;
  await updateIncident(tools.records, incident.id, { candidate: { ...candidate, by: act.by } });
  const text = `candidate ${candidate.number}: ${sayAct(act)}`;
  await appendEntry(tools.records, incident.id, 'candidate', text);
  await keeper.say({ about: 'candidate', detail: [text] });
};

/**
 * New code or configuration is never put back: it is recorded with who deployed it, sealed, and told. It is the
 * candidate that a release is judged by; the containment stays on it. What dies half-way is done again by the next
 * watch: the candidate is known to be done by its manifest, which comes last.
 */
export const noteCandidate = async (
  incident: Incident,
  suspect: Suspect,
  deployed: Deployed,
  tools: CandidateTools,
  keeper: Keeper,
  hint: Act | null,
): Promise<void> => {
  const { records, collectors, vault } = tools;
  const candidate = await candidateOf(incident, suspect, deployed, tools, hint);
  if (candidate === null) {
    await learnWho(incident, suspect, tools, keeper);
    return;
  }
  const { number, changes, by } = candidate;
  const kept = await updateIncident(
    records,
    incident.id,
    { candidate, candidates: number },
    { from: ['contained'] },
  );
  // Released while we looked: what is deployed now is what was released.
  if (kept === null) return;
  const lines = [`Candidate ${number}, deployed by ${by ?? `somebody: ${NOT_KNOWN}`}`, ...changes];
  const sealing = sealCandidate(
    incident,
    { number, changes, by },
    { suspect, window: windowOf(incident, records.now()) },
    collectors,
    vault,
  );
  const { manifest, ref } = await sealing.catch(async (error: unknown) => {
    const why = `NOT sealed: ${explain(error)}. It is tried again`;
    await keeper.sayOnce(`candidate ${number}`, why, { about: 'candidate', detail: [...lines, why] });
    throw error;
  });
  const missing = manifest.entries.flatMap((entry) =>
    isPiece(entry) ? [] : [`Missing: ${entry.collector}: ${entry.missing}`],
  );
  const sealed = `sealed as s3://${vault.bucket}/${ref.key}, sha256 ${ref.sha256}`;
  await appendEntry(records, incident.id, 'candidate', [...lines, sealed, ...missing].join('; '));
  await keeper.say({ about: 'candidate', detail: [...lines, sealed, ...missing] });
  await updateIncident(records, incident.id, { candidate: { ...candidate, manifestKey: ref.key } });
};

/** Our own change of the network is no change of what is deployed. */
export const takeOverNetwork = async (
  incident: Incident,
  { network }: Deployed,
  records: Records,
): Promise<void> => {
  const { containedConfiguration, candidate } = incident;
  if (candidate !== undefined && candidate.deployed.network !== network)
    await updateIncident(records, incident.id, {
      candidate: { ...candidate, deployed: { ...candidate.deployed, network } },
    });
  if (containedConfiguration !== undefined && containedConfiguration.network !== network)
    await updateIncident(records, incident.id, {
      containedConfiguration: { ...containedConfiguration, network },
    });
};
