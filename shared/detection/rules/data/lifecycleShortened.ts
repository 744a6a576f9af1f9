import { DENIED, record } from '../../example';
import { at, list, numberOf, text } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'lifecycle-shortened',
  row: 19,
  title: 'Objects are to be deleted within days',
  techniques: ['T1485', 'T1562.008', 'T1685.002'],
  severity: 6,
  rationale: 'A rule deletes what a person would be seen deleting, logs above all',
  references: ['https://attack.mitre.org/techniques/T1485/'],
  calls: ['s3:PutBucketLifecycle', 's3:PutBucketLifecycleConfiguration'],
  when: ({ request }) =>
    ['Rule', 'Rules']
      .flatMap((name) => list(at(request, `LifecycleConfiguration.${name}`)))
      .some((entry) => {
        const days = numberOf(at(entry, 'Expiration.Days'));
        return text(entry, 'Status') === 'Enabled' && days !== null && days <= 7;
      }),
};

export const examples: Examples = {
  fires: [
    [
      record('s3:PutBucketLifecycle', {
        bucketName: 'logs',
        LifecycleConfiguration: { Rule: { Status: 'Enabled', Expiration: { Days: 1 } } },
      }),
    ],
  ],
  silent: [
    [
      record(
        's3:PutBucketLifecycle',
        {
          bucketName: 'logs',
          LifecycleConfiguration: { Rule: { Status: 'Enabled', Expiration: { Days: 1 } } },
        },
        DENIED,
      ),
    ],
    [
      record('s3:PutBucketLifecycle', {
        bucketName: 'logs',
        LifecycleConfiguration: { Rule: { Status: 'Disabled', Expiration: { Days: 1 } } },
      }),
    ],
    [
      record('s3:PutBucketLifecycle', {
        bucketName: 'logs',
        LifecycleConfiguration: { Rule: { Status: 'Enabled', Expiration: { Days: 730 } } },
      }),
    ],
  ],
};
