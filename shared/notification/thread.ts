import type { Incident } from '../incident/incident';
import { openTasks, taskLine } from '../incident/tasks';
import { summaryOf } from '../report/summary';
import { saySearch } from '../search/say';
import type { About } from './about';

/** A message holds no more; the rest is in `npx tourniquet show`. */
const MOST_TASKS = 10;

export type Note = { readonly title: string; readonly lines: readonly string[] };

/** A secret's name out of its ARN, with the six characters that Secrets Manager adds. */
export const secretName = (arn: string): string => arn.replace(/^.*:secret:/, '');

/** What it means that nobody has decided. */
const undecided = ({ status, decision, holds }: Incident): string => {
  if (status === 'asking') return 'Nobody has answered: the function is running';
  if (status === 'releasing') return 'Nobody has decided how the release goes on';
  if (holds === 'nothing') return 'Nobody has decided: the function is NOT contained, nothing holds';
  if (decision?.action === 'keep') return 'Still kept contained, as decided';
  return 'Nobody has decided: the function stays contained';
};

/** The newest of what was seen: a finding that is folded may be older, so it is not called the one that came. */
const seenLast = ({ witnesses }: Incident): readonly string[] => {
  const last = Object.values(witnesses)
    .toSorted((a, b) => a.lastSeen.localeCompare(b.lastSeen))
    .at(-1);
  if (last === undefined) return [];
  const { rule, title, description } = last;
  return [`Seen last: ${rule}: ${title}`, ...(description === '' ? [] : [description])];
};

/** What is said in the incident's thread, or null where the message itself says it. */
export const noteAbout = (about: About, incident: Incident, detail: readonly string[]): Note | null => {
  const { evidence, investigation = [], secrets = [] } = incident;
  const tasks = openTasks(incident).slice(0, MOST_TASKS);
  switch (about) {
    case 'evidence':
      return {
        title:
          evidence === undefined
            ? 'Evidence could not be gathered'
            : `Evidence: ${evidence.artifacts} artifacts sealed until ${evidence.lockedUntil.slice(0, 10)}`,
        lines: [
          ...(evidence === undefined
            ? []
            : [
                `s3://${evidence.bucket}/${evidence.manifestKey}`,
                `sha256 of the manifest ${evidence.manifestSha256}`,
                ...(evidence.signedBy === undefined ? [] : [`Signed by ${evidence.signedBy}`]),
              ]),
          ...(evidence?.missing ?? []).map((line) => `Missing: ${line}`),
          ...investigation,
          ...(incident.exposure ?? []).slice(0, 8),
          ...detail,
        ],
      };
    case 'search':
      return {
        title: 'Other functions',
        lines: [...(detail.length === 0 ? saySearch(incident.search) : []), ...detail],
      };
    case 'secrets':
      return {
        title: secrets.length + tasks.length === 0 ? 'Secrets: the configuration names none' : 'Secrets',
        lines: [
          ...secrets.map(({ secretArn, detail: what }) => `${secretName(secretArn)}: ${what}`),
          ...tasks.map((task) => taskLine(task, incident)),
          ...detail,
        ],
      };
    // Their first sentence is their title.
    case 'open-actions':
    case 'noted':
      return { title: detail[0] ?? 'Noted', lines: detail.slice(1) };
    case 'not-released':
      return { title: 'Not released', lines: detail };
    case 'stage':
      return { title: 'Released in part, step by step', lines: detail };
    case 'release-retried':
      return { title: 'Not wholly released yet: it is tried again', lines: detail };
    case 'release-stopped':
      return {
        title: 'Not wholly released: a human must decide how it goes on',
        lines: [...detail, 'Mend the cause, then release it again: what is back already is left as it is'],
      };
    case 'released':
      return {
        title: detail.some((line) => line.startsWith('DRIFT: '))
          ? 'Released: put back, but for what somebody changed meanwhile'
          : 'Released: put back as it was',
        lines: detail,
      };
    case 'relapse':
      return {
        title:
          detail.length === 0
            ? 'A new finding after the release'
            : 'The release is taken back: it is contained again',
        lines: [...(incident.relapse === undefined ? [] : [incident.relapse]), ...detail],
      };
    case 'escalated':
      return { title: undecided(incident), lines: detail };
    case 'folded':
      return { title: 'Another finding about this function', lines: [...seenLast(incident), ...detail] };
    case 'drift':
      return { title: 'Containment is back in place', lines: detail };
    case 'drift-escalated':
      return { title: 'Something was changed while it was contained: a human must look', lines: detail };
    case 'candidate':
      return {
        title: 'Deployed while contained: it stays contained, and this is what a release is judged by',
        lines: detail,
      };
    case 'losses':
      return {
        title: 'Events are being lost, or will be before the containment is expected to end',
        lines: detail,
      };
    case 'failure':
      return { title: 'A step of the playbook failed: a human must look', lines: detail };
    case 'reopened':
      return {
        title: `Open again${(incident.reopenedAs ?? [])
          .slice(-1)
          .map((id) => ` as ${id}`)
          .join('')}`,
        lines: detail,
      };
    case 'closed':
      return {
        title: 'Closed: the post-mortem in short',
        lines: [
          ...summaryOf(incident),
          ...(incident.postMortemKey === undefined ? [] : [`Post-mortem: ${incident.postMortemKey}`]),
          ...detail,
        ],
      };
    default:
      return null;
  }
};
