import { DENIED, record } from '../../example';
import { text } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'versioning-suspended',
  row: 19,
  title: 'Versioning of a bucket was suspended',
  techniques: ['T1490', 'T1485'],
  severity: 6,
  rationale: 'Without versions an overwritten or deleted object is gone',
  references: ['https://attack.mitre.org/techniques/T1490/'],
  calls: ['s3:PutBucketVersioning'],
  when: ({ request }) =>
    text(request, 'VersioningConfiguration.Status', 'versioning') === 'Suspended' ||
    text(request, 'VersioningConfiguration.MfaDelete') === 'Disabled',
};

export const examples: Examples = {
  fires: [
    [
      record('s3:PutBucketVersioning', {
        bucketName: 'data',
        VersioningConfiguration: { Status: 'Suspended' },
      }),
    ],
  ],
  silent: [
    [
      record(
        's3:PutBucketVersioning',
        { bucketName: 'data', VersioningConfiguration: { Status: 'Suspended' } },
        DENIED,
      ),
    ],
    [
      record('s3:PutBucketVersioning', {
        bucketName: 'data',
        VersioningConfiguration: { Status: 'Enabled' },
      }),
    ],
  ],
};
