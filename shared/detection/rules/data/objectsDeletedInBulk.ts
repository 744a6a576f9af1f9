import { burst, record } from '../../example';
import { text } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'objects-deleted-in-bulk',
  row: 19,
  title: 'One caller deleted a great many objects',
  techniques: ['T1485', 'T1490'],
  severity: 7,
  rationale: 'Deleting one by one is deleting too',
  references: ['https://attack.mitre.org/techniques/T1485/'],
  calls: ['s3:DeleteObject', 's3:DeleteObjects', 's3:DeleteObjectVersion'],
  when: ({ caller }) => caller.invokedBy === null,
  burst: {
    least: 50,
    seconds: 300,
    of: ({ id, request, record }) => [`${text(request, 'key') ?? ''}${id ?? JSON.stringify(record)}`],
  },
};

export const examples: Examples = {
  fires: [burst(50, (number) => record('s3:DeleteObject', { bucketName: 'data', key: `row-${number}` }))],
  silent: [burst(49, (number) => record('s3:DeleteObject', { bucketName: 'data', key: `row-${number}` }))],
};
