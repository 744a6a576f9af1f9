import type { EvidenceSummary, Gathering, Incident } from '../incident/incident';
import { getIncident, type Records, updateIncident } from '../incident/store';
import type { Suspect } from '../suspect/describe';
import type { Json } from './canonical';
import { type CollectorTools, UNDO_ARTIFACT, windowAfter, windowOf } from './collector';
import { COLLECTORS } from './collectors';
import { isPiece, type ManifestEntry } from './manifest';
import { runCollector } from './runCollector';
import type { Vault } from './seal';
import { type SealedManifest, sealManifest } from './sealManifest';

/** Of a quarter of an hour each: after that whatever goes on has no end. */
const MOST_INVOCATIONS = 60;

/** For what vanishes first, in milliseconds: one collector that hangs must not keep the others' work unsigned for long. */
const MOST_FOR_FIRST = 5 * 60 * 1000;

/** Of what is missing, on the record; the manifests have all of it. */
const MOST_NAMED = 50;

type Left = Gathering['left'][number];

const collectorOf = ({ collector }: Left) => COLLECTORS.find(({ id }) => id === collector);

/**
 * What the record says of a gathering that begins. At the closing, what is once and for all is not collected again, and
 * the window goes on where the last one ended.
 */
export const beginGathering = (incident: Incident, closing: boolean, now: Date): Gathering => ({
  closing,
  containment: gatheredFor(incident),
  window:
    closing && incident.evidence?.window !== undefined
      ? windowAfter(incident.evidence.window, now)
      : windowOf(incident, now),
  invocations: 0,
  left: COLLECTORS.filter(({ once = false }) => !(closing && once)).map(({ id }) => ({ collector: id })),
});

const endless = ({ collector }: Left, at: string): ManifestEntry => ({
  collector,
  missing: `cut off: it was not done after ${MOST_INVOCATIONS} invocations`,
  noticedAt: at,
});

/** Runs some of the collectors side by side, and seals one manifest of what they gave. */
const gatherSome = async (
  some: readonly Left[],
  { incident, suspect, gathering }: Subject,
  tools: CollectorTools,
  vault: Vault,
): Promise<{ readonly sealed: SealedManifest; readonly goOn: readonly Left[] }> => {
  const gatheredAt = vault.now().toISOString();
  const prefix = `incidents/${incident.id}/${gatheredAt.replaceAll(/[-:.]/g, '')}`;
  const isOver = gathering.invocations >= MOST_INVOCATIONS;
  const runs = await Promise.all(
    some.map(async (left) => {
      const collector = collectorOf(left);
      // One that this version of the code does not know any more has nothing to give.
      if (collector === undefined) return { left, entries: [], continueWith: null };
      if (isOver) return { left, entries: [endless(left, gatheredAt)], continueWith: null };
      const input = {
        incident,
        suspect,
        window: gathering.window,
        // As a collector gave it, and DynamoDB kept it.
        ...(left.cursor === undefined ? {} : { cursor: left.cursor as Json }),
      };
      return { left, ...(await runCollector(collector, input, tools, vault, prefix)) };
    }),
  );
  const sealed = await sealManifest(vault, tools.records, incident, {
    kind: 'gathering',
    key: `${prefix}/manifest.json`,
    about: { gatheredAt, window: gathering.window, suspect: suspect.arn, closing: gathering.closing },
    entries: runs.flatMap(({ entries }) => entries),
  });
  const goOn = runs.flatMap(({ left: { collector }, continueWith }) =>
    continueWith === null ? [] : [{ collector, cursor: continueWith }],
  );
  return { sealed, goOn };
};

type Subject = { readonly incident: Incident; readonly suspect: Suspect; readonly gathering: Gathering };

