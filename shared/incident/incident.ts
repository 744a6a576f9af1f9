import type { Extent } from '../containment/extent';
import type { Losses } from '../containment/losses';
import type { Plan } from '../containment/planned';
import type { HubFinding, Observer } from '../findings/finding';
import type { Grants } from '../fleet/documents';
import type { Measured } from '../investigation/measured';
import type { Mode } from '../policy/mode';
import type { Checked, Waiver } from '../recovery/gate';
import type { Stage } from '../recovery/stages';
import type { Deployed } from '../suspect/deployed';

/** Where an incident stands. The ones in {@link ENDED} are over; every other has a live owner or a paged human. */
export const STATUSES = [
  'asking',
  'containing',
  'contained',
  'releasing',
  'watching',
  'closed',
  'observed',
  'ignored',
  'refused',
  'suspect-gone',
  'unparseable',
] as const;
export type Status = (typeof STATUSES)[number];

export const ENDED: readonly Status[] = [
  'closed',
  'observed',
  'ignored',
  'refused',
  'suspect-gone',
  'unparseable',
];

export const isOpen = (status: Status): boolean => !ENDED.includes(status);

/** What an approver can choose. `contain` and `dismiss` answer a mode of `ask`; the others a contained function. */
export const DECISIONS = [
  'contain',
  'dismiss',
  'release',
  'release_with_replay',
  'false_positive',
  'keep',
] as const;
export type DecisionAction = (typeof DECISIONS)[number];

/** What an approver can do beside: contain what was released again, be asked again later, take it over, add a control, close a task, waive a check of the release. */
export const ACTS = ['recontain', 'extend', 'take', 'add', 'done', 'waive'] as const;
export type Act = (typeof ACTS)[number];
export const isAct = (action: DecisionAction | Act): action is Act =>
  (ACTS as readonly string[]).includes(action);

/** The decisions that put the function back; the others leave it as it is. */
const RELEASES: readonly DecisionAction[] = ['release', 'release_with_replay', 'false_positive'];
export const isRelease = (action: DecisionAction): boolean => RELEASES.includes(action);

/** One approver's word for a decision. */
export type Approval = {
  /** Whom the server made out: a Slack user id or an IAM principal's ARN. */
  readonly by: string;
  readonly via: Decision['via'];
  /** The entry of the approvers' list that admitted them. */
  readonly entry: string;
  readonly at: string;
};

/** A release that waits for more approvers. */
export type Ballot = {
  readonly round: number;
  readonly action: DecisionAction;
  readonly force: readonly string[];
  readonly reason: string;
  readonly approvals: readonly Approval[];
  /** What is missing, as a clause. */
  readonly needs: string;
};

export type Decision = {
  readonly action: DecisionAction;
  /** Whom the server made out: a Slack user id or an IAM principal's ARN. */
  readonly by: string;
  readonly via: 'slack' | 'aws';
  readonly reason: string;
  readonly at: string;
  /** Everybody whose word it is, `by` the last; absent in incidents from before more than one could be asked for. */
  readonly approvals?: readonly Approval[];
  /** Controls to be put back although somebody changed them while it was contained. */
  readonly force?: readonly string[];
  /** Of what settles a release: why it is not carried out. */
  readonly refused?: string;
};

/** A release that could not put everything back: why, and how it goes on. */
export type Stopped = {
  readonly at: string;
  readonly because: string;
  /** How often it was tried under the decision of `decidedAt`. */
  readonly tries: number;
  readonly decidedAt: string;
  /** `soon` and `later`: it is tried again by itself. `human`: it waits for another decision. */
  readonly next: 'soon' | 'later' | 'human';
  /** The finding after the release that people were told of meanwhile. */
  readonly relapse?: string;
};

/** A witness: what one finding said. Folded findings add witnesses. */
export type Witness = {
  readonly id: string;
  readonly source: string;
  readonly rule: string;
  readonly title: string;
  readonly description: string;
  readonly severity: number;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly count: number;
  readonly sample: boolean;
  /** Who saw it, and whether it was the function's own act. Absent in incidents from before that was kept. */
  readonly observer?: Observer;
  readonly own?: boolean;
  /**
   * The ways by which this finding came. One fact by three ways is one witness: its ways are not independent, and add
   * nothing to what is believed. Absent in incidents from before they were kept.
   */
  readonly routes?: readonly string[];
  /** Where Security Hub keeps it; absent where it does not. */
  readonly hub?: HubFinding;
};

