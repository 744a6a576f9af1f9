import type { Incident } from '../incident/incident';
import { containedAgainAt } from '../incident/ofAContainment';
import { openActions } from '../incident/openActions';
import { duration } from './duration';
import { timesLine, timesOf } from './times';

/** More than these are in the post-mortem alone. */
const MOST_REACHED = 2;
const MOST_ACTIONS = 3;

const rest = (all: readonly unknown[], most: number, what: string): readonly string[] =>
  all.length > most ? [`and ${all.length - most} more ${what}`] : [];

const whatOf = ({ witnesses, functionName }: Incident): string => {
  const all = Object.values(witnesses).toSorted((a, b) => b.severity - a.severity);
  const [worst] = all;
  if (worst === undefined) return `What: no finding, on ${functionName ?? 'no function'}`;
  return `What: ${worst.title} (${worst.rule}, severity ${worst.severity}), on ${functionName ?? 'no function'}${all.length > 1 ? `; ${all.length} findings` : ''}`;
};

const impactOf = ({
  containedAt,
  firstContainedAt,
  releasedAt,
  closedAt,
  losses,
  secrets = [],
}: Incident): string => {
  const rotated = secrets.filter(({ outcome }) => outcome === 'rotated').length;
  const end = releasedAt ?? closedAt;
  const span = Date.parse(end ?? '') - Date.parse(firstContainedAt ?? containedAt ?? '');
  const contained =
    containedAt === undefined
      ? 'the function was not contained'
      : `the function stood still${span >= 0 ? ` for ${duration(span)}` : ''}${containedAgainAt({ firstContainedAt, containedAt }) === undefined ? '' : ', but for a release that was taken back or did not hold'}`;
  return [
    `Impact: ${contained}`,
    ...(losses === undefined || losses.lines.length === 0 ? [] : [`held or lost: ${losses.lines[0]}`]),
    ...(secrets.length === 0 ? [] : [`${rotated} of ${secrets.length} secrets rotated`]),
  ].join('; ');
};

const causeOf = ({ decision, rootCause }: Incident): string => {
  if (decision?.action === 'false_positive') return 'Cause: called a false positive';
  if (rootCause === undefined) return 'Cause: not looked for';
  const { title, startedAt } = rootCause;
  return `Cause: ${title}${startedAt === null ? '' : `, since ${startedAt}`}`;
};

const decidedOf = ({ decision }: Incident): readonly string[] =>
  decision === undefined
    ? []
    : [
        `Decided: ${decision.action.replaceAll('_', ' ')} by ${decision.by}${decision.reason === '' ? '' : `: ${decision.reason}`}`,
      ];

/**
 * The post-mortem for whoever has a minute: what, impact, cause, times, what is open. In it is text of others, for the
 * channel to make inert.
 */
export const summaryOf = (incident: Incident): readonly string[] => {
  const { exposure, containedAt } = incident;
  const actions = openActions(incident);
  return [
    whatOf(incident),
    impactOf(incident),
    ...(exposure === undefined
      ? containedAt === undefined
        ? []
        : ['Reach: not looked at']
      : [
          ...exposure.slice(0, MOST_REACHED).map((line) => `Reach: ${line}`),
          ...rest(exposure, MOST_REACHED, 'lines about what it could reach'),
        ]),
    ...(incident.reopens === undefined ? [] : [`Relapse of ${incident.reopens}`]),
    causeOf(incident),
    ...decidedOf(incident),
    timesLine(timesOf(incident)),
    actions.length === 0 ? 'Open actions: none' : `Open actions: ${actions.length}`,
    ...actions.slice(0, MOST_ACTIONS).map(({ line }) => line),
    ...rest(actions, MOST_ACTIONS, 'open actions'),
  ];
};
