import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { LambdaClient } from '@aws-sdk/client-lambda';

/**
 * What is known of the suspect. `resources`: ARNs that it reached or surely could, worst first, from the exposure map;
 * empty before the evidence has been read.
 */
export type Reach = {
  readonly suspectArn: string;
  readonly functionName: string;
  readonly roleArn: string;
  readonly accountId: string;
  readonly region: string;
  readonly resources: readonly string[];
};

/**
 * What cuts work with: for a target of another account the same clients with the credentials of that account's member
 * role. A cut takes only those that it needs. Made in `functions/dependants.ts`.
 */
export type CutClients = {
  readonly iam: IAMClient;
  readonly lambda: LambdaClient;
  readonly events: EventBridgeClient;
};

/** One thing that would be cut off. `before` is JSON; `breaks` says what stops working by that, as a clause for people. */
export type Target<Before> = { readonly id: string; readonly before: Before; readonly breaks: string };

/** What is no longer as `cut` set it is drift: reported, not clobbered. What is gone is drift: 'no longer exists'. */
export type Mended = { readonly outcome: 'restored' | 'drift'; readonly detail: string };

/**
 * One kind of dependant: what trusts, feeds on, or is called by the suspect. To add one: a file with this shape, and its
 * line in `cuts.ts`. All may run twice and die at any line; `cut` and `mend` converge on the same end state.
 */
export type Cut<Before> = {
  /** One word, or several with hyphens. Also the id of its control. */
  readonly kind: string;
  readonly title: string;
  /** The IAM actions that it needs, compared with the role `dependants` by a test. */
  readonly permissions: readonly string[];
  /** Reads only. */
  readonly find: (reach: Reach, clients: CutClients) => Promise<readonly Target<Before>[]>;
  readonly cut: (target: Target<Before>, reach: Reach, clients: CutClients) => Promise<void>;
  readonly isCut: (target: Target<Before>, reach: Reach, clients: CutClients) => Promise<boolean>;
  /** Puts back only what is still as `cut` set it. */
  readonly mend: (target: Target<Before>, reach: Reach, clients: CutClients) => Promise<Mended>;
  /** What it does, in words for the plan: 'pause the subscriptions of …'. */
  readonly does: string;
  /** What it costs or leaves open, one line each. */
  readonly cautions: readonly string[];
  /** Pure: the AWS CLI commands that put a target back, for an administrator without Tourniquet (`awsCli`). */
  readonly undo: (target: Target<Before>, reach: Reach) => readonly string[];
};

/** Erases a cut's own type for the list of cuts. Sound because a cut is handed only what it found itself. */
export const defineCut = <Before>(cut: Cut<Before>): Cut<unknown> => cut as unknown as Cut<unknown>;
