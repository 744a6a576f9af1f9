import {
  DeleteBucketPolicyCommand,
  GetBucketPolicyCommand,
  PutBucketPolicyCommand,
  paginateListBuckets,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import {
  DeleteResourcePolicyCommand,
  GetResourcePolicyCommand,
  InvalidRequestException,
  PutResourcePolicyCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-secrets-manager';
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  QueueDoesNotExist,
  SetQueueAttributesCommand,
  SQSServiceException,
} from '@aws-sdk/client-sqs';
import { resourceOf } from '../exposure/abilities';
import type { CutClients, Reach } from './cut';
import { type CutOff, cutOffOf } from './cutOffStatement';
import { reachedOf } from './reached';

/** A resource that has a policy, as its service handles it. */
export type PolicyHolder = {
  readonly kind: 'queue' | 'bucket' | 'secret';
  readonly list: (reach: Reach, clients: CutClients) => Promise<readonly string[]>;
  readonly statement: (arn: string, roleArn: string) => CutOff;
  /** `null`: it has no policy. */
  readonly read: (arn: string, clients: CutClients) => Promise<string | null | 'gone'>;
  /** `null` takes the policy away. */
  readonly write: (arn: string, policy: string | null, clients: CutClients) => Promise<void>;
  /** The AWS CLI's words for the same. */
  readonly words: (arn: string, policy: string | null) => readonly string[];
};

/** The policy's own name for "there is none": SQS gives and takes an empty one. */
const orNull = (policy: string | undefined): string | null =>
  policy === undefined || policy === '' ? null : policy;

const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1);

const queueUrl = async (arn: string, { sqs }: CutClients): Promise<string | undefined> =>
  (
    await sqs.send(
      new GetQueueUrlCommand({ QueueName: nameOf(arn), QueueOwnerAWSAccountId: arn.split(':')[4] }),
    )
  ).QueueUrl;

/** As SQS forms it; in the regions of China under another domain. */
const queueUrlOf = (arn: string): string => {
  const [, partition, , region, accountId, name] = arn.split(':');
  return `https://sqs.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}/${accountId}/${name}`;
};

const queue: PolicyHolder = {
  kind: 'queue',
  list: async (reach, clients) => reachedOf(reach, 'queue', clients),
  statement: (arn, roleArn) => cutOffOf(roleArn, 'sqs:*', arn),
  read: async (arn, clients) => {
    try {
      const QueueUrl = await queueUrl(arn, clients);
      const { Attributes } = await clients.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['Policy'] }),
      );
      return orNull(Attributes?.Policy);
    } catch (error) {
      // SQS answers with the old or the new code, as the client speaks its old or its new protocol.
      if (error instanceof QueueDoesNotExist) return 'gone';
      if (!(error instanceof SQSServiceException)) throw error;
      if (/NonExistentQueue/.test(error.name)) return 'gone';
      throw error;
    }
  },
  write: async (arn, policy, clients) => {
    await clients.sqs.send(
      new SetQueueAttributesCommand({
        QueueUrl: await queueUrl(arn, clients),
        Attributes: { Policy: policy ?? '' },
      }),
    );
  },
  words: (arn, policy) => [
    ...['sqs', 'set-queue-attributes', '--queue-url', queueUrlOf(arn)],
    ...['--attributes', JSON.stringify({ Policy: policy ?? '' })],
  ],
};

const bucket: PolicyHolder = {
  kind: 'bucket',
  // Whose a bucket is its ARN does not tell: only what is listed is the account's own, in the Region of the clients.
  list: async (reach, clients) => {
    const reached = new Set(reachedOf(reach, 'bucket', clients));
    if (reached.size === 0) return [];
    const own = new Set<string>();
    const partition = reach.roleArn.split(':')[1];
    const pages = paginateListBuckets({ client: clients.s3, pageSize: 1000 }, { BucketRegion: reach.region });
    for await (const { Buckets = [] } of pages)
      for (const { Name } of Buckets) own.add(`arn:${partition}:s3:::${Name}`);
    return [...reached].filter((arn) => own.has(arn));
  },
  statement: (arn, roleArn) => cutOffOf(roleArn, 's3:*', [arn, `${arn}/*`]),
  read: async (arn, { s3 }) => {
    try {
      return orNull((await s3.send(new GetBucketPolicyCommand({ Bucket: nameOf(arn) }))).Policy);
    } catch (error) {
      if (!(error instanceof S3ServiceException)) throw error;
      if (error.name === 'NoSuchBucketPolicy') return null;
      if (error.name === 'NoSuchBucket') return 'gone';
      throw error;
    }
  },
  write: async (arn, Policy, { s3 }) => {
    const Bucket = nameOf(arn);
    if (Policy === null) await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
    else await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  },
  words: (arn, policy) =>
    policy === null
      ? ['s3api', 'delete-bucket-policy', '--bucket', nameOf(arn)]
      : ['s3api', 'put-bucket-policy', '--bucket', nameOf(arn), '--policy', policy],
};

const secret: PolicyHolder = {
  kind: 'secret',
  list: async (reach, clients) => reachedOf(reach, 'secret', clients),
  // In a secret's own policy every resource is the secret (Secrets Manager user guide, "Resource-based policies").
  statement: (_arn, roleArn) => cutOffOf(roleArn, 'secretsmanager:*', '*'),
  read: async (arn, { secrets }) => {
    try {
      return orNull((await secrets.send(new GetResourcePolicyCommand({ SecretId: arn }))).ResourcePolicy);
    } catch (error) {
      // The latter: it is to be deleted, and nobody reads it any more.
      if (error instanceof ResourceNotFoundException || error instanceof InvalidRequestException)
        return 'gone';
      throw error;
    }
  },
  write: async (arn, ResourcePolicy, { secrets }) => {
    const SecretId = arn;
    if (ResourcePolicy === null) await secrets.send(new DeleteResourcePolicyCommand({ SecretId }));
    else await secrets.send(new PutResourcePolicyCommand({ SecretId, ResourcePolicy }));
  },
  words: (arn, policy) =>
    policy === null
      ? ['secretsmanager', 'delete-resource-policy', '--secret-id', arn]
      : ['secretsmanager', 'put-resource-policy', '--secret-id', arn, '--resource-policy', policy],
};

export const POLICY_HOLDERS: readonly PolicyHolder[] = [queue, bucket, secret];

/** What handles the policy of a resource. Throws where nothing does: an ARN that no cut has found. */
export const holderOf = (arn: string): PolicyHolder => {
  const found = POLICY_HOLDERS.find(({ kind }) => kind === resourceOf(arn)?.kind);
  if (found === undefined) throw new TypeError(`${arn} is no resource whose policy is cut`);
  return found;
};
