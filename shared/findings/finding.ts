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

/** One normalised observation. Every source is parsed into this; nothing downstream knows where it came from. */
export type Finding = {
  /** The source's own id: the same finding delivered twice has the same id. */
  readonly id: string;
  readonly source: 'guardduty' | 'mode-tag' | 'tourniquet';
  /** The source's rule or type, for example `CryptoCurrency:Lambda/BitcoinTool.B`. */
  readonly rule: string;
  readonly title: string;
  readonly description: string;
  /** 0 to 10, in GuardDuty's scale. */
  readonly severity: number;
  readonly suspect: FunctionArn;
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
  readonly bound?: { readonly most: Mode; readonly because: string };
  /** MITRE ATT&CK techniques, where the source names them. */
  readonly techniques?: readonly string[];
};

/** What became of an event: a finding, or one sentence that says why it is none. */
export type ParsedEvent =
  | { readonly kind: 'finding'; readonly finding: Finding }
  | { readonly kind: 'unparseable'; readonly reason: string };

export const unparseable = (reason: string): ParsedEvent => ({ kind: 'unparseable', reason });
