import { CONTROLS } from '../containment/controls';
import type { LedgerRecord } from '../containment/ledger';
import type { Entry, Incident } from '../incident/incident';
import { openTasks, taskLine } from '../incident/tasks';
import { duration } from './duration';
import { timesOf } from './times';

/** What the record shows of how it went. Nothing here is judged by anything but the record. */
export type Lessons = {
  readonly well: readonly string[];
  readonly badly: readonly string[];
  /** What no measure of ours brought about: it could have gone otherwise. */
  readonly luckily: readonly string[];
};

const MINUTE_MS = 60_000;
/** What is quick for each time, and what is slow: between them nothing is said. */
const QUICK = {
  detect: 5 * MINUTE_MS,
  contain: MINUTE_MS,
  decide: 60 * MINUTE_MS,
  recover: 10 * MINUTE_MS,
} as const;
const SLOW = {
  detect: 60 * MINUTE_MS,
  contain: 5 * MINUTE_MS,
  decide: 240 * MINUTE_MS,
  recover: 60 * MINUTE_MS,
} as const;
const SAID = {
  detect: 'Noticed {} after the first sign',
  contain: 'Contained {} after it was opened',
  decide: 'Decided {} after the question',
  recover: 'Released {} after the decision',
} as const;

/** Kinds of the history that say that something went wrong, by what it was. */
const WRONG: Readonly<Record<string, string>> = {
  'nobody-told': 'nobody could be told',
  'owner-died': 'the execution that owned it died, and another took over',
  'not-admitted': 'a cap or the breaker stood in the way of the containment',
  'release-stopped': 'a release stopped on the way',
  'not-reminded': 'a reminder could not be given',
  'decision-refused': 'a decision was refused',
  relapse: 'a release was taken back, or did not hold',
};

const titleOf = (control: string): string => CONTROLS.find(({ id }) => id === control)?.title ?? control;
const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

const ofTimes = (incident: Incident, which: 'quick' | 'slow'): readonly string[] => {
  const measured = timesOf(incident);
  return (['detect', 'contain', 'decide', 'recover'] as const).flatMap((name) => {
    const took = measured[name];
    if (took === null) return [];
    const said = which === 'quick' ? took <= QUICK[name] : took >= SLOW[name];
    return said ? [SAID[name].replace('{}', duration(took))] : [];
  });
};

const ofLedger = (ledger: readonly LedgerRecord[]): Pick<Lessons, 'well' | 'badly'> => {
  const named = (states: readonly LedgerRecord['state'][]) =>
    ledger.filter(({ state }) => states.includes(state));
  const held = named(['held', 'restored']);
  const failed = named(['failed', 'captured', 'not-possible']);
  const drifted = named(['drift']);
  return {
    well:
      held.length > 0 && failed.length + drifted.length === 0
        ? [`All ${held.length} controls that were needed held, and none was changed by somebody else`]
        : [],
    badly: [
      ...failed.map(({ control, detail }) => `${titleOf(control)} was not put in place: ${detail}`),
      ...drifted.map(({ control, detail }) => `${titleOf(control)} was changed by somebody else: ${detail}`),
    ],
  };
};

const ofEvidence = ({ evidence, containedAt }: Incident): Pick<Lessons, 'well' | 'badly'> => {
  if (evidence === undefined)
    return { well: [], badly: containedAt === undefined ? [] : ['No evidence was sealed'] };
  return {
    well:
      evidence.missing.length === 0
        ? [`All ${evidence.artifacts} artifacts were sealed, none is missing`]
        : [],
    badly: evidence.missing.map((line) => `Evidence is missing: ${line}`),
  };
};

