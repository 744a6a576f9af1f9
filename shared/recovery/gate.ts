import { type Incident, isRelease } from '../incident/incident';
import { openTasks } from '../incident/tasks';
import { matches } from '../policy/wildcard';
import type { Deployed } from '../suspect/deployed';

/** What a release is checked for, by what is told of it. */
export const GATE = {
  code: 'other code than was contained',
  source: 'a source that policy names',
  configuration: 'nothing left of what was changed on it before it was contained',
  secrets: 'what it could read is replaced',
} as const;
export type GateCheck = keyof typeof GATE;

/** `unknown` stops nothing, and is told: what cannot be compared is not held against a release. */
export type Checked = {
  readonly check: GateCheck;
  readonly outcome: 'passed' | 'failed' | 'waived' | 'unknown';
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
export const WAIVABLE = ['source', 'configuration', 'secrets'] as const;
export type Waivable = (typeof WAIVABLE)[number];

/** Where policy has code come from (`releaseFrom`); an empty list asks for nothing. */
export type ReleaseFrom = {
  /** Names or ARNs of principals; `*` is a wildcard. */
  readonly deployers: readonly string[];
  /** ARNs of signing profile versions; `*` is a wildcard. */
  readonly signers: readonly string[];
  /** SHA-256 digests of packages, in base64 as Lambda gives them. */
  readonly digests: readonly string[];
};

export const FROM_ANYWHERE: ReleaseFrom = { deployers: [], signers: [], digests: [] };

export type GateFacts = {
  readonly incident: Pick<
    Incident,
    | 'containment'
    | 'containedDigest'
    | 'containedDigests'
    | 'containedConfiguration'
    | 'candidate'
    | 'secrets'
    | 'questions'
    | 'tasks'
    | 'waivers'
  >;
  /** What a release would start. */
  readonly live: { readonly codeSha256: string; readonly signer: string | null };
  /** As it is deployed now, its environment salted as the incident's is. */
  readonly deployed: Deployed;
  /** The same, salted as the last approved state is; with that state, or null where there is none. */
  readonly approved: { readonly state: Deployed; readonly deployed: Deployed } | null;
  readonly from: ReleaseFrom;
};

type Finding = Pick<Checked, 'outcome' | 'because'>;
const passed = (because: string): Finding => ({ outcome: 'passed', because });
const failed = (because: string): Finding => ({ outcome: 'failed', because });

const code = ({ incident, live }: GateFacts): Finding => {
  const contained = [...(incident.containedDigests ?? []), incident.containedDigest ?? ''];
  return contained.includes(live.codeSha256)
    ? failed(`${live.codeSha256} was contained before: deploy code that never was`)
    : passed(`${live.codeSha256} was never contained in this incident`);
};

const source = ({
  incident: { candidate },
  live,
  from: { deployers, signers, digests },
}: GateFacts): Finding => {
  const said: string[] = [];
  if (digests.length > 0) {
    if (!digests.includes(live.codeSha256))
      return failed(`${live.codeSha256} is not among the approved digests`);
    said.push('its digest is approved');
  }
  if (signers.length > 0) {
    const { signer } = live;
    if (signer === null || !signers.some((pattern) => matches(pattern, signer)))
      return failed(`it is signed by ${signer ?? 'nobody'}`);
    said.push(`signed by ${signer}`);
  }
  if (deployers.length > 0) {
    const by = candidate?.codeSha256 === live.codeSha256 ? candidate.by : null;
    if (by === null)
      return failed(
        'who deployed it is not known: CloudTrail shows that some minutes later, release again then',
      );
    if (!deployers.some((pattern) => matches(pattern, by))) return failed(`it was deployed by ${by}`);
    said.push(`deployed by ${by}`);
  }
  return passed(said.length === 0 ? 'policy asks for no source' : said.join(', '));
};

const added = (
  what: string,
  approved: Readonly<Record<string, string>>,
  contained: Readonly<Record<string, string>>,
  live: Readonly<Record<string, string>>,
): readonly string[] =>
  Object.keys(contained)
    .filter((name) => !Object.hasOwn(approved, name) && Object.hasOwn(live, name))
    .map((name) => `${what} ${name} was added`);

/** What changed between the last approved state and the containment, and is still there. */
const leftOver = (
  contained: Deployed,
  deployed: Deployed,
  approved: NonNullable<GateFacts['approved']>,
): readonly string[] => {
  const { state, deployed: comparable } = approved;
  return [
    ...contained.layers
      .filter((layer) => !state.layers.includes(layer) && deployed.layers.includes(layer))
      .map((layer) => `the layer ${layer} was added`),
    ...added('the environment variable', state.environment, contained.environment, deployed.environment),
    ...Object.keys(contained.environment)
      .filter(
        (name) =>
          state.environment[name] !== undefined &&
          comparable.environment[name] !== state.environment[name] &&
          deployed.environment[name] === contained.environment[name],
      )
      .map((name) => `the environment variable ${name} was changed`),
    ...Object.keys(contained.settings)
      .filter(
        (name) =>
          state.settings[name] !== contained.settings[name] &&
          deployed.settings[name] === contained.settings[name],
      )
      .map((name) => `the setting ${name} was changed`),
    ...(state.role !== contained.role && deployed.role === contained.role
      ? [`the role was changed to ${contained.role}`]
      : []),
    ...(state.network !== contained.network && deployed.network === contained.network
      ? ['its network was changed']
      : []),
  ];
};

const configuration = ({ incident, deployed, approved }: GateFacts): Finding => {
  const { containedConfiguration: contained } = incident;
  if (approved === null || contained === undefined)
    return { outcome: 'unknown', because: 'there is no approved state of it to compare with' };
  const left = leftOver(contained, deployed, approved);
  return left.length === 0
    ? passed('nothing that was changed since the last approved state is left')
    : failed(`since the last approved state, and still so: ${left.join('; ')}`);
};

const secrets = ({ incident }: GateFacts): Finding => {
  const { secrets: known = [], questions = [] } = incident;
  const rotated = new Set(
    known.filter(({ outcome }) => outcome === 'rotated').map(({ secretArn }) => secretArn),
  );
  const open = [
    ...known
      .filter(({ outcome }) => outcome === 'failed')
      .map(({ secretArn }) => `${secretArn} is NOT rotated`),
    ...questions
      .filter(({ answer, secretArn }) => answer === undefined && !rotated.has(secretArn))
      .map(({ secretArn }) => `nobody has said whether to rotate ${secretArn}`),
    ...openTasks(incident).map(([id, { what }]) => `task ${id} is open: ${what}`),
  ];
  return open.length === 0
    ? passed('nothing that it could read is waited for')
    : failed(open.slice(0, MOST_NAMED).join('; ') + (open.length > MOST_NAMED ? '; and more' : ''));
};
const MOST_NAMED = 3;

const CHECKS: Readonly<Record<GateCheck, (facts: GateFacts) => Finding>> = {
  code,
  source,
  configuration,
  secrets,
};

/** Every check of a release, in the order in which people are told of them. A failed one that was waived says by whom. */
export const releaseGate = (facts: GateFacts): readonly Checked[] =>
  (Object.keys(GATE) as GateCheck[]).map((check) => {
    const found = CHECKS[check](facts);
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
