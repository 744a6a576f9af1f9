import { DENIED, record } from '../../example';
import { at, hasField } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'bucket-logging-stopped',
  row: 27,
  title: "A bucket's access log was turned off",
  techniques: ['T1562.008', 'T1685.002'],
  severity: 5,
  rationale: 'Who reads the bucket is not recorded any more',
  references: ['https://attack.mitre.org/techniques/T1562/008/'],
  calls: ['s3:PutBucketLogging'],
  when: ({ request }) =>
    at(request, 'BucketLoggingStatus') !== undefined &&
    !hasField(at(request, 'BucketLoggingStatus'), ['loggingenabled']),
};

export const examples: Examples = {
  fires: [[record('s3:PutBucketLogging', { bucketName: 'data', BucketLoggingStatus: { xmlns: 'x' } })]],
  silent: [
    [record('s3:PutBucketLogging', { bucketName: 'data', BucketLoggingStatus: { xmlns: 'x' } }, DENIED)],
    [
      record('s3:PutBucketLogging', {
        bucketName: 'data',
        BucketLoggingStatus: { LoggingEnabled: { TargetBucket: 'logs' } },
      }),
    ],
    [record('s3:PutBucketLogging', { bucketName: 'data' })],
  ],
};
