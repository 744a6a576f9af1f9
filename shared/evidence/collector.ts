import type { Readable } from 'node:stream';
import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { Inspector2Client } from '@aws-sdk/client-inspector2';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { XRayClient } from '@aws-sdk/client-xray';
import type { UndoContext } from '../containment/control';
import type { Incident } from '../incident/incident';
import type { Records } from '../incident/store';
import type { Suspect } from '../suspect/describe';
import type { Json } from './canonical';

/** What seals a package and a configuration: whoever seals what is deployed meanwhile needs no more. */
export type BasicTools = {
  readonly lambda: LambdaClient;
  readonly fetch: typeof fetch;
  /** When a collector gives no more, and says where it goes on. */
  readonly deadline: Date;
  /** Ends the calls of a collector that took too long. */
  readonly signal: AbortSignal;
};

export type CollectorTools = BasicTools & {
  readonly iam: IAMClient;
  readonly secrets: SecretsManagerClient;
  readonly kms: KMSClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly logs: CloudWatchLogsClient;
  readonly metrics: CloudWatchClient;
  readonly xray: XRayClient;
  /** Null where policy names no advisory source. */
  readonly inspector: Inspector2Client | null;
  readonly stepFunctions: SFNClient;
  /** CloudTrail keeps a history for each Region, and IAM's calls in one of them. */
  readonly cloudTrailIn: (region: string) => CloudTrailClient;
  readonly records: Records;
  readonly undo: UndoContext;
};

/** One piece of evidence on its way to the bucket. `completeness` can be read once the body was consumed. */
export type Artifact = {
  readonly name: string;
  readonly contentType: string;
  /** The call or record that it comes from. */
  readonly source: string;
  readonly body: string | Readable;
  readonly completeness?: () => string;
  /** AWS's ids of the calls that it comes from (`$metadata.requestId`), once the body was consumed. */
  readonly requestIds?: () => readonly string[];
  /** For the reader roles alone: encrypted under the key of the secrets (infrastructure/evidencePolicies.cjs). */
  readonly secret?: true;
};

/** The last thing that a collector gives when it is not done: what it wants to be told when it is called again. */
export type Continue = { readonly continueWith: Json };

export type CollectorInput = {
  /** What the collector itself gave last time; absent the first time. */
  readonly cursor?: Json;
  readonly incident: Incident;
  readonly suspect: Suspect;
  readonly window: Window;
};

/** ISO 8601, UTC. */
export type Window = { readonly from: string; readonly to: string };

/** The artifact that people are pointed to: what undoes the containment. */
export const UNDO_ARTIFACT = 'response/undo.txt';

/** A source of evidence. To add one: a file with this shape, and its line in `collectors.ts`. */
export type Collector<Tools = CollectorTools> = {
  readonly id: string;
  readonly title: string;
  readonly permissions: readonly string[];
  /** It vanishes first (the next deployment overwrites it), takes seconds, and is sealed before the rest. */
  readonly first?: true;
  /** It does not change by what happens while the function is contained: it is not gathered again at the closing. */
  readonly once?: true;
  readonly collect: (input: CollectorInput, tools: Tools) => AsyncIterable<Artifact | Continue>;
};

export const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** A day before the first sign, to now: what led up to it is evidence too. */
export const windowOf = (incident: Incident, now: Date): Window => {
  const seen = Object.values(incident.witnesses).map(({ firstSeen }) => Date.parse(firstSeen));
  const first = Math.min(Date.parse(incident.openedAt), ...seen.filter((time) => !Number.isNaN(time)));
  // CloudWatch Logs knows no time before 1970, and a finding may claim any.
  return { from: new Date(Math.max(0, first - 24 * 60 * 60 * 1000)).toISOString(), to: now.toISOString() };
};

/** CloudTrail gives an event a quarter of an hour later at most, and logs and metrics are later than what they tell of. */
const LATE = 15 * 60 * 1000;

/** What came after a window, and what was late for it. */
export const windowAfter = ({ to }: Window, now: Date): Window => ({
  from: new Date(Date.parse(to) - LATE).toISOString(),
  to: now.toISOString(),
});
