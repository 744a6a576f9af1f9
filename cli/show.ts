import { bold, dim, tame } from '../local/print';
import type { LedgerRecord } from '../shared/containment/ledger';
import type { Entry, Incident } from '../shared/incident/incident';
import { openTasks, taskLine } from '../shared/incident/tasks';
import { describeSituation } from '../shared/notification/situation';
import { proposedSuppression } from '../shared/policy/proposedSuppression';
import { checkedLine } from '../shared/recovery/gate';
import { sayRootCause } from '../shared/report/rootCause';
import { saySearch } from '../shared/search/say';

const pad = (text: string, width: number): string => tame(text).slice(0, width).padEnd(width);

/** Where it stands, in a word or two: contained is what holds wholly. */
const standing = (status: Incident['status'], holds: Incident['holds']): string => {
  if (status !== 'contained' || holds === undefined || holds === 'whole') return status;
  return holds === 'part' ? 'NOT wholly' : 'NOT CONTAINED';
};

/** A table of incidents, newest first. */
export const incidentTable = (incidents: readonly Incident[]): string => {
  if (incidents.length === 0) return 'No incidents.';
  const head = bold(`${pad('ID', 26)} ${pad('STATUS', 13)} ${pad('OPENED', 20)} FUNCTION`);
  const rows = incidents.map(
    ({ id, status, holds, openedAt, functionName, because }) =>
      `${pad(id, 26)} ${pad(standing(status, holds), 13)} ${pad(openedAt.slice(0, 19), 20)} ${tame(functionName ?? because[0] ?? '')}`,
  );
  return [head, ...rows].join('\n');
};

/** What scripts read: the record without what only the playbook needs. */
export const publicView = ({
  round: _round,
  acknowledged: _acknowledged,
  press: _press,
  labels: _labels,
  resumes: _resumes,
  ...incident
}: Incident) => incident;

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', bold(title), ...lines.map((line) => `  ${tame(line)}`)];

/** One incident with everything a human wants to know of it. */
export const incidentPage = (
  incident: Incident,
  ledger: readonly LedgerRecord[],
  history: readonly Entry[],
  event: unknown,
): string => {
  const { headline, witness, links, done, affected, notDone, notNeeded, wayOut } = describeSituation(
    incident,
    ledger,
  );
  const { decision, settling, evidence, investigation = [], secrets = [] } = incident;
  return [
    bold(`${headline}: ${tame(incident.functionArn ?? 'no function')}`),
    dim(`${incident.id}, ${incident.status}, opened ${incident.openedAt}`),
    ...(witness === null
      ? []
      : ['', `${tame(witness.rule)} (severity ${witness.severity})`, tame(witness.description)]),
    ...section('Related', links),
    ...section('Why', incident.because),
    ...section(incident.status === 'observed' ? 'Would be done' : 'Done', done),
    ...section('Affected', affected),
    ...section('Not done, and to know', notDone),
    ...section('Not needed', notNeeded),
    ...section(
      'Secrets',
      secrets.map(({ secretArn, detail }) => `${secretArn}: ${detail}`),
    ),
    ...section('Tasks', [
      ...openTasks(incident).map((task) => taskLine(task, incident)),
      ...Object.values(incident.tasks ?? {}).flatMap(({ what, done: closed }) =>
        closed === undefined ? [] : [`done by ${closed.by} at ${closed.at}: ${what} (${closed.how})`],
      ),
    ]),
    ...section('Checks of the last release', (incident.gate ?? []).map(checkedLine)),
    ...section(
      'Evidence',
      evidence === undefined
        ? []
        : [
            `s3://${evidence.bucket}/${evidence.manifestKey}`,
            `${evidence.artifacts} artifacts, locked until ${evidence.lockedUntil}`,
            ...(evidence.signedBy === undefined ? [] : [`signed by ${evidence.signedBy}`]),
            ...evidence.missing,
          ],
    ),
    ...section('What it shows', investigation),
    ...section('Root cause', sayRootCause(incident)),
    ...section('Found elsewhere', saySearch(incident.search)),
    ...section('The way out', wayOut === null ? [] : [wayOut]),
    ...section(
      'Decision',
      decision === undefined
        ? []
        : [decision, settling].flatMap((one) =>
            one === undefined
              ? []
              : [
                  `${one.action} by ${one.by} at ${one.at}: ${one.reason}${one.force === undefined ? '' : ` (put back although changed: ${one.force.join(', ')})`}`,
                ],
          ),
    ),
    ...section(
      'To expect it from now on, under suppressions of the policy file',
      proposedSuppression(incident),
    ),
    ...section(
      'History',
      history.map(({ at, kind, text }) => `${at}  ${kind}  ${text}`),
    ),
    // Where no function could be made out, the event is all there is.
    ...(incident.functionArn === null
      ? ['', bold('The event as delivered'), JSON.stringify(event, null, 2).split('\n').map(tame).join('\n')]
      : []),
  ].join('\n');
};
