import type { LedgerRecord } from '../containment/ledger';
import type { Entry, Incident } from '../incident/incident';
import { openQuestions } from '../incident/openActions';
import { taskId } from '../incident/tasks';
import { describeSituation, titleOf } from '../notification/situation';
import { clock } from '../notification/slackText';
import { proposedSuppression } from '../policy/proposedSuppression';
import { saySearch } from '../search/say';
import { duration } from './duration';
import { learnSections } from './learn';
import { bullets, plain } from './plain';
import { rootCauseSection } from './rootCause';
import { summaryOf } from './summary';
import { timesLine, timesOf } from './times';

const between = (from: string | undefined, to: string | undefined): string =>
  from === undefined || to === undefined ? 'not reached' : duration(Date.parse(to) - Date.parse(from));

const outcome = ({ decision }: Incident): string => {
  if (decision === undefined) return 'not decided';
  const said = decision.reason === '' ? '' : `: ${decision.reason}`;
  return `${decision.action.replaceAll('_', ' ')} by ${decision.by} at ${decision.at}${said}`;
};

/** Every manifest of the gathering with its digest: the newest stands above. */
const manifestTable = ({ manifests = [] }: NonNullable<Incident['evidence']>): string =>
  manifests.length === 0
    ? ''
    : [
        '',
        '| manifest | version | SHA-256 |',
        '|---|---|---|',
        ...manifests.map(
          ({ key, versionId, sha256 }) => `| ${plain(key)} | ${plain(versionId ?? 'none')} | ${sha256} |`,
        ),
      ].join('\n');

/** What to put into the policy where it was a false positive: as code, in which nothing is markup. */
const expected = (incident: Incident): string => {
  const lines = proposedSuppression(incident);
  return lines.length === 0
    ? ''
    : `
## To expect it from now on
Under \`suppressions\` of the policy file, if that is what is meant:

${lines.map((line) => `    ${line}`).join('\n')}
`;
};

/** Ids are ours. One that was sealed before it was opened again does not know of it; `tourniquet report` does. */
const relatedRows = ({ reopens, reopenedAs = [] }: Incident): string =>
  [
    ...(reopens === undefined ? [] : [`| Relapse of | ${plain(reopens)} |\n`]),
    ...(reopenedAs.length === 0 ? [] : [`| Open again as | ${plain(reopenedAs.join(', '))} |\n`]),
  ].join('');

/** What was on and is back again: the ledger's own words are by then those of the way back. */
const wasOn = (ledger: readonly LedgerRecord[]): readonly string[] =>
  ledger
    .toSorted((a, b) => (a.heldAt ?? '').localeCompare(b.heldAt ?? ''))
    .flatMap(({ control, state, heldAt, settledAt }) =>
      state === 'restored' && heldAt !== undefined && settledAt !== undefined
        ? [`${titleOf(control)}: contained from ${clock(heldAt)} to ${clock(settledAt)}`]
        : [],
    );

/** The post-mortem in Markdown: what happened, what was done, how long it took, what is kept, what is open. */
export const postMortem = (
  incident: Incident,
  ledger: readonly LedgerRecord[],
  history: readonly Entry[],
  now: Date,
): string => {
  const { witness, sure, done, affected, notDone, notNeeded } = describeSituation(incident, ledger);
  const { evidence, secrets = [], investigation = [] } = incident;
  const evidenceAt = history.find(({ kind }) => kind === 'evidence')?.at;
  const open = [
    ...affected,
    ...notDone,
    ...notNeeded,
    ...secrets
      // What became a task is open as one, or done.
      .filter(({ outcome: what }) => what !== 'rotated' && what !== 'asked')
      .filter(({ secretArn }) => incident.tasks?.[taskId(secretArn)] === undefined)
      .map(({ secretArn, detail }) => `Secret ${secretArn}: ${detail}`),
    ...openQuestions(incident).map(({ line }) => line),
    ...(evidence?.missing ?? []).map((line) => `Evidence missing: ${line}`),
    ...(evidence === undefined && incident.containedAt !== undefined ? ['No evidence was gathered'] : []),
  ];
  return `# Post-mortem ${incident.id}: ${plain(incident.functionName ?? '')}

| | |
|---|---|
| Function | ${plain(incident.functionArn ?? '')} |
| Finding | ${plain(witness?.rule ?? 'none')}, severity ${witness?.severity ?? 'unknown'} |
| How sure | ${sure ?? 'not known'} |
| Mode | ${incident.mode ?? 'none'} |
${relatedRows(incident)}| Decision | ${plain(outcome(incident))} |
| Written | ${now.toISOString()} |

## In short
${bullets(summaryOf(incident), '')}

## What happened
${plain(witness?.description || witness?.title || 'No description.')}

${bullets(
  Object.values(incident.witnesses).map(
    ({ rule, firstSeen, lastSeen, count }) =>
      `${rule}: seen ${count} time(s), from ${firstSeen} to ${lastSeen}`,
  ),
  '',
)}

## What the evidence shows
${bullets(investigation, 'Nothing was investigated.')}

${rootCauseSection(incident)}

## Found elsewhere
${bullets(saySearch(incident.search), 'The other functions were not searched.')}

## What it could reach, and did
${bullets(incident.exposure ?? [], 'Not looked at.')}

## What was done
${bullets([...wasOn(ledger), ...done], 'Nothing was changed.')}
${bullets(
  secrets
    .filter(({ outcome: what }) => what === 'rotated')
    .map(({ secretArn, detail }) => `Secret ${secretArn}: ${detail}`),
  '',
)}

${bullets(
  Object.values(incident.tasks ?? {}).flatMap(({ what, done: closed }) =>
    closed === undefined ? [] : [`Done by ${closed.by} at ${closed.at}: ${what}. ${closed.how}`],
  ),
  '',
)}

## Timings
| from | to | took |
|---|---|---|
| first sign | incident opened | ${between(witness?.firstSeen, incident.openedAt)} |
| incident opened | contained | ${between(incident.openedAt, incident.firstContainedAt ?? incident.containedAt)} |
| contained | what vanishes first sealed | ${between(incident.containedAt, incident.evidence?.volatileSealedAt)} |
| contained | all evidence sealed | ${between(incident.containedAt, evidenceAt)} |
| contained | decided | ${between(incident.containedAt, incident.decision?.at)} |
| decided | released | ${between(incident.decision?.at, incident.releasedAt)} |

${timesLine(timesOf(incident))}

## Timeline
${history.map(({ at, kind, text }) => `- ${at} **${plain(kind)}** ${plain(text)}`).join('\n')}

## Evidence
${
  evidence === undefined
    ? 'None.'
    : `- Manifest: s3://${evidence.bucket}/${evidence.manifestKey} (version ${evidence.manifestVersionId ?? 'none'})
- SHA-256 of the manifest: ${evidence.manifestSha256}
- Signed by: ${evidence.signedBy ?? 'nobody'}
- Artifacts: ${evidence.artifacts}, locked until ${evidence.lockedUntil}; each with its SHA-256 in its manifest
${manifestTable(evidence)}`
}

## Open items
${bullets(open, 'None.')}

${learnSections(incident, ledger, history, bullets)}${expected(incident)}`;
};
