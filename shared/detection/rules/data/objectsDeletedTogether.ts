import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'objects-deleted-together',
  row: 19,
  title: 'Many objects were deleted with one call',
  techniques: ['T1485'],
  severity: 4,
  rationale:
    'A call deletes up to a thousand; CloudTrail does not say which. Ordinary for who cleans up, and what a wiper does',
  references: ['https://attack.mitre.org/techniques/T1485/'],
  calls: ['s3:DeleteObjects'],
  when: ({ caller }) => caller.invokedBy === null,
};

export const examples: Examples = {
  fires: [[record('s3:DeleteObjects', { bucketName: 'data', delete: '' })]],
  silent: [
    [record('s3:DeleteObjects', { bucketName: 'data', delete: '' }, DENIED)],
    [record('s3:DeleteObjects', { bucketName: 'data' }, BY_CLOUDFORMATION)],
  ],
};
