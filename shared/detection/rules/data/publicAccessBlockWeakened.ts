import { DENIED, record } from '../../example';
import { at, isFalse } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'public-access-block-weakened',
  row: 18,
  title: 'A part of the block of public access was taken away',
  techniques: ['T1530', 'T1562.001', 'T1685'],
  severity: 5,
  rationale: 'Each of the four settings closes another way to make a bucket public',
  references: ['https://attack.mitre.org/techniques/T1530/'],
  calls: ['s3:PutBucketPublicAccessBlock', 's3:PutAccountPublicAccessBlock', 's3:PutPublicAccessBlock'],
  when: ({ request }) => {
    const block = at(request, 'PublicAccessBlockConfiguration');
    return ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'].some(
      (name) => isFalse(at(block, name)),
    );
  },
};

export const examples: Examples = {
  fires: [
    [
      record('s3:PutBucketPublicAccessBlock', {
        bucketName: 'data',
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          IgnorePublicAcls: true,
          BlockPublicPolicy: false,
          RestrictPublicBuckets: true,
        },
      }),
    ],
  ],
  silent: [
    [
      record(
        's3:PutBucketPublicAccessBlock',
        {
          bucketName: 'data',
          PublicAccessBlockConfiguration: {
            BlockPublicAcls: true,
            IgnorePublicAcls: true,
            BlockPublicPolicy: false,
            RestrictPublicBuckets: true,
          },
        },
        DENIED,
      ),
    ],
    [
      record('s3:PutBucketPublicAccessBlock', {
        bucketName: 'data',
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          IgnorePublicAcls: true,
          BlockPublicPolicy: true,
          RestrictPublicBuckets: true,
        },
      }),
    ],
  ],
};
