import { DENIED, record } from '../../example';
import { texts } from '../../fields';
import type { Examples, Rule } from '../../rule';
import { isForeign } from '../../setting';

export const rule: Rule = {
  id: 'encrypted-with-foreign-key',
  row: 19,
  title: 'Data was encrypted with a key of somebody else',
  techniques: ['T1486'],
  severity: 8,
  rationale: 'Who holds the key holds the data: ransom without deleting anything',
  references: ['https://attack.mitre.org/techniques/T1486/'],
  calls: [
    's3:CopyObject',
    's3:PutObject',
    's3:PutBucketEncryption',
    'ec2:CopySnapshot',
    'rds:CopyDBSnapshot',
    'ec2:ModifyEbsDefaultKmsKeyId',
  ],
  when: (call, setting) =>
    [...texts(call.request)].some((value) => {
      const account = /^arn:[a-z-]+:kms:[^:]*:(\d{12}):/.exec(value)?.[1];
      return account !== undefined && isForeign(account, call, setting);
    }),
};

export const examples: Examples = {
  fires: [
    [
      record('s3:CopyObject', {
        bucketName: 'data',
        key: 'a',
        'x-amz-server-side-encryption-aws-kms-key-id': 'arn:aws:kms:eu-central-1:444455556666:key/0',
      }),
    ],
  ],
  silent: [
    [
      record(
        's3:CopyObject',
        {
          bucketName: 'data',
          key: 'a',
          'x-amz-server-side-encryption-aws-kms-key-id': 'arn:aws:kms:eu-central-1:444455556666:key/0',
        },
        DENIED,
      ),
    ],
    [
      record('s3:CopyObject', {
        bucketName: 'data',
        key: 'a',
        'x-amz-server-side-encryption-aws-kms-key-id': 'arn:aws:kms:eu-central-1:111122223333:key/0',
      }),
    ],
  ],
};
