import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import { at, isTrue } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'database-deleted',
  row: 19,
  title: 'A database was deleted',
  techniques: ['T1485'],
  severity: ({ request }) => (isTrue(at(request, 'skipFinalSnapshot')) ? 7 : 5),
  rationale: 'What is gone without a last snapshot is gone',
  references: ['https://attack.mitre.org/techniques/T1485/'],
  calls: [
    'rds:DeleteDBInstance',
    'rds:DeleteDBCluster',
    'rds:DeleteGlobalCluster',
    'dynamodb:DeleteTable',
    'rds:DeleteDBSnapshot',
    'rds:DeleteDBClusterSnapshot',
    'dynamodb:DeleteBackup',
    'backup:DeleteRecoveryPoint',
    'redshift:DeleteCluster',
    'elasticfilesystem:DeleteFileSystem',
  ],
  deploys: true,
};

export const examples: Examples = {
  fires: [[record('rds:DeleteDBInstance', { dBInstanceIdentifier: 'orders', skipFinalSnapshot: true })]],
  silent: [
    [record('rds:DeleteDBInstance', { dBInstanceIdentifier: 'orders', skipFinalSnapshot: true }, DENIED)],
    [
      record(
        'rds:DeleteDBInstance',
        { dBInstanceIdentifier: 'orders', skipFinalSnapshot: true },
        BY_CLOUDFORMATION,
      ),
    ],
  ],
};
