import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { Counts } from '../detection/counts';
import { putFindings } from '../detection/putFindings';
import type { Incident } from '../incident/incident';
import type { Conclusions } from '../investigation/findings';
import { noteAsked, readAsked } from './asked';
import { type Read, readChanges, readFunctions } from './facts';
import { type Listed, type Match, matchesIn } from './match';
import { decideOpenings, type Found, findingOf, matchId, type SearchOpens } from './open';
import { lookIntoPackages, type PackageTools } from './packages';
import { type Sought, soughtOf } from './sought';

export type SearchTools = PackageTools & {
  readonly cloudTrail: CloudTrailClient;
  readonly events: EventBridgeClient;
  readonly bus: string;
  readonly counts: Counts;
  readonly now: () => Date;
  /** What the names of our own functions begin with. */
  readonly prefix: string;
  readonly opens: SearchOpens;
  /** Whether other functions' packages are opened. */
  readonly searchCode: boolean;
};

/** All that a search found: `search.json` of the evidence. */
export type Searched = {
  readonly at: string;
  readonly since: string;
  readonly functions: number;
  readonly sought: readonly Sought[];
  readonly found: readonly Found[];
  readonly gaps: readonly string[];
};

/** Matches beyond that are counted, not kept: a principal that changes everything matches everything. */
const MOST_MATCHES = 300;

const NOTHING = { found: [], gaps: [] };
const IN_CHANGES: readonly Sought['kind'][] = ['principal', 'access-key', 'address'];
const IN_PACKAGES: readonly Sought['kind'][] = ['dependency', 'file-sha256', 'host'];

type Suspect = Pick<Incident, 'id' | 'functionArn' | 'functionName' | 'openedAt' | 'containedDigest'>;

const explain = (error: unknown): string => (error instanceof Error ? error.name : 'an error');

/** What cannot be read is a gap: what the other sources show still counts. */
const attempt = async <T>(what: string, work: () => Promise<Read<T>>): Promise<Read<T>> => {
  try {
    return await work();
  } catch (error) {
    return { found: [], gaps: [`${what} (${explain(error)})`] };
  }
};

/**
 * Searches the functions of the Region for what the incident is about, and puts a finding about each that has it on our
 * own bus: Assess decides what comes of it. Twice is once: a finding's id names what was found in which function, and a
 * pair that was asked about is noted after its finding is on the bus.
 */
export const search = async (
  incident: Suspect,
  conclusions: Pick<Conclusions, 'hypotheses' | 'indicators'>,
  tools: SearchTools,
): Promise<Searched> => {
  const { lambda, cloudTrail, events, bus, counts, now, prefix, opens, searchCode } = tools;
  const at = now().toISOString();
  const plan = soughtOf(conclusions, {
    digest: incident.containedDigest ?? null,
    openedAt: incident.openedAt,
  });
  const { since } = plan;
  // What is not looked into is not said to have been looked for.
  const sought = plan.sought.filter(({ kind }) => searchCode || !IN_PACKAGES.includes(kind));
  const left = plan.sought.length - sought.length;
  const notOpened =
    left === 0
      ? []
      : [`${left} files, dependencies and hosts in other functions' packages (policy searchCode is false)`];
  if (sought.length === 0)
    return { at, since, functions: 0, sought, found: [], gaps: [...plan.gaps, ...notOpened] };

  const isExcluded = ({ functionArn, functionName }: Listed): boolean =>
    functionArn === incident.functionArn || functionName.startsWith(prefix);
  const functions = await readFunctions(lambda, tools);
  const others = functions.found.filter((one) => !isExcluded(one));
  const wants = (kinds: readonly Sought['kind'][]): boolean =>
    sought.some(({ kind }) => kinds.includes(kind));
  const changes = wants(IN_CHANGES)
    ? await attempt('changes of functions in CloudTrail', () => readChanges(cloudTrail, since, tools))
    : NOTHING;
  const packages = wants(IN_PACKAGES)
    ? await attempt("other functions' packages", () => lookIntoPackages(others, tools))
    : NOTHING;
  const matches = matchesIn(
    sought,
    { functions: functions.found, changes: changes.found, packages: packages.found },
    isExcluded,
  );
  const kept = matches.slice(0, MOST_MATCHES);
  const found = await open(incident, sought, kept, { counts, events, bus, now, opens });
  return {
    at,
    since,
    functions: functions.found.length,
    sought,
    found,
    gaps: [
      ...plan.gaps,
      ...functions.gaps,
      ...changes.gaps,
      ...packages.gaps,
      ...notOpened,
      ...(matches.length > kept.length
        ? [`${matches.length - kept.length} more matches were not judged`]
        : []),
    ],
  };
};

const open = async (
  { id, functionName }: Suspect,
  sought: readonly Sought[],
  matches: readonly Match[],
  { counts, events, bus, now, opens }: Pick<SearchTools, 'counts' | 'events' | 'bus' | 'now' | 'opens'>,
): Promise<readonly Found[]> => {
  const asked = await readAsked(counts, matches.map(matchId), now());
  const found = decideOpenings(matches, { asked, incidentId: id, opens });
  if (opens === 'none') return found;
  const fresh = found.filter(({ isNew }) => isNew);
  await putFindings(
    events,
    bus,
    fresh.flatMap((one) => findingOf(one, id, opens) ?? []),
  );
  // The suspect has it too: the search of an incident that this one opens must not open this one again.
  const own = sought.map(({ kind, value }) => matchId({ kind, value, functionName: functionName ?? '' }));
  await noteAsked(counts, [...own, ...fresh.flatMap((one) => one.matches.map(matchId))], id, now());
  return found;
};
