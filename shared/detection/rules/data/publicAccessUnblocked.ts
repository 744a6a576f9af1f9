import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'public-access-unblocked',
  row: 18,
  title: 'Buckets may be made public again',
  techniques: ['T1530', 'T1562.001', 'T1685'],
  severity: 5,
  rationale: 'The block is what keeps a mistaken or malicious policy from opening a bucket',
  references: ['https://attack.mitre.org/techniques/T1530/'],
  calls: [
    's3:DeleteBucketPublicAccessBlock',
    's3:DeletePublicAccessBlock',
    's3:DeleteAccountPublicAccessBlock',
  ],
  when: (call) => call.caller.invokedBy !== 'cloudformation.amazonaws.com',
};

export const examples: Examples = {
  fires: [[record('s3:DeleteBucketPublicAccessBlock', { bucketName: 'data' })]],
  silent: [
    [record('s3:DeleteBucketPublicAccessBlock', { bucketName: 'data' }, DENIED)],
    [record('s3:DeleteBucketPublicAccessBlock', { bucketName: 'data' }, BY_CLOUDFORMATION)],
  ],
};