/** A secret that only a human may have rotated (invariant 10). */
export type Question = {
  readonly id: string;
  readonly secretArn: string;
  readonly why: string;
  readonly answer?: 'rotate' | 'leave';
  readonly answeredBy?: string;
};

export type RotatedSecret = {
  readonly secretArn: string;
  readonly outcome: 'rotated' | 'asked' | 'not-rotatable' | 'left' | 'failed';
  readonly detail: string;
  readonly at: string;
};

/** What only people can do: open on the incident until one of them says that it is done, also after the close. */
export type Task = {
  /** What it is about: an ARN, or a variable of the function. */
  readonly about: string;
  /** What is to be done, as a sentence for people. Never a value. */
  readonly what: string;
  /** Whom a tag names for it; null where none does. */
  readonly contact: string | null;
  readonly at: string;
  readonly done?: { readonly by: string; readonly at: string; readonly how: string };
};

export type EvidenceSummary = {
  readonly bucket: string;
  readonly manifestKey: string;
  readonly manifestVersionId: string | null;
  readonly manifestSha256: string;
  readonly artifacts: number;
  readonly missing: readonly string[];
  readonly lockedUntil: string;
  /** The commands that undo the containment; absent where they could not be sealed. */
  readonly undoKey?: string;
  /** The fingerprint of the key that signed the manifest. */
  readonly signedBy?: string;
  /** Every manifest of the gathering, oldest first; `manifestKey` is the newest. */
  readonly manifests?: readonly {
    readonly key: string;
    readonly versionId: string | null;
    readonly sha256: string;
  }[];
  /** What was gathered is from this time. ISO 8601, UTC. */
  readonly window?: { readonly from: string; readonly to: string };
  /** Of which containment; absent of what older versions gathered. */
  readonly containment?: number;
  /** When what vanishes first was under a signed manifest. */
  readonly volatileSealedAt?: string;
};

/** A gathering that is not done: which collectors go on, and where (`cursor`: what the collector itself gave). */
export type Gathering = {
  /** After the containment is over, or at its beginning. */
  readonly closing: boolean;
  /** Of which containment: another one gathers of its own. */
  readonly containment: number;
  readonly window: { readonly from: string; readonly to: string };
  readonly invocations: number;
  readonly left: readonly { readonly collector: string; readonly cursor?: unknown }[];
};

/** The newest manifest of an incident's evidence, which names the one before it (shared/evidence/manifest.ts). */
export type ChainHead = {
  readonly bucket: string;
  readonly number: number;
  readonly key: string;
  readonly versionId: string | null;
  readonly sha256: string;
  readonly signatureVersionId: string | null;
};

/** What was deployed while it was contained, and so what a release would start. */
export type Candidate = {
  readonly number: number;
  /** The code that the release gate judges. */
  readonly codeSha256: string;
  /** Who deployed it; null as long as CloudTrail does not show it. */
  readonly by: string | null;
  readonly at: string;
  readonly changes: readonly string[];
  readonly deployed: Deployed;
  /** The sealed manifest that names its package and configuration; absent until they are sealed. */
  readonly manifestKey?: string;
};

/** An announcement that a channel did not take. */
export type Undelivered = { readonly at: string; readonly about: string; readonly detail: readonly string[] };

/**
 * What the evidence makes the likeliest cause, in sentences that each name their artifacts: what the post-mortem shows.
 * Whole in `hypotheses.json` of the evidence.
 */
export type RootCause = {
  readonly title: string;
  readonly cause: string;
  readonly score: number;
  /** To the minute; null where nothing tells. */
  readonly startedAt: string | null;
  readonly knownBy: string | null;
  readonly principal: string | null;
  /** `name@version` */
  readonly dependency: string | null;
  readonly files: readonly string[];
  readonly supports: readonly string[];
  readonly contradicts: readonly string[];
  readonly others: readonly string[];
  readonly when: readonly string[];
  readonly changed: readonly string[];
  readonly did: readonly string[];
  readonly indicators: readonly string[];
  readonly gaps: readonly string[];
};

/** What the intruder is seen to have added. */
export type Planted = {
  /** The document (shared/fleet/documents.ts), or `layer` and its ARN. */
  readonly what: string;
  /** Digests of the statements that were added to it; none: the document itself. */
  readonly statements: readonly string[];
  readonly by: string;
  readonly at: string;
};

