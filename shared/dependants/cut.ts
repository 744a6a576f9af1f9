import type { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';

/**
 * What is known of the suspect. `resources`: ARNs that it reached or surely could, worst first, from the exposure map;
 * empty before the evidence has been read. Of queues, streams and tables those that it may write to;
 * `reads`: those that it may only read.
 */
export type Reach = {
  readonly suspectArn: string;
  readonly functionName: string;
  readonly roleArn: string;
  readonly accountId: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly reads: readonly string[];
};

/**
 * What cuts work with: for a target of another account the same clients with the credentials of that account's member
 * role. A cut takes only those that it needs. Made in `functions/dependants.ts`.
 */
export type CutClients = {
  readonly iam: IAMClient;
  readonly lambda: LambdaClient;
  readonly events: EventBridgeClient;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
  readonly s3: S3Client;
  readonly secrets: SecretsManagerClient;
  readonly tables: DynamoDBClient;
  readonly kinesis: KinesisClient;
  readonly kms: KMSClient;
  readonly ec2: EC2Client;
  readonly apiGateway: APIGatewayClient;
  /** The account that they work in. */
  readonly accountId: string;
  /** What the names of ours begin with, before a hyphen. */
  readonly service: string;
  /** Our function that locks users of databases, asked through `lambda`; empty in a plan, which may not ask it. */
  readonly databaseFunction: string;
  /** Whether the deployment lists a role (`inlineRoles`), and it is none of ours: no other role is changed. */
  readonly mayChangeRole: (roleArn: string) => boolean;
};

/** One thing that would be cut off. */
export type Target<Before> = {
  /** Names it, and whatever must not be one of ours: the pieces between `:`, `/`, `#` and blanks are looked at. */
  readonly id: string;
  /** JSON. */
  readonly before: Before;
  /** What stops working by that, as a clause for people. */
  readonly breaks: string;
  /** Why it is named and not cut, as a clause; absent where it is cut. */
  readonly left?: string;
};

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
  /**
   * Reads only. Gives also what is cut already, where that can be seen: another containment may have cut it, and this one
   * joins. `kept`: what containments have cut by now, as it was before. What is off and was not kept is left alone.
   */
  readonly find: (
    reach: Reach,
    clients: CutClients,
    kept: readonly Target<Before>[],
  ) => Promise<readonly Target<Before>[]>;
  /** `target`: as it was when it was first cut. */
  readonly cut: (target: Target<Before>, reach: Reach, clients: CutClients) => Promise<void>;
  /** What is gone is cut. */
  readonly isCut: (target: Target<Before>, reach: Reach, clients: CutClients) => Promise<boolean>;
  /** Puts back only what is still as `cut` set it. */
  readonly mend: (target: Target<Before>, reach: Reach, clients: CutClients) => Promise<Mended>;
  /** What it does, in words for the plan: 'pause the subscriptions of …'. */
  readonly does: string;
  /** What it costs or leaves open, one line each. */
  readonly cautions: readonly string[];
  /** Pure: the AWS CLI commands that put a target back, for an administrator without Tourniquet (`awsCli`). */
  readonly undo: (target: Target<Before>, reach: Reach) => readonly string[];
  /**
   * What of a target is cut for one suspect, where that is not all of it. Suspects with the same share cut the same: when
   * the last of them is released, it is mended, though other suspects still hold the target. Without it, a target is
   * mended when the last suspect of all is released.
   */
  readonly share?: (reach: Reach) => string;
  /** Whether it is also looked for in the accounts that the policy lists (`memberAccounts`). */
  readonly inMembers?: true;
};

/** Somebody changed a target since it was kept: which of the two states is to come back is not ours to say. */
export class TargetChangedError extends Error {
  override readonly name = 'TargetChangedError';
  constructor(id: string) {
    super(`${id} was changed by somebody since it was kept, and is left as it is`);
  }
}

/** Erases a cut's own type for the list of cuts. Sound because a cut is handed only what it found itself. */
export const defineCut = <Before>(cut: Cut<Before>): Cut<unknown> => cut as unknown as Cut<unknown>;
