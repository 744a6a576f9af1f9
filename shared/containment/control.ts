import type { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DependantsAnswer, DependantsRequest } from '../dependants/request';
import type { Records } from '../incident/store';
import type { Choices } from '../policy/choices';
import type { RecycleOutcome, RecycleRequest } from '../recovery/recycle';
import type { Suspect } from '../suspect/describe';
import type { InlineDenyOutcome, InlineDenyRequest } from './inlinePolicy';

/** What controls work with. `pause` waits for a number of milliseconds; tests pass one that does not. */
export type ControlTools = {
  readonly lambda: LambdaClient;
  readonly iam: IAMClient;
  readonly sqs: SQSClient;
  readonly scaling: ApplicationAutoScalingClient;
  readonly records: Records;
  readonly denyPolicyArn: string;
  /** What the names of everything that the responder makes begin with: `<service>-<stage>`. */
  readonly prefix: string;
  readonly choices: Choices;
  /** Names the containment, for what several suspects share. */
  readonly holder: string;
  /** Has a deny written into a role, or taken off: by the one function that may. */
  readonly inlineDeny: (request: InlineDenyRequest) => Promise<InlineDenyOutcome>;
  /** Has what depends on the suspect found, cut off, checked or mended: by the one function that may. */
  readonly dependants: (request: DependantsRequest) => Promise<DependantsAnswer>;
  /** ARNs that the suspect reached or could, worst first; null as long as the evidence has not been read. */
  readonly reach: readonly string[] | null;
  /** Queues, streams and tables that it may only read. */
  readonly reads: readonly string[];
  /** Has the environments of a function's `$LATEST` renewed: by the one function that may. */
  readonly recycle: (request: RecycleRequest) => Promise<RecycleOutcome>;
  /** Nothing waits for the answer: what is slow to find out, and only of use in a plan, may be looked for. */
  readonly survey?: boolean;
  /** The reserved concurrency that a release in steps has set: as we set it, as 0 is. */
  readonly staged?: number;
  readonly pause: (milliseconds: number) => Promise<void>;
};

/** The state a control will change, or why it has nothing to change here. */
export type Capture<Before> =
  | { readonly applies: true; readonly before: Before; readonly found: string }
  | { readonly applies: false; readonly why: string };

/**
 * Whether the live state is what the control set. `observed`: AWS was seen to act on it, and is not just known to have
 * been told.
 */
export type Verification = { readonly held: boolean; readonly found: string; readonly observed?: boolean };

/**
 * Thrown by `apply`: AWS refuses this measure for this suspect, and that leaves nothing open, so the suspect is
 * contained all the same. The message says what is lost by it.
 */
export class NotPossibleHereError extends Error {
  override readonly name = 'NotPossibleHereError';
}

/** What a control would do, for the plan. */
export type Description = {
  readonly does: string;
  /** Exactly what puts it back. */
  readonly inverse: string;
  /** What it costs or leaves open, one line each. */
  readonly cautions: readonly string[];
};

/** What putting back came to. Drift is what is no longer as we set it: reported, not clobbered (invariant 2). */
export type Reversal = { readonly outcome: 'restored' | 'drift'; readonly detail: string };

/** What the undo commands need to know besides the ledger. */
export type UndoContext = Pick<ControlTools, 'denyPolicyArn' | 'prefix'>;

/**
 * One reversible containment measure. To add one: a file with this shape, and its line in `controls.ts`.
 * All may run twice and die at any line; `apply` and `revert` converge on the same end state.
 */
export type Control<Before = unknown> = {
  readonly id: string;
  readonly title: string;
  /** The IAM actions that capture, apply and verify need, and those that revert needs. */
  readonly permissions: { readonly contain: readonly string[]; readonly release: readonly string[] };
  readonly capture: (suspect: Suspect, tools: ControlTools) => Promise<Capture<Before>>;
  readonly apply: (suspect: Suspect, before: Before, tools: ControlTools) => Promise<void>;
  readonly verify: (suspect: Suspect, before: Before, tools: ControlTools) => Promise<Verification>;
  /**
   * Puts back what was captured. What is no longer as `apply` set it is left alone and is drift, unless `force`: then
   * an approver has decided that the captured state wins.
   */
  readonly revert: (
    suspect: Suspect,
    before: Before,
    tools: ControlTools,
    force: boolean,
  ) => Promise<Reversal>;
  /** Pure: from what was captured alone. */
  readonly describe: (suspect: Suspect, before: Before, choices: Choices) => Description;
  /** Whether policy has nothing to do with it here: then there is no record of it. Without it, never. */
  readonly isOff?: (choices: Choices) => boolean;
  /** What it has to do may only be known after containment: what it finds then is no drift. */
  readonly mayComeLater?: true;
  /** Pure: the AWS CLI commands that put back what was captured, for an administrator without Tourniquet. */
  readonly undo: (suspect: Suspect, before: Before, tools: UndoContext) => readonly string[];
};

/**
 * Erases a control's own type for the list of controls. Sound because the ledger hands a control only what the same
 * control captured.
 */
export const defineControl = <Before>(control: Control<Before>): Control => control as unknown as Control;
