import type { Evidence } from './evidenceOf';
import { BEGINS, CAUSES, type Cause, type Observation, type ObservationId, weightOf } from './observation';
import { observeAccess } from './observe/access';
import { observeBehaviour } from './observe/behaviour';
import { observeCode } from './observe/code';
import { observeDeployments } from './observe/deployments';
import { observeInnocence } from './observe/innocence';
import { observeLayers } from './observe/layers';

/** A reason for or against, with the artifacts in which anybody can check it. */
export type Reason = {
  /** What was observed: a key of `WEIGHTS`. */
  readonly id: ObservationId;
  readonly artifacts: readonly [string, ...string[]];
  readonly what: string;
  /** What it adds to the score. */
  readonly points: number;
};

export type Hypothesis = {
  readonly id: string;
  readonly cause: Cause | 'unknown';
  readonly title: string;
  /** The sum of the points of its reasons. */
  readonly score: number;
  readonly supports: readonly Reason[];
  readonly contradicts: readonly Reason[];
  /** When it would have begun, to the minute, and how that is known; null where nothing tells. */
  readonly startedAt: { readonly at: string; readonly knownBy: Reason } | null;
  readonly principal: { readonly arn: string; readonly artifacts: readonly [string, ...string[]] } | null;
  readonly files: readonly string[];
  readonly dependency: string | null;
};

/** Below that a cause is a guess, and "not known" goes before it. */
export const ENOUGH = 3;

const TITLES: Readonly<Record<Cause, string>> = {
  'supply-chain': 'It came in with a dependency or by the build (supply chain)',
  layer: 'It came in with a layer',
  injection: 'A request made the function run what was in it (injection)',
  credentials: "The role's credentials were used by somebody else",
  tampering: 'Somebody replaced the code',
  exposure: 'The function was opened to everybody, and was used',
  'false-positive': 'It is a false alarm',
};

/** ATT&CK techniques by which each cause comes in. */
export const TECHNIQUES: Readonly<Record<Cause, readonly string[]>> = {
  'supply-chain': ['T1195'],
  layer: ['T1195.002', 'T1525'],
  injection: ['T1190'],
  credentials: ['T1078.004'],
  tampering: ['T1525', 'T1648'],
  exposure: ['T1190', 'T1133'],
  'false-positive': [],
};

/** All that the evidence shows, each with the artifacts that show it. */
export const observe = (evidence: Evidence): readonly Observation[] => {
  const seen = [
    ...observeCode(evidence),
    ...observeDeployments(evidence),
    ...observeLayers(evidence),
    ...observeBehaviour(evidence),
    ...observeAccess(evidence),
  ];
  return [...seen, ...observeInnocence(evidence, seen)];
};

const toMinute = (at: string): string => `${at.slice(0, 16)}Z`;

const startOf = (cause: Cause, observations: readonly Observation[]): Hypothesis['startedAt'] => {
  const timed = observations.filter(({ at }) => at !== undefined && !Number.isNaN(Date.parse(at)));
  const begins = timed.filter(({ id }) => BEGINS[cause].includes(id));
  const shows = timed.filter(({ id }) => weightOf(id, cause) > 0);
  const [first] = (begins.length > 0 ? begins : shows).toSorted((a, b) =>
    (a.at ?? '').localeCompare(b.at ?? ''),
  );
  if (first?.at === undefined) return null;
  const { artifacts, what, id } = first;
  return { at: toMinute(first.at), knownBy: { id, artifacts, what, points: weightOf(id, cause) } };
};

const hypothesisOf = (cause: Cause, observations: readonly Observation[]): Hypothesis | null => {
  const reasons = observations.map((one) => ({ one, points: weightOf(one.id, cause) }));
  const reasonOf = ({ one: { id, artifacts, what }, points }: (typeof reasons)[number]): Reason => ({
    id,
    artifacts,
    what,
    points,
  });
  const supports = reasons.filter(({ points }) => points > 0).toSorted((a, b) => b.points - a.points);
  if (supports.length === 0) return null;
  const contradicts = reasons.filter(({ points }) => points < 0);
  const begins = observations.filter(({ id }) => BEGINS[cause].includes(id));
  const by = [...begins, ...supports.map(({ one }) => one)];
  return {
    id: cause,
    cause,
    title: TITLES[cause],
    score: reasons.reduce((sum, { points }) => sum + points, 0),
    supports: supports.map(reasonOf),
    contradicts: contradicts.map(reasonOf),
    startedAt: startOf(cause, observations),
    principal:
      by.flatMap(({ principal, artifacts }) =>
        principal === undefined ? [] : [{ arn: principal, artifacts }],
      )[0] ?? null,
    files: [...new Set(supports.flatMap(({ one }) => one.files ?? []))],
    dependency: supports.find(({ one }) => one.dependency !== undefined)?.one.dependency ?? null,
  };
};

/** It claims nothing, and so needs no artifact. */
const UNKNOWN: Hypothesis = {
  id: 'unknown',
  cause: 'unknown',
  title: 'The cause is not known: the evidence does not show one',
  score: ENOUGH - 0.5,
  supports: [],
  contradicts: [],
  startedAt: null,
  principal: null,
  files: [],
  dependency: null,
};

/** The hypotheses, the best supported first. What is below "not known" is a guess, and is listed as one. */
export const hypothesesOf = (observations: readonly Observation[]): readonly Hypothesis[] =>
  [...CAUSES.flatMap((cause) => hypothesisOf(cause, observations) ?? []), UNKNOWN].toSorted(
    (a, b) => b.score - a.score,
  );