/** What of an intruder may be left, from the evidence: what a release is checked by. */
export type Remains = {
  /** What stood in its policies when it was contained; null where the evidence does not have all of it. */
  readonly grants: Grants | null;
  readonly planted: readonly Planted[];
  /** SHA-256 of the suspicious files of the dependency by which somebody came in. */
  readonly files: readonly string[];
};

/** A function in which a search found what another incident is about. Names in it are others'. */
export type FoundElsewhere = {
  readonly functionName: string;
  /** Which indicator, and where it was found. */
  readonly by: readonly string[];
  readonly confidence: 'strong' | 'moderate';
  readonly outcome: 'opened' | 'before' | 'told';
};

/** What the search of the other functions came to, bounded; whole in `search.json` of the evidence. */
export type SearchSummary = {
  readonly at: string;
  /** How many functions were looked at. */
  readonly searched: number;
  readonly sought: readonly string[];
  readonly found: readonly FoundElsewhere[];
  /** How many more were found. */
  readonly more: number;
  readonly gaps: readonly string[];
};

/** One suspect's case. */
export type Incident = {
  readonly id: string;
  readonly status: Status;
  readonly openedAt: string;
  readonly closedAt?: string;
  /** The execution that owns the incident now. */
  readonly executionArn: string;
  /** How often another execution had to take over. */
  readonly resumes?: number;
  /** Null only where the event named no function. */
  readonly functionArn: string | null;
  readonly functionName: string | null;
  readonly accountId: string | null;
  readonly region: string | null;
  readonly qualifier: string | null;
  readonly roleArn: string | null;
  readonly logGroup: string | null;
  readonly timeoutSeconds: number;
  /** The capacity provider whose instances it runs on; absent where Lambda's own do. */
  readonly capacityProvider?: string;
  readonly durable?: boolean;
  readonly mode: Mode | null;
  /** The mode that the function's tag asked for when the incident began; null without one. */
  readonly tagged?: Mode | null;
  readonly disposition: Mode | null;
  /** The incident of the same function that was closed shortly before, and is open again by this one. */
  readonly reopens?: string;
  /** The incidents as which this one was opened again after its close, oldest first. */
  readonly reopenedAs?: readonly string[];
  /** Why it was handled as it was, for people. */
  readonly because: readonly string[];
  readonly witnesses: Readonly<Record<string, Witness>>;
  /** How often it was contained: each containment has a ledger of its own. */
  readonly containment: number;
  /** The containment that a human ordered: caps and breaker do not apply to it. */
  readonly ordered?: number;
  readonly containedAt?: string;
  /** Once it was released, or that was tried: when it was contained first. */
  readonly firstContainedAt?: string;
  /** How much of the present containment holds; absent until it is settled. */
  readonly holds?: Extent;
  /** When the role's credentials were seen to be denied, wherever they are; absent where that was not observed. */
  readonly credentialsDeniedAt?: string;
  readonly containedDigest?: string;
  /** Of every containment of the incident, but of a first one that was called a false positive: none is released. */
  readonly containedDigests?: readonly string[];
  /** What approvers have waived, by check (shared/recovery/gate.ts). */
  readonly waivers?: Readonly<Record<string, Waiver>>;
  /** What the last release that was asked for was checked for, and what that came to. */
  readonly gate?: readonly Checked[];
  /** What was deployed when it was contained: what is deployed later is compared with it. */
  readonly containedConfiguration?: Deployed;
  readonly candidate?: Candidate;
  /** How many there were, over all containments. */
  readonly candidates?: number;
  /** When the last invocation that was running at containment must have ended. */
  readonly lastInFlightAt?: string;
  readonly siblings?: readonly string[];
  /** What the present containment loses, as known by now. */
  readonly losses?: Losses;
  /** Which question to the approver is open; a decision answers one round. */
  readonly round: number;
  /** A release that some approved and that needs more. */
  readonly ballot?: Ballot;
  /** What the buttons of the message carry now: they work once, and for the state that they were shown in. */
  readonly press?: { readonly id: string; readonly state: string };
  /** The tags that the policy's rules for approvals ask for, as they were when it was opened. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Who ordered the containment, where a human did. */
  readonly triggeredBy?: readonly string[];
  /** Who deployed what was contained, as CloudTrail shows; null where it shows nobody. */
  readonly deployedBy?: string | null;
  /** Controls that policy leaves to approvers, and that one has added: they hold for every containment of the incident. */
  readonly added?: readonly string[];
  /** Who looks after it, of the approvers. */
  readonly owner?: string;
  /** Until when nobody is asked again, as an approver said of the question that was open then. */
  readonly remind?: { readonly after: string; readonly round: number; readonly status: Status };
  /** How often the question of this round was put again. */
  readonly reminded?: { readonly round: number; readonly status: Status; readonly count: number };
  /** When people were last reminded of what is open (tasks, questions about secrets), and how often. */
  readonly actionsReminded?: { readonly at: string; readonly count: number };
  /** By channel, what it was last told and did not deliver: told again until it does (driftWatch). */
  readonly undelivered?: Readonly<Record<string, Undelivered>>;
  readonly decision?: Decision;
  /** `at` of the decision that the playbook has taken up: what is older than that is no news. */
  readonly acknowledged?: string;
  /** Why the release that was last asked for was refused, and the round that asks again. */
  readonly refused?: { readonly round: number; readonly because: string };
  readonly releasedAt?: string;
  /** While it is being released in steps: the one that it is at. */
  readonly stage?: Stage;
  /** While it is being released: what stopped that. */
  readonly stopped?: Stopped;
  /** The last decision about what a release has left as somebody changed it. */
  readonly settling?: Decision;
  readonly relapse?: string;
  /** Where the relapse is that contained code runs again. */
  readonly codeIsBack?: boolean;
  readonly evidence?: EvidenceSummary;
  readonly gathering?: Gathering;
  readonly chain?: ChainHead;
  /** While a function gathers: when it ends at the latest, and how many before it have died of that. */
  readonly gatheringUntil?: string;
  readonly gatheringDeaths?: number;
  /** When the evidence of the present containment was looked at. */
  readonly investigatedAt?: string;
  readonly investigation?: readonly string[];
  readonly rootCause?: RootCause;
  /** What CloudWatch measured of it, as the post-mortem draws it. */
  readonly measured?: Measured;
  readonly remains?: Remains;
  /** Where `hypotheses.json` was sealed: what the other functions are searched for stands in it. */
  readonly conclusions?: { readonly key: string; readonly versionId: string | null; readonly sha256: string };
  readonly search?: SearchSummary;
  /** The evidence does not have what it could reach, or what it did. */
  readonly exposureBlind?: boolean;
  /** What it could reach and what it did, in sentences; whole in `exposure.json` of the evidence. */
  readonly exposure?: readonly string[];
  /** Queues, streams and tables that it read or surely could, and may not write to, the worst first. */
  readonly reads?: readonly string[];
  /** ARNs of secrets that it read or could have read, the worst first. */
  readonly exposedSecrets?: readonly string[];
  /** ARNs of SSM parameters, in the same way. */
  readonly exposedParameters?: readonly string[];
  /** ARNs of what it reached or surely could, the worst first, a hundred at most; absent until the evidence was read. */
  readonly reach?: readonly string[];
  /** By id (tasks.ts). */
  readonly tasks?: Readonly<Record<string, Task>>;
  /** When the secrets that its configuration names were looked at; and those that the evidence shows it to have read. */
  readonly namedSecretsAt?: string;
  readonly exposedSecretsAt?: string;
  readonly secrets?: readonly RotatedSecret[];
  readonly questions?: readonly Question[];
  /** In the mode `observe`: what would have been done. */
  readonly receipt?: Plan;
  readonly slack?: { readonly channel: string; readonly ts: string };
  readonly postMortemKey?: string;
  /** Which version of it was sealed, and its digest. */
  readonly postMortemSeal?: { readonly versionId: string | null; readonly sha256: string };
};

/** How severe an incident is: as its gravest witness, 0 to 10. */
export const severityOf = ({ witnesses }: Pick<Incident, 'witnesses'>): number =>
  Math.max(0, ...Object.values(witnesses).map(({ severity }) => severity));

/** Names one containment of an incident, of which a relapse makes several. */
export const containmentOf = ({ id, containment }: Pick<Incident, 'id' | 'containment'>): string =>
  `${id}#${containment}`;

/** One line of an incident's history. Append-only. */
export type Entry = {
  readonly at: string;
  readonly kind: string;
  readonly text: string;
  /** Who: whom the server made out, or who said so with credentials of their own. Absent where Tourniquet acted. */
  readonly by?: string;
};

/** A line in its place (history.ts). */
export type LinkedEntry = Entry & {
  /** 1 for the first of an incident. */
  readonly number: number;
  /** The digest of the one before; empty before the first. */
  readonly previous: string;
  readonly sha256: string;
};
