import { DENIED, record } from '../../example';
import { at, list, text } from '../../fields';
import type { Examples, Rule } from '../../rule';
import { isForeign } from '../../setting';

export const rule: Rule = {
  id: 'bucket-replicated-elsewhere',
  row: 18,
  title: 'A bucket is replicated to another account',
  techniques: ['T1537'],
  severity: 7,
  rationale: 'Everything that is written from here on is copied away by S3 itself',
  references: ['https://attack.mitre.org/techniques/T1537/'],
  calls: ['s3:PutBucketReplication'],
  when: (call, setting) =>
    list(at(call.request, 'ReplicationConfiguration.Rule'))
      .concat(list(at(call.request, 'ReplicationConfiguration.Rules')))
      .some((entry) => isForeign(text(entry, 'Destination.Account') ?? '', call, setting)),
};

export const examples: Examples = {
  fires: [
    [
      record('s3:PutBucketReplication', {
        bucketName: 'data',
        ReplicationConfiguration: {
          Rule: { Destination: { Bucket: 'arn:aws:s3:::copy', Account: '444455556666' } },
        },
      }),
    ],
  ],
  silent: [
    [
      record(
        's3:PutBucketReplication',
        {
          bucketName: 'data',
          ReplicationConfiguration: {
            Rule: { Destination: { Bucket: 'arn:aws:s3:::copy', Account: '444455556666' } },
          },
        },
        DENIED,
      ),
    ],
    [
      record('s3:PutBucketReplication', {
        bucketName: 'data',
        ReplicationConfiguration: {
          Rule: { Destination: { Bucket: 'arn:aws:s3:::copy', Account: '111122223333' } },
        },
      }),
    ],
  ],
};
