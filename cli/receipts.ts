import { bold, dim, tame } from '../local/print';
import { blastLine, readReceipt } from '../shared/containment/planned';
import type { Incident } from '../shared/incident/incident';
import { worstWitness } from '../shared/notification/situation';

const DAY = 24 * 60 * 60 * 1000;
const HOUR = 60 * 60 * 1000;

/** The observed findings of one rule about one function. */
export type ReceiptGroup = {
  readonly functionArn: string;
  readonly rule: string;
  readonly findings: number;
  readonly from: string;
  readonly to: string;
  readonly hours: number;
  /** What the newest receipt says. */
  readonly would: readonly string[];
  readonly notKnown: readonly string[];
  readonly reaches: readonly string[];
  readonly siblings: number | null;
  /** What would have been refused: the rate of the newest receipt over the time; null where it is not known. */
  readonly invocations: number | null;
  readonly withoutReceipt: number;
};

export type Receipts = {
  readonly since: string;
  readonly groups: readonly ReceiptGroup[];
  readonly totals: {
    readonly functions: number;
    readonly findings: number;
    readonly samples: number;
    readonly hours: number;
    readonly invocations: number;
    /** Groups whose invocations are not known, and so not in the sum. */
    readonly invocationsNotKnown: number;
  };
};

type Span = { readonly from: number; readonly to: number };

/**
 * For how long a finding shows that the function would have been contained: from when the finding came to when what it
 * is about was last seen (it may claim any time: not after now). The least that can be said: a human would have ended
 * it, and nobody knows when.
 */
const spanOf = (incident: Incident, now: Date): Span => {
  const from = Date.parse(incident.openedAt);
  const seen = Object.values(incident.witnesses).map(({ lastSeen }) => Date.parse(lastSeen));
  const last = Math.min(now.getTime(), Math.max(...seen.filter((time) => !Number.isNaN(time)), from));
  return { from, to: Math.max(from, last) };
};

const roundedHours = (milliseconds: number): number => Math.round((milliseconds / HOUR) * 10) / 10;

/** A containment lasts from the first finding on: what comes while it lasts is folded into it. */
const hull = (spans: readonly Span[]): Span => ({
  from: Math.min(...spans.map(({ from }) => from)),
  to: Math.max(...spans.map(({ to }) => to)),
});

const groupBy = <T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly T[])[] => {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups.values()];
};

const ruleOf = (incident: Incident): string => worstWitness(incident)?.rule ?? 'no rule';
/** What others did to a function is told, and contains nothing in any mode. */
const isTold = (incident: Incident): boolean => worstWitness(incident)?.source === 'mode-tag';
const isSample = (incident: Incident): boolean => worstWitness(incident)?.sample === true;

const groupOf = (incidents: readonly Incident[], now: Date): ReceiptGroup => {
  const [newest] = incidents
    .filter(({ receipt }) => receipt !== undefined)
    .toSorted((a, b) => b.openedAt.localeCompare(a.openedAt));
  const span = hull(incidents.map((incident) => spanOf(incident, now)));
  const { steps = [], blastRadius = [], standing = [] } = readReceipt(newest?.receipt) ?? {};
  // A receipt without steps is of an older version: what it says stands in the incident.
  const unread = steps.length === 0 && newest !== undefined ? [`${standing[0]}: see ${newest.id}`] : [];
  const countOf = (part: string) => blastRadius.find(({ id }) => id === part)?.count ?? null;
  const daily = countOf('invocations');
  const [first] = incidents;
  return {
    functionArn: first?.functionArn ?? 'no function',
    rule: first === undefined ? 'no rule' : ruleOf(first),
    findings: incidents.length,
    from: new Date(span.from).toISOString(),
    to: new Date(span.to).toISOString(),
    hours: roundedHours(span.to - span.from),
    would: steps.flatMap((step) => (step.applies === true ? [`${step.title}: ${step.does}`] : [])),
    notKnown: [
      ...steps.flatMap((step) =>
        step.applies === 'unknown' ? [`${step.title}: not known whether it applies: ${step.unknown}`] : [],
      ),
      ...unread,
    ],
    reaches: blastRadius.map(blastLine).filter((line) => line !== null),
    siblings: countOf('siblings'),
    invocations: daily === null ? null : Math.round((daily * (span.to - span.from)) / DAY),
    withoutReceipt: incidents.filter(({ receipt }) => receipt === undefined).length,
  };
};

