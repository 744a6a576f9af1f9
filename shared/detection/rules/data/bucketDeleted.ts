import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'bucket-deleted',
  row: 19,
  title: 'A bucket was deleted',
  techniques: ['T1485'],
  severity: 4,
  rationale: 'What it was called can be taken over by others',
  references: ['https://attack.mitre.org/techniques/T1485/'],
  calls: ['s3:DeleteBucket'],
  deploys: true,
};

export const examples: Examples = {
  fires: [[record('s3:DeleteBucket', { bucketName: 'data' })]],
  silent: [
    [record('s3:DeleteBucket', { bucketName: 'data' }, DENIED)],
    [record('s3:DeleteBucket', { bucketName: 'data' }, BY_CLOUDFORMATION)],
  ],
};
