import type { IAMClient } from '@aws-sdk/client-iam';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { Records } from '../incident/store';
import type { Suspect } from '../suspect/describe';

/** What controls work with. `pause` waits for a number of milliseconds; tests pass one that does not. */
export type ControlTools = {
  readonly lambda: LambdaClient;
  readonly iam: IAMClient;
  readonly records: Records;
  readonly denyPolicyArn: string;
  /** Names the containment, for what several suspects share. */
  readonly holder: string;
  readonly pause: (milliseconds: number) => Promise<void>;
};

/** The state a control will change, or why it has nothing to change here. */
export type Capture<Before> =
  | { readonly applies: true; readonly before: Before; readonly found: string }
  | { readonly applies: false; readonly why: string };

/** Whether the live state is what the control set. */
export type Verification = { readonly held: boolean; readonly found: string };

/** What putting back came to. Drift is what is no longer as we set it: reported, not clobbered (invariant 2). */
export type Reversal = { readonly outcome: 'restored' | 'drift'; readonly detail: string };

/**
 * One reversible containment measure. To add one: a file with this shape, and its line in `controls.ts`.
 * All four may run twice and die at any line; `apply` and `revert` converge on the same end state.
 */
export type Control<Before = unknown> = {
  readonly id: string;
  readonly title: string;
  /** The IAM actions that capture, apply and verify need, and those that revert needs. */
  readonly permissions: { readonly contain: readonly string[]; readonly release: readonly string[] };
  readonly capture: (suspect: Suspect, tools: ControlTools) => Promise<Capture<Before>>;
  readonly apply: (suspect: Suspect, before: Before, tools: ControlTools) => Promise<void>;
  readonly verify: (suspect: Suspect, before: Before, tools: ControlTools) => Promise<Verification>;
  readonly revert: (suspect: Suspect, before: Before, tools: ControlTools) => Promise<Reversal>;
};

/**
 * Erases a control's own type for the list of controls. Sound because the ledger hands a control only what the same
 * control captured.
 */
export const defineControl = <Before>(control: Control<Before>): Control => control as unknown as Control;