/** What the observed findings of the last days would have done: by function and rule, with totals by function. */
export const receiptsOf = (incidents: readonly Incident[], now: Date, days: number): Receipts => {
  const since = new Date(now.getTime() - days * DAY);
  const observed = incidents.filter(
    (incident) =>
      incident.status === 'observed' && Date.parse(incident.openedAt) >= since.getTime() && !isTold(incident),
  );
  const real = observed.filter((incident) => !isSample(incident));
  const groups = groupBy(real, (incident) => JSON.stringify([incident.functionArn, ruleOf(incident)])).map(
    (group) => groupOf(group, now),
  );
  // A function is contained once, whichever rules speak of it.
  const functions = groupBy(real, ({ functionArn }) => functionArn ?? '').map((group) => groupOf(group, now));
  const known = functions.flatMap(({ invocations }) => (invocations === null ? [] : [invocations]));
  return {
    since: since.toISOString(),
    groups: groups.toSorted((a, b) => a.functionArn.localeCompare(b.functionArn) || b.hours - a.hours),
    totals: {
      functions: functions.length,
      findings: real.length,
      samples: observed.length - real.length,
      hours: Math.round(functions.reduce((sum, { hours }) => sum + hours, 0) * 10) / 10,
      invocations: known.reduce((sum, invocations) => sum + invocations, 0),
      invocationsNotKnown: functions.length - known.length,
    },
  };
};

const minute = (iso: string): string => `${iso.slice(0, 16).replace('T', ' ')}`;

const groupLines = (group: ReceiptGroup): readonly string[] => [
  '',
  bold(`${tame(group.functionArn)}: ${tame(group.rule)}`),
  `  ${group.findings} finding(s), ${minute(group.from)} to ${minute(group.to)} UTC: contained for at least ${group.hours} h`,
  ...group.would.map((line) => `  would be done: ${tame(line)}`),
  ...group.notKnown.map((line) => `  ${tame(line)}`),
  ...(group.reaches.length === 0 ? [] : [`  reaches: ${group.reaches.map(tame).join('; ')}`]),
  group.invocations === null
    ? '  invocations refused: not known'
    : `  invocations refused: about ${group.invocations}`,
  ...(group.withoutReceipt === 0
    ? []
    : [`  ${group.withoutReceipt} of them without a receipt: it could not be made`]),
];

/** Receipts for people. */
export const receiptsPage = ({ since, groups, totals }: Receipts): string => {
  const samples = totals.samples === 0 ? [] : [`${totals.samples} sample finding(s) are not counted.`];
  if (groups.length === 0)
    return [`No finding was observed since ${minute(since)} UTC.`, ...samples].join('\n');
  return [
    bold(`What would have been contained since ${minute(since)} UTC`),
    ...groups.flatMap(groupLines),
    '',
    bold('Total'),
    `  ${totals.findings} finding(s) about ${totals.functions} function(s)`,
    `  contained for at least ${totals.hours} h, each function counted once`,
    `  invocations refused: about ${totals.invocations}${totals.invocationsNotKnown === 0 ? '' : `, and not known for ${totals.invocationsNotKnown} function(s)`}`,
    ...samples.map((line) => `  ${line}`),
    '',
    dim(
      '"At least": from the first finding to when what it is about was last seen. A human would have ended the',
    ),
    dim(
      'containment, and nobody knows when. Invocations: those of the 24 h before the newest finding, over that time.',
    ),
  ].join('\n');
};
