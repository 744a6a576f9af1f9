import type { Call } from './call';
import type { Setting } from './setting';

/** What a call must have come to for a rule to look at it. */
export type Outcome = 'succeeded' | 'failed' | 'any';

/**
 * Several calls that mean something together: of one caller, within a time, as many that differ.
 * Times are those of the records, not of their arrival.
 */
export type Burst = {
  /** How many different ones, at the least. */
  readonly least: number;
  readonly seconds: number;
  /** What of the call counts, each different one once; one call may name several. */
  readonly of: (call: Call) => readonly string[];
};

/**
 * One thing to detect in CloudTrail. Data and predicates alone: nothing here asks AWS. Beside it its file exports
 * `examples` of what it matches and of twins on which it stays silent.
 */
export type Rule = {
  /** What a finding names it by; kebab-case, never reused for anything else. */
  readonly id: string;
  /** Its row of the coverage table in docs/detections.md. */
  readonly row: number;
  readonly title: string;
  /** MITRE ATT&CK techniques, as of v18; what v19 renamed stands beside it. */
  readonly techniques: readonly string[];
  /** 0 to 10 in GuardDuty's scale: from 4 on it is an alert, below it is context. By call where that tells. */
  readonly severity: number | ((call: Call, setting: Setting) => number);
  readonly rationale: string;
  readonly references: readonly string[];
  /** `service:Operation`, without the API's version; `*` at the end stands for anything. Patterns of EventBridge come from these. */
  readonly calls: readonly string[];
  /** `succeeded` where it says nothing else. */
  readonly outcome?: Outcome;
  /** Whether whoever deploys does it every day: silent where a known deployer does. */
  readonly deploys?: boolean;
  /** Whether calls that AWS's own services make count too. */
  readonly services?: boolean;
  readonly when?: (call: Call, setting: Setting) => boolean;
  readonly burst?: Burst;
  /** The ARN of the function that it is done to, for rules about a function's own settings. Else whoever calls is the suspect. */
  readonly about?: (call: Call) => string | null;
  /** Whether it changes what the function runs or may do: then the function is not its owner's any more. */
  readonly tampers?: boolean;
};

export type Examples = {
  /** Records on which it fires; for a burst the last of each list. */
  readonly fires: readonly (readonly unknown[])[];
  /** Twins that differ only in what makes it malicious. */
  readonly silent: readonly (readonly unknown[])[];
};
