import { record } from '../../example';
import { at, isTrue, text } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'root-active',
  row: 26,
  title: 'The root user did something',
  techniques: ['T1078.004'],
  severity: 5,
  rationale: 'Root is for the few things that nobody else can do, and leaves nobody to ask',
  references: ['https://attack.mitre.org/techniques/T1078/004/'],
  calls: ['*'],
  when: ({ caller, record, name, service }) =>
    caller.type === 'Root' &&
    caller.invokedBy === null &&
    !isTrue(at(record, 'readOnly')) &&
    !/^(?:Describe|List|Get|Head|Lookup)/.test(name) &&
    service !== 'signin' &&
    text(record, 'eventType') !== 'AwsServiceEvent' &&
    name !== 'CreateServiceLinkedRole',
};

export const examples: Examples = {
  fires: [
    [
      record(
        's3:PutBucketVersioning',
        { bucketName: 'data' },
        { userIdentity: { type: 'Root', accountId: '111122223333', arn: 'arn:aws:iam::111122223333:root' } },
      ),
    ],
  ],
  silent: [
    [record('s3:PutBucketVersioning', { bucketName: 'data' })],
    [
      record('iam:ListAccessKeys', null, {
        userIdentity: { type: 'Root', accountId: '111122223333', arn: 'arn:aws:iam::111122223333:root' },
      }),
    ],
  ],
};
