import { createHash } from 'node:crypto';
import type { Detail } from '../detection/raise';
import { lower, type Mode } from '../policy/mode';
import type { Confidence, Match } from './match';

/** As far as an incident that a search opens may go: `none` opens none. The function's own mode still applies. */
export const SEARCH_OPENS = ['none', 'observe', 'ask', 'respond'] as const;
export type SearchOpens = (typeof SEARCH_OPENS)[number];

/** Of one search, its retries counted in. The rest is told. */
export const MOST_OPENED = 10;

/** A function that was found, by what, and what became of it. */
export type Found = {
  readonly functionName: string;
  readonly functionArn: string;
  readonly matches: readonly Match[];
  /** `before`: the same was found in it before, by the search of another incident. */
  readonly outcome: 'opened' | 'before' | 'told';
  /** Whether its finding is still to be put on the bus. */
  readonly isNew: boolean;
};

/** Names one thing in one function, whichever incident it is looked for from: a bounded text, and no hostile one. */
export const matchId = ({
  kind,
  value,
  functionName,
}: Pick<Match, 'kind' | 'value' | 'functionName'>): string =>
  `search:${kind}:${createHash('sha256').update(value).digest('hex').slice(0, 24)}:${functionName}`;

const byFunction = (matches: readonly Match[]): readonly (readonly [Match, ...Match[]])[] => {
  const groups = new Map<string, [Match, ...Match[]]>();
  for (const match of matches) {
    const group = groups.get(match.functionArn);
    if (group === undefined) groups.set(match.functionArn, [match]);
    else group.push(match);
  }
  return [...groups.values()];
};

/**
 * From an address out of which more functions were changed than one incident opens, a whole office works; a host that so
 * many name is a service.
 */
const WIDE: readonly Match['kind'][] = ['address', 'host'];
const sharedHosts = (matches: readonly Match[]): ReadonlySet<string> => {
  const functions = new Map<string, number>();
  for (const { kind, value } of matches)
    if (WIDE.includes(kind)) functions.set(value, (functions.get(value) ?? 0) + 1);
  return new Set([...functions].flatMap(([value, count]) => (count > MOST_OPENED ? [value] : [])));
};

/**
 * What becomes of each function that was found. `asked`: by {@link matchId}, the incident whose search put the finding, or
 * whose suspect it is. A pair is asked about once, so that two incidents do not open each other in turn; and what an
 * earlier try of this step opened counts among the most that one incident opens, so that a retry opens no more.
 */
export const decideOpenings = (
  matches: readonly Match[],
  {
    asked,
    incidentId,
    opens,
  }: {
    readonly asked: ReadonlyMap<string, string>;
    readonly incidentId: string;
    readonly opens: SearchOpens;
  },
): readonly Found[] => {
  const shared = sharedHosts(matches);
  const groups = byFunction(matches).map((group) => {
    const by = group.map((match) => asked.get(matchId(match)));
    return { group, isOurs: by.includes(incidentId), isKnown: by.every((one) => one !== undefined) };
  });
  let left = MOST_OPENED - groups.filter(({ isOurs }) => isOurs).length;
  return groups.map(({ group, isOurs, isKnown }): Found => {
    const [{ functionName, functionArn }] = group;
    const found = { functionName, functionArn, matches: group, isNew: false };
    if (isOurs) return { ...found, outcome: 'opened' };
    if (isKnown) return { ...found, outcome: 'before' };
    const isTold = group.every(({ kind, value }) => WIDE.includes(kind) && shared.has(value));
    if (opens === 'none' || left <= 0 || isTold) return { ...found, outcome: 'told' };
    left -= 1;
    return { ...found, outcome: 'opened', isNew: true };
  });
};

/** In GuardDuty's scale. */
const SEVERITY: Readonly<Record<Confidence, number>> = { strong: 6, moderate: 4 };

const RULE: Readonly<Record<Match['kind'], string>> = {
  'code-digest': 'search-same-code',
  layer: 'search-same-layer',
  'file-sha256': 'search-same-file',
  dependency: 'search-same-dependency',
  host: 'search-same-host',
  principal: 'search-same-principal',
  'access-key': 'search-same-access-key',
  address: 'search-same-address',
};

const TITLE: Readonly<Record<Match['kind'], string>> = {
  'code-digest': 'Its code is byte for byte that of a contained function',
  layer: 'It has the layer that is suspicious in a contained function',
  'file-sha256': 'A file of its package is one that is suspicious in a contained function',
  dependency: 'It has the dependency that is suspicious in a contained function',
  host: 'A suspicious file of its package names a host that one in a contained function names',
  principal: 'It was changed by whoever changed a contained function',
  'access-key': 'It was changed with credentials that were stolen from a contained function',
  address: 'It was changed from an address out of which a contained function was attacked',
};

/** What ARNs, names, versions and addresses are made of: of what others chose, nothing else is repeated. */
export const plain = (text: string): string => text.slice(0, 200).replaceAll(/[^\w+=,.@:/$ -]/g, '?');

const sayMatch = ({ kind, value, where }: Match): string => `${kind} ${plain(value)} in ${plain(where)}`;

/** The finding about a function that is to be opened. It never goes further than `opens`, and a hint no further than ask. */
export const findingOf = (
  { functionArn, matches }: Found,
  incidentId: string,
  opens: Exclude<SearchOpens, 'none'>,
): Detail | null => {
  const [gravest] = matches;
  if (gravest === undefined) return null;
  const strong = gravest.confidence === 'strong';
  const most: Mode = strong ? opens : lower(opens, 'ask');
  return {
    id: matchId(gravest),
    rule: RULE[gravest.kind],
    title: TITLE[gravest.kind],
    description: `The search for what incident ${incidentId} is about found it: ${matches.slice(0, 5).map(sayMatch).join('; ')}.`,
    severity: SEVERITY[gravest.confidence],
    functionArn,
    techniques: [],
    bound: {
      most,
      because:
        most === 'respond'
          ? 'the same bytes run in it (policy searchOpens: respond)'
          : `at most ${most}: it was found by a search for what another function had (policy searchOpens)`,
    },
    observer: 'search',
  };
};
