import { DENIED, record } from '../../example';
import { text } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'ransom-note-written',
  row: 19,
  title: 'An object that is named like a ransom note was written',
  techniques: ['T1486', 'T1491'],
  severity: 7,
  rationale: 'The note has to be found to be paid',
  references: ['https://attack.mitre.org/techniques/T1486/'],
  calls: ['s3:PutObject'],
  when: ({ request }) =>
    /(?:ransom|decrypt|recover|restore|unlock|deleted|encrypted|locked|pay[_-]?(?:me|us|now|bitcoin)|bitcoin)[^/]*\.(?:txt|html?|md|hta)$/i.test(
      text(request, 'key') ?? '',
    ),
};

export const examples: Examples = {
  fires: [[record('s3:PutObject', { bucketName: 'data', key: 'HOW_TO_RECOVER_YOUR_FILES.txt' })]],
  silent: [
    [record('s3:PutObject', { bucketName: 'data', key: 'HOW_TO_RECOVER_YOUR_FILES.txt' }, DENIED)],
    [record('s3:PutObject', { bucketName: 'data', key: 'recovery/plan.pdf' })],
  ],
};
