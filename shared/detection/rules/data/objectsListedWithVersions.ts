import { DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';
import { isConsole } from '../../targets';

export const rule: Rule = {
  id: 'objects-listed-with-versions',
  row: 19,
  title: "Every version of a bucket's objects was listed",
  techniques: ['T1619'],
  severity: 3,
  rationale: 'Context: what goes before deleting them all',
  references: ['https://attack.mitre.org/techniques/T1619/'],
  calls: ['s3:ListBucketVersions', 's3:ListObjectVersions'],
  when: (call) => !isConsole(call),
};

export const examples: Examples = {
  fires: [[record('s3:ListBucketVersions', { bucketName: 'data' })]],
  silent: [
    [record('s3:ListBucketVersions', { bucketName: 'data' }, DENIED)],
    [record('s3:ListBucketVersions', { bucketName: 'data' }, { userAgent: 'S3Console/0.4' })],
  ],
};