/** The summary on the record, with one manifest more. */
const summaryWith = (
  before: EvidenceSummary | undefined,
  { manifest, ref, lockedUntil }: SealedManifest,
  { window, containment }: Gathering,
): EvidenceSummary => {
  const undo = manifest.entries.find((entry) => isPiece(entry) && entry.artifact === UNDO_ARTIFACT);
  const undoKey = undo !== undefined && isPiece(undo) ? undo.key : before?.undoKey;
  const missing = manifest.entries.flatMap((entry) =>
    isPiece(entry) ? [] : [`${entry.collector}: ${entry.missing}`],
  );
  return {
    bucket: manifest.bucket,
    manifestKey: ref.key,
    manifestVersionId: ref.versionId,
    manifestSha256: ref.sha256,
    manifests: [...(before?.manifests ?? []), { key: ref.key, versionId: ref.versionId, sha256: ref.sha256 }],
    window,
    containment,
    volatileSealedAt: before?.volatileSealedAt ?? manifest.sealedAt,
    signedBy: manifest.signer.fingerprint,
    artifacts: (before?.artifacts ?? 0) + manifest.entries.filter(isPiece).length,
    missing: [...(before?.missing ?? []), ...missing].slice(0, MOST_NAMED),
    lockedUntil,
    ...(undoKey === undefined ? {} : { undoKey }),
  };
};

/** Whose evidence it is: the present containment's; of a relapse that is only asked about, still the one's before it. */
const gatheredFor = ({ status, containment, evidence, gathering }: Incident): number =>
  status === 'asking' ? (gathering?.containment ?? evidence?.containment ?? containment) : containment;

/** Whether all evidence is there, but for what came since. */
export const isGathered = (incident: Incident): boolean => {
  const { evidence, gathering } = incident;
  const number = gatheredFor(incident);
  return (
    evidence !== undefined && (evidence.containment ?? number) === number && gathering?.closing !== false
  );
};

/**
 * One invocation's worth of a gathering. What vanishes first is sealed first, under a manifest of its own:
 *
 *   code, configuration, role… ── manifest 1 ── logs, trail, traces… ── manifest 2 ── (the logs go on) ── manifest 3
 *
 * After each manifest the record says what is left, so that a retry goes on there. `more`: it is to be called again.
 */
export const gather = async (
  { incident, suspect }: Omit<Subject, 'gathering'>,
  closing: boolean,
  tools: CollectorTools,
  vault: Vault,
  mostForFirst = MOST_FOR_FIRST,
): Promise<{ readonly summary: EvidenceSummary; readonly more: boolean }> => {
  const { records } = tools;
  const { gathering: before } = incident;
  const isSame = before?.closing === closing && before.containment === gatheredFor(incident);
  const known = isSame ? before : undefined;
  const gathering = known ?? beginGathering(incident, closing, vault.now());
  const isFirst = (left: Left) => collectorOf(left)?.first ?? false;
  const groups = [gathering.left.filter(isFirst), gathering.left.filter((left) => !isFirst(left))].filter(
    (group) => group.length > 0,
  );
  // What began before is continued; a new containment has a summary of its own.
  let summary = known !== undefined || closing ? incident.evidence : undefined;
  let left: readonly Left[] = gathering.left;
  for (const group of groups) {
    if (records.now() >= tools.deadline) break;
    const some = group.some(isFirst)
      ? { ...tools, signal: AbortSignal.any([tools.signal, AbortSignal.timeout(mostForFirst)]) }
      : tools;
    const { sealed, goOn } = await gatherSome(group, { incident, suspect, gathering }, some, vault);
    summary = summaryWith(summary, sealed, gathering);
    left = [...left.filter((one) => !group.includes(one)), ...goOn];
    await note(records, incident, summary, { ...gathering, left, invocations: gathering.invocations + 1 });
  }
  if (summary === undefined) throw new NoTimeError('there was no time to gather anything');
  return { summary, more: left.length > 0 };
};

/** The deadline had passed before it began. */
export class NoTimeError extends Error {
  override readonly name = 'NoTimeError';
}

const note = async (
  records: Records,
  { id, containment }: Incident,
  evidence: EvidenceSummary,
  gathering: Gathering,
): Promise<void> => {
  // It was contained again meanwhile: what was sealed is in the chain, and the record is about the new containment's.
  if ((await getIncident(records, id)).containment !== containment) return;
  await (gathering.left.length > 0
    ? updateIncident(records, id, { evidence, gathering })
    : updateIncident(records, id, { evidence }, { remove: ['gathering'] }));
};
