import { CONTROLS } from '../containment/controls';
import type { LedgerRecord } from '../containment/ledger';
import type { Incident, Witness } from '../incident/incident';
import { clock } from './slackText';

/** What is known of an incident, in sentences: shared by Slack, the alert topic and the post-mortem. */
export type Situation = {
  readonly headline: string;
  readonly witness: Witness | null;
  readonly done: readonly string[];
  readonly notDone: readonly string[];
};

/** Stolen role sessions are treated as good for up to 12 h (IAM user guide, "Disabling permissions for temporary credentials"). */
const SESSION_HOURS = 12;

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

/** The finding of the highest severity. */
export const worstWitness = (incident: Incident): Witness | null =>
  Object.values(incident.witnesses).toSorted((a, b) => b.severity - a.severity)[0] ?? null;

/** Contained is what holds wholly; anything less must not be called so. */
const headlineOf = ({ status }: Incident, ledger: readonly LedgerRecord[]): string =>
  status === 'contained' && ledger.some(({ state }) => state === 'failed' || state === 'captured')
    ? 'NOT wholly contained'
    : HEADLINES[status];

const titleOf = (control: string): string => CONTROLS.find(({ id }) => id === control)?.title ?? control;

/** The order in which controls are put on is the order in which people read of them. */
const orderOf = (control: string): number => CONTROLS.findIndex(({ id }) => id === control);

const addHours = (iso: string, hours: number): string =>
  new Date(Date.parse(iso) + hours * 3_600_000).toISOString();

const openEnds = (incident: Incident): readonly string[] => {
  const { lastInFlightAt, siblings = [], containedAt, releasedAt, status } = incident;
  const lines: string[] = [];
  if (lastInFlightAt !== undefined && status === 'contained') {
    lines.push(
      `An invocation that was running may go on until ${clock(lastInFlightAt)}: Lambda cannot stop it`,
    );
  }
  if (siblings.length > 0 && status === 'contained') {
    lines.push(
      `Its role is shared: ${siblings.join(', ')} ${siblings.length === 1 ? 'is' : 'are'} denied too, until the release`,
    );
  }
  if (containedAt !== undefined && status === 'contained') {
    lines.push('Memory and /tmp of running environments cannot be captured');
  }
  if (releasedAt !== undefined) {
    lines.push(
      `Credentials stolen before the release work again, some until ${clock(addHours(containedAt ?? releasedAt, SESSION_HOURS))}: to end them, deny the role's sessions issued before the release`,
    );
  }
  return lines;
};

/** Puts an incident into sentences. */
export const describeSituation = (incident: Incident, unordered: readonly LedgerRecord[]): Situation => {
  const ledger = unordered.toSorted((a, b) => orderOf(a.control) - orderOf(b.control));
  return {
    headline: headlineOf(incident, ledger),
    witness: worstWitness(incident),
    done: [
      ...(incident.receipt ?? []).map(({ title, would }) => `${title}: ${would}`),
      ...ledger
        .filter(({ state }) => state === 'held' || state === 'restored')
        .map(({ control, detail }) => `${titleOf(control)}: ${detail}`),
    ],
    notDone: [
      ...ledger
        .filter(({ state }) => state === 'failed' || state === 'captured')
        .map(({ control, detail }) => `${titleOf(control)} is NOT in place (${detail})`),
      ...ledger
        .filter(({ state }) => state === 'drift')
        .map(({ control, detail }) => `${titleOf(control)}: ${detail}`),
      ...ledger
        .filter(({ state }) => state === 'not-needed' || state === 'not-possible')
        .map(({ control, detail }) => `${titleOf(control)}: ${detail}`),
      ...openEnds(incident),
    ],
  };
};
