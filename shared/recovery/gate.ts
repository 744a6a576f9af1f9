import { isRelease } from '../incident/incident';
import { code } from './checks/code';
import { configuration } from './checks/configuration';
import { dependency } from './checks/dependency';
import type { GateFacts } from './checks/facts';
import { type Found, failed, unknown } from './checks/found';
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

/** What can be checked without the function: of one that was deleted, and of what a release has left. */
type RoleFacts = Pick<GateFacts, 'incident' | 'awaited' | 'policies'>;

const OF_ROLE: Readonly<Record<'policies' | 'secrets', (facts: RoleFacts) => Found>> = {
  policies: ({ policies: found, incident }) => policies(found, incident.investigatedAt !== undefined),
  secrets,
};

const CHECKS: Readonly<Record<GateCheck, (facts: GateFacts) => Found>> = {
  code: ({ incident, started }) => code(incident, started),
  source,
  staging: (facts) => staging(facts.staging, facts.started.judged),
  configuration,
  dependency: (facts) => dependency(facts.dependency),
  ...OF_ROLE,
};

/** What a check goes by and nobody has looked at (yet); null where there is no such thing. */
const unread = (check: GateCheck, { incident }: RoleFacts): string | null => {
  if (check === 'policies' || check === 'dependency')
    return incident.investigatedAt === undefined ? 'the evidence' : null;
  if (check !== 'secrets') return null;
  if (incident.namedSecretsAt === undefined) return 'the secrets that its configuration names';
  return incident.exposedSecretsAt === undefined ? 'what the evidence shows it to have read' : null;
};

/** What nobody could look at is held against a release, but for as long as it is still to be looked at. */
const judged = (check: GateCheck, found: Found, facts: RoleFacts): Found => {
  const missing = unread(check, facts);
  if (missing === null || found.outcome === 'failed') return found;
  return facts.awaited
    ? unknown(`${missing}: not looked at yet, and checked once more after that`)
    : failed(`${missing}: could not be looked at (npx tourniquet show says why)`);
};

/** A failed one that was waived says by whom. */
const weighed = (check: GateCheck, first: Found, facts: RoleFacts): Checked => {
  const found = judged(check, first, facts);
  const { waivers, containment } = facts.incident;
  const waiver = waivers?.[check];
  return found.outcome === 'failed' &&
    (WAIVABLE as readonly string[]).includes(check) &&
    waiver?.containment === containment
    ? {
        check,
        outcome: 'waived',
        because: `${found.because} (waived by ${waiver.by} at ${waiver.at}: ${waiver.because})`,
      }
    : { check, ...found };
};

/** Every check of a release, in the order in which people are told of them. */
export const releaseGate = (facts: GateFacts): readonly Checked[] =>
  (Object.keys(GATE) as GateCheck[]).map((check) => weighed(check, CHECKS[check](facts), facts));

/** Some of what can be checked without the function. */
export const roleGate = (facts: RoleFacts, checks: readonly (keyof typeof OF_ROLE)[]): readonly Checked[] =>
  checks.map((check) => weighed(check, OF_ROLE[check](facts), facts));

/** Whether the gate is passed by a release of this kind: a false positive has none. */
export const isGated = (action: Parameters<typeof isRelease>[0]): boolean =>
  isRelease(action) && action !== 'false_positive';

/** A check as a line. */
export const checkedLine = ({ check, outcome, because }: Checked): string =>
  `${outcome === 'failed' ? 'FAILED' : outcome}: ${GATE[check]}: ${because}`;
