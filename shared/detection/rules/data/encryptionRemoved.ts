import { DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'encryption-removed',
  row: 19,
  title: "A bucket's default encryption was taken away",
  techniques: ['T1600', 'T1565.001'],
  severity: 5,
  rationale: 'What protects data at rest, and who may read it, is changed',
  references: ['https://attack.mitre.org/techniques/T1600/'],
  calls: ['s3:DeleteBucketEncryption'],
};

export const examples: Examples = {
  fires: [[record('s3:DeleteBucketEncryption', { bucketName: 'data' })]],
  silent: [[record('s3:DeleteBucketEncryption', { bucketName: 'data' }, DENIED)]],
};