const ofRelease = (incident: Incident) => {
  const { gate = [], waivers = {}, releasedAt, relapse, containment, status } = incident;
  const { reopens, reopenedAs = [] } = incident;
  const failed = gate.filter(({ outcome }) => outcome === 'failed');
  return {
    well: [
      ...(gate.length > 0 && gate.every(({ outcome }) => outcome === 'passed')
        ? [`The release passed its checks: ${gate.map(({ check }) => check).join(', ')}`]
        : []),
      ...(status === 'closed' && releasedAt !== undefined && relapse === undefined && containment === 1
        ? ['Nothing came back while it was watched']
        : []),
    ],
    badly: [
      ...failed.map(({ check, because }) => `The release failed the check ${check}: ${because}`),
      ...Object.entries(waivers)
        .toSorted(([a], [b]) => a.localeCompare(b))
        .map(([check, { by, because }]) => `The check ${check} was waived by ${by}: ${because}`),
      ...(relapse === undefined ? [] : [`It came back after the release: ${relapse}`]),
      ...(reopens === undefined ? [] : [`It is a relapse: ${reopens} had been closed shortly before`]),
      ...reopenedAs.map((id) => `It came back after the close, as ${id}`),
      ...(containment > 1 ? [`It had to be contained ${containment} times`] : []),
    ],
  };
};

const wentWrong = (history: readonly Entry[]): readonly string[] =>
  Object.entries(WRONG).flatMap(([kind, what]) => {
    const count = history.filter((entry) => entry.kind === kind).length;
    return count === 0 ? [] : [`The history has it ${times(count)}: ${what}`];
  });

const ofPeople = (incident: Incident): Pick<Lessons, 'well' | 'badly'> => {
  const { undelivered = {}, secrets = [] } = incident;
  const rotated = secrets.filter(({ outcome }) => outcome === 'rotated').length;
  return {
    well: rotated === 0 ? [] : [`${rotated} secret(s) were rotated`],
    badly: [
      ...Object.entries(undelivered)
        .toSorted(([a], [b]) => a.localeCompare(b))
        .map(([channel, { about, at }]) => `${channel} did not deliver what it was told at ${at}: ${about}`),
      ...secrets
        .filter(({ outcome }) => outcome === 'failed')
        .map(({ secretArn }) => `The rotation of ${secretArn} failed`),
      ...openTasks(incident).map((task) => `Still open: ${taskLine(task, incident)}`),
    ],
  };
};

const luck = (incident: Incident): readonly string[] => {
  const {
    witnesses,
    losses,
    releasedAt,
    lastInFlightAt,
    containedAt,
    siblings = [],
    credentialsDeniedAt,
  } = incident;
  const sources = [...new Set(Object.values(witnesses).map(({ source }) => source))];
  const firstLoss = losses?.firstLossAt;
  return [
    ...(sources.length === 1
      ? [`Only one source saw it (${sources[0]}): without that nobody would have known`]
      : []),
    ...(firstLoss && releasedAt !== undefined && releasedAt < firstLoss
      ? [`It was released before events would have been lost, at ${firstLoss}`]
      : []),
    ...(lastInFlightAt !== undefined && containedAt !== undefined && lastInFlightAt > containedAt
      ? [`An invocation that was running could have gone on until ${lastInFlightAt}: Lambda cannot stop one`]
      : []),
    ...(containedAt !== undefined && credentialsDeniedAt === undefined
      ? ['That its credentials were denied everywhere was not observed, and is taken to be so']
      : []),
    ...(siblings.length > 0
      ? [
          `Its role is shared with ${siblings.length} other function(s): whoever had it could have acted as they do`,
        ]
      : []),
  ];
};

/** How it went, from the record alone: the same record says the same. */
export const lessonsOf = (
  incident: Incident,
  ledger: readonly LedgerRecord[],
  history: readonly Entry[],
): Lessons => {
  const parts = [ofLedger(ledger), ofEvidence(incident), ofRelease(incident), ofPeople(incident)];
  const { releasedAt, losses } = incident;
  const lost =
    losses?.firstLossAt && (releasedAt === undefined || releasedAt >= losses.firstLossAt) ? losses.lines : [];
  return {
    well: [...ofTimes(incident, 'quick'), ...parts.flatMap(({ well }) => well)],
    badly: [
      ...ofTimes(incident, 'slow'),
      ...parts.flatMap(({ badly }) => badly),
      ...wentWrong(history),
      ...lost.map((line) => `Held or lost: ${line}`),
    ],
    luckily: luck(incident),
  };
};
