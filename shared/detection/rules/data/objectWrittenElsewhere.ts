import { BY_FUNCTION, record } from '../../example';
import { at, list, text } from '../../fields';
import type { Examples, Rule } from '../../rule';
import { isForeign } from '../../setting';

export const rule: Rule = {
  id: 'object-written-elsewhere',
  row: 17,
  title: "An object was written into another account's bucket",
  techniques: ['T1537', 'T1567.002'],
  severity: ({ caller }) => (caller.functionArn === null ? 4 : 6),
  rationale: 'What leaves to a bucket of somebody else does not come back',
  references: ['https://attack.mitre.org/techniques/T1537/'],
  calls: ['s3:PutObject', 's3:CopyObject', 's3:UploadPart', 's3:CreateMultipartUpload'],
  when: (call, setting) =>
    call.caller.account === call.account &&
    call.caller.invokedBy === null &&
    list(at(call.record, 'resources')).some((resource) =>
      isForeign(text(resource, 'accountId') ?? '', call, setting),
    ),
};

export const examples: Examples = {
  fires: [
    [
      record(
        's3:PutObject',
        { bucketName: 'data', key: 'a.csv' },
        {
          ...BY_FUNCTION,
          resources: [{ type: 'AWS::S3::Bucket', accountId: '444455556666', ARN: 'arn:aws:s3:::theirs' }],
        },
      ),
    ],
  ],
  silent: [
    [
      record(
        's3:PutObject',
        { bucketName: 'data', key: 'a.csv' },
        {
          ...BY_FUNCTION,
          resources: [{ type: 'AWS::S3::Bucket', accountId: '111122223333', ARN: 'arn:aws:s3:::ours' }],
        },
      ),
    ],
  ],
};
