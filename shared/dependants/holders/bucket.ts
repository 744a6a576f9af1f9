import {
  DeleteBucketPolicyCommand,
  GetBucketPolicyCommand,
  PutBucketPolicyCommand,
  paginateListBuckets,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { cutOffOf } from '../cutOffStatement';
import { reachedOf } from '../reached';
import { nameOf, orNull, type PolicyHolder } from './holder';

export const bucket: PolicyHolder = {
  kind: 'bucket',
  permissions: ['s3:ListAllMyBuckets', 's3:GetBucketPolicy', 's3:PutBucketPolicy', 's3:DeleteBucketPolicy'],
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
      const { Policy } = await s3.send(new GetBucketPolicyCommand({ Bucket: nameOf(arn) }));
      return { policy: orNull(Policy) };
    } catch (error) {
      if (!(error instanceof S3ServiceException)) throw error;
      if (error.name === 'NoSuchBucketPolicy') return { policy: null };
      if (error.name === 'NoSuchBucket') return 'gone';
      throw error;
    }
  },
  put: async (arn, Policy, { s3 }) => {
    await s3.send(new PutBucketPolicyCommand({ Bucket: nameOf(arn), Policy }));
  },
  remove: async (arn, { s3 }) => {
    await s3.send(new DeleteBucketPolicyCommand({ Bucket: nameOf(arn) }));
  },
  putWords: (arn, policy) => ['s3api', 'put-bucket-policy', '--bucket', nameOf(arn), '--policy', policy],
  removeWords: (arn) => ['s3api', 'delete-bucket-policy', '--bucket', nameOf(arn)],
};
