import type { Call } from '../detection/call';
import { IN_LAMBDA } from '../detection/caller';
import type { Evidence, Recorded } from './evidenceOf';

const HOUR = 3_600_000;
/** What was done longer than that before the first sign is taken to be usual: whoever came in is seldom noticed so late. */
export const USUAL_BEFORE_MS = 12 * HOUR;

export const usualUntil = ({ firstSign }: Pick<Evidence, 'firstSign'>): string =>
  new Date(Date.parse(firstSign) - USUAL_BEFORE_MS).toISOString();

/** The client, without its version: the first word of the agent up to the slash. */
export const clientOf = ({ agent }: Call): string => /^[^\s/]{0,60}/.exec(agent)?.[0].toLowerCase() ?? '';

export const actionOf = ({ service, name }: Call): string => `${service}:${name}`;

/** Calls that Lambda or AWS itself makes for the function. */
const isPlatform = ({ agent, service, caller }: Call): boolean =>
  caller.isService ||
  ['logs', 'xray', 'kms'].includes(service) ||
  /amazonaws\.com$|^AWS Internal$|^awslambda-worker/i.test(agent);

/** Whether a call was made with the role's own credentials (not: about the role). */
const isOfRole = ({ caller }: Call, { roleArn }: Evidence): boolean => caller.roleArn === roleArn;

/** Which of some calls' features were not there before a time: what is done, in which Region, from which network. */
const newSince = (
  calls: readonly Recorded[],
  until: string,
  featureOf: (call: Call) => string,
): readonly Recorded[] => {
  const before = new Set(calls.filter(({ at }) => at < until).map(({ call }) => featureOf(call)));
  return calls.filter(({ at, call }) => at >= until && !before.has(featureOf(call)));
};

/** The role's calls, without those that the platform makes. */
export const ownCalls = (evidence: Evidence): readonly Recorded[] =>
  (evidence.sessions ?? []).filter(({ call }) => isOfRole(call, evidence) && !isPlatform(call));

/** Calls by a client that does not say that it runs in Lambda, from where the role was not used before. */
export const outsideCalls = (evidence: Evidence): readonly Recorded[] =>
  newSince(ownCalls(evidence), usualUntil(evidence), ({ address, agent }) =>
    IN_LAMBDA.test(agent) ? 'lambda' : `${address}`,
  ).filter(({ call }) => !IN_LAMBDA.test(call.agent));

/** Calls of a kind, or in a Region, that the role did not make before; none where there is nothing to compare with. */
export const unusualCalls = (evidence: Evidence): readonly Recorded[] => {
  const until = usualUntil(evidence);
  const calls = ownCalls(evidence);
  if (!calls.some(({ at }) => at < until)) return [];
  return newSince(calls, until, (call) => `${actionOf(call)} ${call.region}`);
};

/** When something that was not usual is first seen in what it did: in its calls, or in what it wrote. */
export const firstUnusual = (
  evidence: Evidence,
): { readonly at: string; readonly artifact: string } | null => {
  const [first] = [
    ...outsideCalls(evidence),
    ...unusualCalls(evidence),
    ...(evidence.said ?? []).filter(({ kind }) => kind === 'ran'),
  ]
    .filter(({ at }) => !Number.isNaN(Date.parse(at)))
    .toSorted((a, b) => a.at.localeCompare(b.at));
  return first === undefined ? null : { at: first.at, artifact: first.artifact };
};
