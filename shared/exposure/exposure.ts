import { ABILITIES, KINDS, type Kind, resourceOf } from './abilities';
import { type Could, couldReach, escalationsOf } from './could';
import type { Touch } from './did';
import { openVariables, overlaps } from './glob';
import { may, type RolePolicies, type Verdict } from './may';
import type { Statement } from './statement';

/** One resource that is known by name: what the role could do with it, and what its sessions did. */
export type Exposed = {
  readonly kind: Kind;
  readonly arn: string;
  /** The actions that policies let it do, or that they let it do under conditions. */
  readonly could: readonly string[];
  readonly perhaps: readonly string[];
  /** Successful calls on it in the time that the evidence covers. */
  readonly did: number;
  readonly tried: number;
  readonly first: string | null;
  readonly last: string | null;
  /** Touched since the first sign, and not before it within the evidence. */
  readonly unusual: boolean;
  /** Where its name stands: in the configuration, or files of the package. */
  readonly namedIn: readonly string[];
};

export type Exposure = {
  /** What policies name, wildcards and all. */
  readonly could: readonly Could[];
  readonly escalations: readonly string[];
  /** What is known by name, the worst first. */
  readonly resources: readonly Exposed[];
  /** The earliest of what was seen, from which on a first touch is unusual. */
  readonly since: string;
  readonly gaps: readonly string[];
};

export type Known = {
  readonly role: RolePolicies;
  readonly touches: readonly Touch[];
  /** By ARN, where it stands. */
  readonly named: ReadonlyMap<string, readonly string[]>;
  /** Policies that stand on resources, by ARN. */
  readonly policies: ReadonlyMap<string, readonly Statement[]>;
  readonly since: string;
  readonly gaps: readonly string[];
};

const exposedOf = (arn: string, kind: Kind, { role, touches, named, policies, since }: Known): Exposed => {
  const target = { arn, policy: policies.get(arn) ?? null };
  const verdicts = ABILITIES.filter((ability) => ability.kind === kind).map(
    ({ action }): readonly [string, Verdict] => [action, verdictOf(role, action, target, kind)],
  );
  const own = touches.filter((touch) => touch.arn === arn);
  const done = own.filter(({ refused }) => !refused);
  const times = own.map(({ at }) => at).toSorted();
  const first = times[0] ?? null;
  return {
    kind,
    arn,
    could: verdicts.flatMap(([action, verdict]) => (verdict === 'yes' ? [action] : [])),
    perhaps: verdicts.flatMap(([action, verdict]) => (verdict === 'if' ? [action] : [])),
    did: done.length,
    tried: own.length - done.length,
    first,
    last: times.at(-1) ?? null,
    unusual: first !== null && first >= since,
    namedIn: named.get(arn) ?? [],
  };
};

/** What a resource is also asked for as: objects, indexes, versions; a secret that is called by its name alone. */
const ALSO: Readonly<Partial<Record<Kind, string>>> = {
  bucket: '/*',
  table: '/*',
  function: ':*',
  secret: '-??????',
};

const verdictOf = (
  role: RolePolicies,
  action: string,
  target: { readonly arn: string; readonly policy: readonly Statement[] | null },
  kind: Kind,
): Verdict => {
  const whole = may(role, action, target);
  const also = ALSO[kind];
  if (whole !== 'no' || also === undefined) return whole;
  const parts = `${target.arn}${also}`;
  // Some part of it, and it is not known which.
  const isPart = couldReach(role).some(
    ({ kind: of, pattern, actions }) =>
      of === kind && actions.includes(action) && overlaps(openVariables(pattern), parts),
  );
  return isPart || may(role, action, { ...target, arn: parts }) !== 'no' ? 'if' : 'no';
};

/** How bad it is: unusual before usual, done before possible, secrets before the rest. */
const weight = ({ kind, unusual, did, could, perhaps }: Exposed): number =>
  (unusual && did > 0 ? 1000 : 0) +
  (did > 0 ? 500 : 0) +
  (could.length > 0 ? 100 : perhaps.length > 0 ? 50 : 0) +
  (KINDS.length - KINDS.indexOf(kind));

/** What a policy names one by one: without a wildcard, but for the six characters that end a secret's ARN. */
const namedByPattern = (pattern: string): readonly string[] => {
  const arn = pattern.replace(/(:secret:.+)-(?:\?{6}|\*)$/, '$1');
  return /[*?$]/.test(arn) || resourceOf(arn)?.arn !== arn ? [] : [arn];
};

/** What the suspect could reach, what its sessions did reach, and what of that is new since the first sign. Pure. */
export const exposureOf = (known: Known): Exposure => {
  const could = couldReach(known.role);
  const inPolicies = could.flatMap(({ pattern }) => namedByPattern(pattern));
  const arns = new Set([...known.named.keys(), ...known.touches.map(({ arn }) => arn), ...inPolicies]);
  const resources = [...arns].flatMap((arn) => {
    const kind = resourceOf(arn)?.kind;
    return kind === undefined ? [] : [exposedOf(arn, kind, known)];
  });
  return {
    could,
    escalations: escalationsOf(known.role),
    resources: resources.toSorted((a, b) => weight(b) - weight(a) || (a.arn < b.arn ? -1 : 1)),
    since: known.since,
    gaps: known.gaps,
  };
};
