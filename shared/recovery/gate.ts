import { isRelease } from '../incident/incident';
import { configuration } from './checks/configuration';
import { dependency } from './checks/dependency';
import type { GateFacts } from './checks/facts';
import { type Found, failed, passed, unknown } from './checks/found';
import { policies } from './checks/policies';
import { secrets } from './checks/secrets';
import { source } from './checks/source';
import { staging } from './checks/staging';

/** What a release is checked for, by what is told of it. */
export const GATE = {
  code: 'other code than was contained',
  source: 'a source that policy names',
  staging: 'it ran first where policy says',
  configuration: 'nothing left of what was changed on it before it was contained',
  policies: 'nothing left of what was added to its policies',
  dependency: 'the dependency by which somebody came in is gone',
  secrets: 'what it could read is replaced',
} as const;
export type GateCheck = keyof typeof GATE;

/** `unknown` stops nothing, and is told: what cannot be compared is not held against a release. */
export type Checked = {
  readonly check: GateCheck;
  readonly outcome: Found['outcome'] | 'waived';
  readonly because: string;
};

/** An approver's word that a release may go on although a check fails. It holds for one containment. */
export type Waiver = {
  readonly by: string;
  readonly at: string;
  readonly because: string;
  readonly containment: number;
};

/** The code has no waiver: whoever wants the same code back calls the finding a false positive, and says why. */
export const WAIVABLE = [
  'source',
  'staging',
  'configuration',
  'policies',
  'dependency',
  'secrets',
] as const satisfies readonly GateCheck[];
export type Waivable = (typeof WAIVABLE)[number];

const code = ({ incident, live, deployed }: GateFacts): Found => {
  const contained = [...(incident.containedDigests ?? []), incident.containedDigest ?? ''];
  if (contained.includes(live.codeSha256))
    return failed(`${live.codeSha256} was contained before: deploy code that never was`);
  // An alias may be on other code: what is called without one is opened by the release too.
  if (contained.includes(deployed.latest))
    return failed(
      `$LATEST still has code that was contained (${deployed.latest}): deploy other code to it as well`,
    );
  const [version] = Object.keys(live.aliased).filter((one) => contained.includes(live.aliased[one] ?? ''));
  return version !== undefined
    ? failed(`an alias sends traffic to version ${version}, whose code was contained: point it elsewhere`)
    : passed(`${live.codeSha256} was never contained in this incident`);
};

const CHECKS: Readonly<Record<GateCheck, (facts: GateFacts) => Found>> = {
  code,
  source,
  staging: (facts) => staging(facts.staging, facts.live.codeSha256),
  configuration,
  policies: (facts) => policies(facts.policies),
  dependency: (facts) => dependency(facts.dependency),
  secrets,
};

/** What a check goes by and nobody has looked at (yet); null where there is no such thing. */
const unread = (check: GateCheck, { incident }: GateFacts): string | null => {
  if (check === 'policies' || check === 'dependency')
    return incident.investigatedAt === undefined ? 'the evidence' : null;
  if (check !== 'secrets') return null;
  if (incident.namedSecretsAt === undefined) return 'the secrets that its configuration names';
  return incident.exposedSecretsAt === undefined ? 'what the evidence shows it to have read' : null;
};

/** What nobody could look at is held against a release, but for as long as it is still to be looked at. */
const judged = (check: GateCheck, facts: GateFacts): Found => {
  const found = CHECKS[check](facts);
  const missing = unread(check, facts);
  if (missing === null || found.outcome === 'failed') return found;
  return facts.awaited
    ? unknown(`${missing}: not looked at yet, and checked once more after that`)
    : failed(`${missing}: could not be looked at (npx tourniquet show says why)`);
};

/** Every check of a release, in the order in which people are told of them. A failed one that was waived says by whom. */
export const releaseGate = (facts: GateFacts): readonly Checked[] =>
  (Object.keys(GATE) as GateCheck[]).map((check) => {
    const found = judged(check, facts);
    const waiver = facts.incident.waivers?.[check];
    return found.outcome === 'failed' &&
      (WAIVABLE as readonly string[]).includes(check) &&
      waiver?.containment === facts.incident.containment
      ? {
          check,
          outcome: 'waived',
          because: `${found.because} (waived by ${waiver.by} at ${waiver.at}: ${waiver.because})`,
        }
      : { check, ...found };
  });

/** Whether the gate is passed by a release of this kind: a false positive has none. */
export const isGated = (action: Parameters<typeof isRelease>[0]): boolean =>
  isRelease(action) && action !== 'false_positive';

/** A check as a line. */
export const checkedLine = ({ check, outcome, because }: Checked): string =>
  `${outcome === 'failed' ? 'FAILED' : outcome}: ${GATE[check]}: ${because}`;
