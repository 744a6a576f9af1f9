import { DENIED, record } from '../../example';
import { text } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'snapshot-copied-elsewhere',
  row: 18,
  title: 'A database snapshot was copied to another region',
  techniques: ['T1537', 'T1535'],
  severity: 4,
  rationale: 'Data is taken where nobody looks',
  references: ['https://attack.mitre.org/techniques/T1537/'],
  calls: ['rds:CopyDBSnapshot', 'rds:CopyDBClusterSnapshot'],
  when: (call) => {
    const source =
      text(call.request, 'sourceDBSnapshotIdentifier', 'sourceDBClusterSnapshotIdentifier') ?? '';
    const from = /^arn:[a-z-]+:rds:([^:]+):/.exec(source)?.[1] ?? text(call.request, 'sourceRegion');
    return from !== null && from !== undefined && from !== call.region;
  },
};

export const examples: Examples = {
  fires: [
    [
      record('rds:CopyDBSnapshot', {
        sourceDBSnapshotIdentifier: 'arn:aws:rds:us-east-1:111122223333:snapshot:orders',
      }),
    ],
  ],
  silent: [
    [
      record(
        'rds:CopyDBSnapshot',
        { sourceDBSnapshotIdentifier: 'arn:aws:rds:us-east-1:111122223333:snapshot:orders' },
        DENIED,
      ),
    ],
    [
      record('rds:CopyDBSnapshot', {
        sourceDBSnapshotIdentifier: 'arn:aws:rds:eu-central-1:111122223333:snapshot:orders',
      }),
    ],
  ],
};
