import { BY_FUNCTION, burst, record } from '../../example';
import { text } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'objects-read-in-bulk',
  row: 17,
  title: 'One caller read a great many objects',
  techniques: ['T1530', 'T1567.002'],
  severity: 5,
  rationale:
    "A bare number, for callers of whom no behaviour is known yet: a function's own baseline tells earlier (docs/detections.md)",
  references: ['https://attack.mitre.org/techniques/T1530/'],
  calls: ['s3:GetObject'],
  when: ({ caller }) => caller.invokedBy === null,
  burst: {
    least: 500,
    seconds: 300,
    of: ({ request }) => [`${text(request, 'bucketName')}/${text(request, 'key')}`],
  },
};

export const examples: Examples = {
  fires: [
    burst(500, (number) => record('s3:GetObject', { bucketName: 'data', key: `row-${number}` }, BY_FUNCTION)),
  ],
  silent: [burst(600, () => record('s3:GetObject', { bucketName: 'data', key: 'a.csv' }, BY_FUNCTION))],
};
