import type { Mode } from '../policy/mode';
import type { FunctionArn } from '../suspect/functionArn';

/** Who made a call, as CloudTrail has it. */
export type Actor = {
  /** The role whose session it was; null for users and services. */
  readonly roleArn: string | null;
  /** The session's name. */
  readonly session: string | null;
  /** The function that the credentials were issued to, by unqualified ARN; null where the record names none. */
  readonly functionArn: string | null;
};

/** A session of a role, or the role alone, as findings of AWS name them: without the role's path. */
export type RoleSession = {
  readonly accountId: string;
  readonly roleName: string;
  /** The session's name; null where the finding is about the role as such. */
  readonly session: string | null;
};

/** What a finding is about that does not name one function for its suspect: shared/suspect/locate.ts looks it up. */
export type Named = {
  readonly sessions: readonly RoleSession[];
  readonly functions: readonly FunctionArn[];
};

/** Who saw it: findings of one observer are not independent of each other. */
export const OBSERVERS = [
  'guardduty',
  'calls',
  'behaviour',
  'state',
  'network',
  'logs',
  'metrics',
  'posture',
  'search',
  'person',
] as const;
export type Observer = (typeof OBSERVERS)[number];

/** By what Security Hub knows a finding: each of its two versions in its own way. */
export type HubFinding =
  | { readonly version: 1; readonly id: string; readonly productArn: string }
  | { readonly version: 2; readonly accountId: string; readonly id: string; readonly product: string };

/** One normalised observation. Every source is parsed into this; nothing downstream knows where it came from. */
export type Finding = {
  /** The source's own id: the same finding delivered twice, or by another route, has the same id. */
  readonly id: string;
  readonly source: 'guardduty' | 'security-hub' | 'alarm' | 'mode-tag' | 'tourniquet';
  /** Who handed it on; absent where the source itself did. */
  readonly route?: 'security-hub' | 'security-hub-v2';
  /** Where its state can be told to Security Hub; absent where that cannot know it. */
  readonly hub?: HubFinding;
  /** The source's rule or type, for example `CryptoCurrency:Lambda/BitcoinTool.B`. */
  readonly rule: string;
  readonly title: string;
  readonly description: string;
  /** 0 to 10, in GuardDuty's scale. */
  readonly severity: number;
  /** Null where it names a role, or several functions: then `named` has them. */
  readonly suspect: FunctionArn | null;
  readonly named?: Named;
  /** ISO 8601, UTC. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** How often the source has seen it. */
  readonly count: number;
  /** A drill: GuardDuty's "generate sample findings" marks them. */
  readonly sample: boolean;
  /** The source itself considers it dealt with. */
  readonly archived: boolean;
  /** Who did it, where the finding is about something done to the function; absent where it is the function's own act. */
  readonly doneBy?: Actor;
  /** As far as it may go, where whoever raised it knows that it is no reason for more (invariant 11). */
  readonly bound?: {
    readonly most: Mode;
    readonly because: string;
    /** It is the function's own act, and not enough alone: beside that of another observer it is. */
    readonly alone?: boolean;
  };
  /** Which of our own detectors raised it; absent where the source says so. */
  readonly observer?: Observer;
  /** MITRE ATT&CK techniques, where the source names them. */
  readonly techniques?: readonly string[];
};

/** A finding whose suspect is known. */
export type FunctionFinding = Finding & { readonly suspect: FunctionArn };

export const hasSuspect = (finding: Finding): finding is FunctionFinding => finding.suspect !== null;

/** What was read of one finding, or one sentence that says why it is none. */
export type ParsedFinding =
  | { readonly kind: 'finding'; readonly finding: Finding }
  /** Understood, and nothing to act on: dealt with, too low, or about nothing that we guard. Nobody need be told. */
  | { readonly kind: 'nothing'; readonly reason: string }
  /** Not understood: people are told. */
  | { readonly kind: 'unparseable'; readonly reason: string };

/** What became of an event. AWS sends one finding in an event; where there are several, each is its own. */
export type ParsedEvent =
  | ParsedFinding
  | { readonly kind: 'several'; readonly each: readonly ParsedFinding[] };

export const unparseable = (reason: string): ParsedFinding => ({ kind: 'unparseable', reason });
export const nothing = (reason: string): ParsedFinding => ({ kind: 'nothing', reason });
