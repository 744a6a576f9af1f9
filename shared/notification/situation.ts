import { CONTROLS } from '../containment/controls';
import { extentOf, NOT_WHOLE } from '../containment/extent';
import { type LedgerRecord, SESSIONS } from '../containment/ledger';
import { blastLine, type Receipt, readReceipt, stepLine } from '../containment/planned';
import { sessionsLiveUntil } from '../containment/sessionTimes';
import type { Incident, Witness } from '../incident/incident';
import { openTasks, taskLine } from '../incident/tasks';
import { testimoniesOf } from '../incident/testimonies';
import { confidenceIn } from '../policy/confidence';
import { isGated } from '../recovery/gate';
import { roleNameOf } from '../suspect/functionArn';
import { clock } from './slackText';

/** What is known of an incident, in sentences: shared by Slack, the alert topic and the post-mortem. */
export type Situation = {
  readonly headline: string;
  readonly witness: Witness | null;
  /** Of which incident it is a relapse, and as which it is open again itself. */
  readonly links: readonly string[];
  /** How sure the witnesses are together, and who they are; null where that is not known. */
  readonly sure: string | null;
  readonly done: readonly string[];
  /** Whom the containment reaches beside the attacker. */
  readonly affected: readonly string[];
  /** What does not hold, could not be done, or is to be known. */
  readonly notDone: readonly string[];
  /** Controls that the function gives no occasion for: for whoever wants all of it. */
  readonly notNeeded: readonly string[];
  /** How an administrator releases it without Tourniquet; null where nothing is changed. */
  readonly wayOut: string | null;
};

const HEADLINES: Readonly<Record<Incident['status'], string>> = {
  asking: 'Contain this function?',
  containing: 'Being contained',
  contained: 'Contained',
  releasing: 'Being released',
  watching: 'Released, being watched',
  closed: 'Closed',
  observed: 'Observed, nothing changed',
  ignored: 'Ignored',
  refused: 'Not contained: refused by a guard',
  'suspect-gone': 'The function is gone',
  unparseable: 'A finding that cannot be read',
};

/** What an incident is about, in a few words: its function, or the functions of a role that a finding names. */
export const subjectOf = ({ functionName, roleArn, siblings = [] }: Incident): string => {
  if (functionName !== null) return functionName;
  if (siblings.length === 0) return 'an event that names no function';
  return roleArn === null
    ? `one of ${siblings.length} functions`
    : `one of the ${siblings.length} functions of ${roleNameOf(roleArn)}`;
};

/** The finding of the highest severity. */
export const worstWitness = (incident: Incident): Witness | null =>
  Object.values(incident.witnesses).toSorted((a, b) => b.severity - a.severity)[0] ?? null;

const sureOf = (incident: Incident): string | null => {
  const { percent, observers } = confidenceIn(testimoniesOf(incident));
  return observers.length === 0 ? null : `${percent} %: ${observers.join(', ')}`;
};

/** Contained is what holds wholly; anything less must not be called so. */
const headlineOf = ({ status, holds }: Incident, ledger: readonly LedgerRecord[]): string => {
  if (status !== 'contained') return HEADLINES[status];
  const live = extentOf(ledger);
  // What was settled knows of controls that never came to a record; what the ledger says now is newer.
  const extent = live === 'whole' && holds === 'part' ? holds : live;
  return extent === 'whole' ? HEADLINES[status] : NOT_WHOLE[extent];
};

export const titleOf = (control: string): string =>
  CONTROLS.find(({ id }) => id === control)?.title ?? control;

/** The order in which controls are put on is the order in which people read of them. */
const orderOf = (control: string): number => CONTROLS.findIndex(({ id }) => id === control);

/** When it stood still, and when its credentials were seen to be denied: one is not the other. */
const moments = ({ containedAt, credentialsDeniedAt, status }: Incident): readonly string[] => {
  if (containedAt === undefined || status !== 'contained') return [];
  const denied =
    credentialsDeniedAt === undefined
      ? []
      : [`Credentials seen to be denied at ${clock(credentialsDeniedAt)}`];
  return [`Stopped at ${clock(containedAt)}: concurrency 0 read back`, ...denied];
};

const heldRole = ({ control, state }: LedgerRecord): boolean => control === 'role' && state === 'held';

