import type { Choices } from '../policy/choices';

/** Where a mapping's events wait while it is off. */
export type WaitingSource = {
  readonly kind: 'SQS' | 'Kinesis' | 'DynamoDB' | 'other';
  readonly name: string;
  /** How long the source keeps what nobody reads; null when that is not known. */
  readonly keepsSeconds: number | null;
  /** The mapping drops what is older when it is on again; null when it drops nothing for its age. */
  readonly mappingDropsAfterSeconds: number | null;
  /** How old the oldest that waits is; null when that is not known. */
  readonly oldestSeconds: number | null;
};

/** What became of asynchronous events. */
export type AsyncEvents = {
  /** Since when they are held; null when they are not (yet). */
  readonly heldSince: string | null;
  /** Dropped between the containment and then, by the minute, as CloudWatch shows by now; null when not known. */
  readonly dropped: number | null;
  /** Records that Lambda could not deliver since; null when not known. */
  readonly undelivered: number | null;
  /** How many came in the 24 hours before; null when not known. */
  readonly lastDay: number | null;
  /** The longest that one had waited inside Lambda in the hour before; null when not known or when there were none. */
  readonly queuedSeconds: number | null;
};

/** What a containment loses and when: shown in the plan, kept on the record. */
export type Losses = {
  /** When the first event is lost, or was; null when nothing is known to be lost ever. */
  readonly firstLossAt: string | null;
  readonly lines: readonly string[];
};

const later = (iso: string, seconds: number): string =>
  new Date(Date.parse(iso) + seconds * 1000).toISOString();

const clock = (iso: string): string => `${iso.slice(0, 16).replace('T', ' ')} UTC`;

const span = (seconds: number): string => {
  const [size, unit] =
    seconds % 86_400 === 0 ? [86_400, 'day'] : seconds % 3600 === 0 ? [3600, 'hour'] : [60, 'minute'];
  const count = Math.round(seconds / size);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
};

/** The shorter of what the source keeps and what the mapping takes. */
const lifetimeOf = ({ keepsSeconds, mappingDropsAfterSeconds }: WaitingSource): number | null => {
  const known = [keepsSeconds, mappingDropsAfterSeconds].filter((seconds) => seconds !== null);
  return known.length === 0 || keepsSeconds === null ? null : Math.min(...known);
};

const ofSource = (source: WaitingSource, containedAt: string, expectedEnd: string) => {
  const what = `${source.name} (${source.kind})`;
  const keeps = lifetimeOf(source);
  if (keeps === null) return { at: null, line: `${what}: how long it keeps what is not read is not known` };
  // What has waited too long already is lost at once, not before.
  const at = later(containedAt, Math.max(0, keeps - (source.oldestSeconds ?? 0)));
  const soon =
    at <= expectedEnd
      ? `first loss at ${clock(at)}, before the expected end of the quarantine (${clock(expectedEnd)})`
      : `nothing is lost before ${clock(at)}`;
  const older =
    source.oldestSeconds === null ? '; what waited there before the containment may be lost earlier' : '';
  return { at, line: `${what} keeps what waits ${span(keeps)}: ${soon}${older}` };
};

const QUEUED =
  'events that waited inside Lambda at the containment go to the on-failure destination when Lambda tries them next: how many they are is not known';

const ofAsync = (
  { heldSince, dropped, undelivered, lastDay, queuedSeconds }: AsyncEvents,
  containedAt: string | null,
): { readonly at: string | null; readonly lines: readonly string[] } => {
  const waiting = queuedSeconds === null ? [] : [`${QUEUED} (one had waited ${Math.ceil(queuedSeconds)} s)`];
  if (containedAt === null) {
    const came = lastDay === null ? 'how many came is not known' : `${lastDay} came in the last 24 hours`;
    return {
      at: null,
      lines: [
        `asynchronous events: ${came}; those between concurrency 0 and the quarantine queue are lost`,
        ...waiting,
      ],
    };
  }
  if (heldSince === null)
    return {
      at: containedAt,
      lines: [`asynchronous events are lost since ${clock(containedAt)}`, ...waiting],
    };
  const between = `between ${containedAt} and ${heldSince}`;
  const gap =
    dropped === null
      ? `whether asynchronous events were lost ${between} is not known`
      : dropped === 0
        ? `no asynchronous event was lost ${between}, as far as CloudWatch shows`
        : `up to ${dropped} asynchronous event(s) were lost ${between} (counted by the minute)`;
  const undeliverable =
    undelivered === null || undelivered === 0
      ? []
      : [`${undelivered} asynchronous event(s) could not be delivered to the quarantine queue and are lost`];
  const lost = (dropped ?? 0) > 0 ? containedAt : (undelivered ?? 0) > 0 ? heldSince : null;
  return { at: lost, lines: [gap, ...undeliverable, ...waiting] };
};

const earliest = (times: readonly (string | null)[]): string | null =>
  times.filter((time) => time !== null).toSorted((a, b) => (a < b ? -1 : 1))[0] ?? null;

/**
 * What is lost, and when first. Pure. `containedAt` is null for a plan: then it is reckoned as if from `now`. Cautious
 * throughout: where two times are possible, the earlier; what is not known is said.
 */
export const assessLosses = (
  facts: { readonly sources: readonly WaitingSource[]; readonly events: AsyncEvents },
  containedAt: string | null,
  now: Date,
  { expectedHours }: Pick<Choices, 'expectedHours'>,
): Losses => {
  const from = containedAt ?? now.toISOString();
  const expectedEnd = later(from, expectedHours * 3600);
  const sources = facts.sources.map((source) => ofSource(source, from, expectedEnd));
  const events = ofAsync(facts.events, containedAt);
  return {
    firstLossAt: earliest([events.at, ...sources.map(({ at }) => at)]),
    lines: [...events.lines, ...sources.map(({ line }) => line)],
  };
};
