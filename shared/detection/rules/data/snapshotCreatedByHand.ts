import { DENIED, record } from '../../example';
import { text } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'snapshot-created-by-hand',
  row: 18,
  title: 'Somebody made a snapshot of a database',
  techniques: ['T1530', 'T1578.001'],
  severity: 4,
  rationale: 'A snapshot is the first step of copying a database; backups make theirs as services',
  references: ['https://attack.mitre.org/techniques/T1530/'],
  calls: ['rds:CreateDBSnapshot', 'rds:CreateDBClusterSnapshot'],
  when: ({ caller, request, response }) =>
    caller.invokedBy === null &&
    !/^(?:automated|awsbackup)$/.test(text(response, 'snapshotType') ?? '') &&
    !/^(?:rds:|awsbackup:)|^automated|-final$/i.test(
      text(request, 'dBSnapshotIdentifier', 'dBClusterSnapshotIdentifier') ?? '',
    ) &&
    !/backup/i.test(`${caller.session} ${caller.roleArn}`),
};

export const examples: Examples = {
  fires: [[record('rds:CreateDBSnapshot', { dBSnapshotIdentifier: 'orders-1' })]],
  silent: [
    [record('rds:CreateDBSnapshot', { dBSnapshotIdentifier: 'orders-1' }, DENIED)],
    [record('rds:CreateDBSnapshot', { dBSnapshotIdentifier: 'awsbackup:job-1' })],
  ],
};