const openEnds = (incident: Incident, ledger: readonly LedgerRecord[]): readonly string[] => {
  const { lastInFlightAt, containedAt, releasedAt, status, candidate, stage } = incident;
  const lines: string[] = [];
  if (lastInFlightAt !== undefined && status === 'contained') {
    lines.push(
      `An invocation that was running may go on until ${clock(lastInFlightAt)}: Lambda cannot stop it`,
    );
  }
  if (containedAt !== undefined && status === 'contained') {
    lines.push('Memory and /tmp of running environments cannot be captured');
  }
  if (containedAt !== undefined && incident.credentialsDeniedAt === undefined && status === 'contained') {
    lines.push("That the role's credentials are denied everywhere was not observed");
  }
  if (containedAt !== undefined && status === 'contained' && ledger.some(heldRole)) {
    lines.push(
      `Sessions that were stolen before are denied as long as it is contained, and taken to live until ${clock(sessionsLiveUntil({ containedAt, lastInFlightAt }))}`,
    );
  }
  if (candidate !== undefined && (status === 'contained' || status === 'releasing')) {
    lines.push(
      `Deployed while contained (candidate ${candidate.number}), by ${candidate.by ?? 'somebody CloudTrail does not show yet'}: ${candidate.changes.join('; ')}. A release starts this`,
    );
  }
  if (status === 'contained' && incident.decision !== undefined && isGated(incident.decision.action))
    lines.push(
      'It is put back once the evidence was gathered and looked at, if nothing in that speaks against it: until then it can be kept contained',
    );
  if (stage !== undefined && status === 'releasing')
    lines.push(
      `Released in part, step ${stage.number} of ${stage.of}: up to ${stage.concurrency} of it run at a time; event sources and URLs stay closed`,
    );
  const sessions = ledger.find(({ control }) => control === SESSIONS);
  if (sessions !== undefined) lines.push(sessions.detail);
  else if (releasedAt !== undefined) {
    lines.push(
      `Credentials stolen before the release work again, some until ${clock(sessionsLiveUntil({ containedAt: containedAt ?? releasedAt, lastInFlightAt }))}: to end them, deny the role's sessions issued before the release`,
    );
  }
  return lines;
};

/** Whom it reaches that it is contained: the function's own callers, the others on its role, and whose events wait. */
const affectedBy = (incident: Incident, ledger: readonly LedgerRecord[]): readonly string[] => {
  const { status, siblings = [], losses } = incident;
  if (status !== 'contained' && status !== 'releasing') return [];
  const stopped = ledger.some(({ control, state }) => control === 'concurrency' && state === 'held');
  return [
    ...(stopped ? ['Whoever calls it: calls that wait for an answer are throttled'] : []),
    ...(siblings.length > 0 && status === 'contained'
      ? [
          `Its role is shared: ${siblings.join(', ')} ${siblings.length === 1 ? 'is' : 'are'} denied too, until the release`,
        ]
      : []),
    ...(losses?.lines ?? []).map((line) => `Held or lost: ${line}`),
  ];
};

/** What a containment would have reached, for a receipt. */
const reachOf = ({ standing, blastRadius, losses }: Receipt): readonly string[] => {
  const numbers = blastRadius.map(blastLine).filter((line) => line !== null);
  return [
    ...standing,
    ...(numbers.length === 0 ? [] : [`It would have reached: ${numbers.join('; ')}`]),
    ...losses.map((line) => `Held or lost: ${line}`),
  ];
};

/** More than these are told in `show` and in the post-mortem alone. */
const MOST_TASKS = 5;

const tasksOf = (incident: Incident): readonly string[] => {
  const open = openTasks(incident);
  const left = open.length - MOST_TASKS;
  return [
    ...open.slice(0, MOST_TASKS).map((task) => taskLine(task, incident)),
    ...(left > 0
      ? [`and ${left} more open task${left === 1 ? '' : 's'}: npx tourniquet show ${incident.id}`]
      : []),
  ];
};

const linksOf = ({ reopens, reopenedAs = [] }: Incident): readonly string[] => [
  ...(reopens === undefined
    ? []
    : [`A relapse of ${reopens}, which was closed shortly before: npx tourniquet show ${reopens}`]),
  ...reopenedAs.map((id) => `Open again as ${id}: npx tourniquet show ${id}`),
];

const CHANGED: readonly Incident['status'][] = ['containing', 'contained', 'releasing'];

const wayOutOf = ({ id, status, evidence }: Incident): string | null => {
  if (!CHANGED.includes(status)) return null;
  const sealed = evidence?.undoKey === undefined ? '' : `, or s3://${evidence.bucket}/${evidence.undoKey}`;
  return `Undo without Tourniquet: npx tourniquet undo ${id}${sealed}`;
};

/** Puts an incident into sentences. */
export const describeSituation = (incident: Incident, unordered: readonly LedgerRecord[]): Situation => {
  const sorted = unordered.toSorted((a, b) => orderOf(a.control) - orderOf(b.control));
  const receipt = readReceipt(incident.receipt);
  const ledger = sorted.filter(({ control }) => control !== SESSIONS);
  return {
    headline: headlineOf(incident, ledger),
    witness: worstWitness(incident),
    links: linksOf(incident),
    sure: sureOf(incident),
    done: [
      ...moments(incident),
      ...(receipt?.steps ?? []).map(stepLine),
      ...ledger
        .filter(({ state }) => state === 'held' || state === 'restored')
        .map(({ control, detail }) => `${titleOf(control)}: ${detail}`),
    ],
    affected: affectedBy(incident, ledger),
    notDone: [
      ...ledger
        .filter(({ state }) => state === 'failed' || state === 'captured')
        .map(({ control, detail }) => `${titleOf(control)} is NOT in place (${detail})`),
      ...ledger
        .filter(({ state }) => state === 'drift')
        .map(({ control, detail }) => `${titleOf(control)}: ${detail}`),
      ...ledger
        .filter(({ state }) => state === 'not-possible')
        .map(({ control, detail }) => `${titleOf(control)}: ${detail}`),
      ...openEnds(incident, unordered),
      ...tasksOf(incident),
      ...(receipt === null ? [] : reachOf(receipt)),
    ],
    notNeeded: ledger
      .filter(({ state }) => state === 'not-needed')
      .map(({ control, detail }) => `${titleOf(control)}: ${detail}`),
    wayOut: wayOutOf(incident),
  };
};
