import type { CutClients, Reach } from '../cut';
import type { CutOff } from '../cutOffStatement';

/** A policy as it is: `null` where there is none. `revision`: what the service calls it, where it does. */
export type Live = { readonly policy: string | null; readonly revision?: string | undefined };

/**
 * A resource that has a policy, as its service handles it. To add one: a file with this shape, its line in
 * `policyHolders.ts`, and its permissions (infrastructure/dependants.cjs, infrastructure/member/memberRole.yml).
 */
export type PolicyHolder = {
  readonly kind: 'queue' | 'bucket' | 'secret' | 'table' | 'stream' | 'topic' | 'key';
  readonly permissions: readonly string[];
  /** Those of the suspect's reach that are the account's own, in the Region of the clients. */
  readonly list: (reach: Reach, clients: CutClients) => Promise<readonly string[]>;
  /** Why it is named and not cut, as a clause; null where it is. */
  readonly left?: (arn: string, clients: CutClients) => Promise<string | null>;
  /** What its service takes in a policy of its own. */
  readonly statement: (arn: string, roleArn: string) => CutOff;
  readonly read: (arn: string, clients: CutClients) => Promise<Live | 'gone'>;
  /** `was`: as it was read. Where the service can tell, what somebody else wrote meanwhile makes it throw. */
  readonly put: (arn: string, policy: string, clients: CutClients, was: Live) => Promise<void>;
  /** Absent where the service knows no such thing as no policy. */
  readonly remove?: (arn: string, clients: CutClients, was: Live) => Promise<void>;
  /** The AWS CLI's words for the same. */
  readonly putWords: (arn: string, policy: string) => readonly string[];
  readonly removeWords?: (arn: string) => readonly string[];
};

/** The services' own names for "there is none": most give nothing, SQS an empty text, Kinesis an empty policy. */
export const orNull = (policy: string | undefined): string | null =>
  policy === undefined || policy === '' || policy === '{}' ? null : policy;

/** The last piece of an ARN. */
export const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1);
