import { DENIED, record } from '../../example';
import { at, isTrue } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'database-made-public',
  row: 18,
  title: 'A database was made reachable from the internet',
  techniques: ['T1133', 'T1530'],
  severity: 6,
  rationale: 'A password is then all that protects it',
  references: ['https://attack.mitre.org/techniques/T1133/'],
  calls: [
    'rds:ModifyDBInstance',
    'rds:ModifyDBCluster',
    'rds:CreateDBInstance',
    'rds:CreateDBCluster',
    'redshift:ModifyCluster',
  ],
  when: ({ request }) => isTrue(at(request, 'publiclyAccessible')),
};

export const examples: Examples = {
  fires: [[record('rds:ModifyDBInstance', { dBInstanceIdentifier: 'orders', publiclyAccessible: true })]],
  silent: [
    [record('rds:ModifyDBInstance', { dBInstanceIdentifier: 'orders', publiclyAccessible: true }, DENIED)],
    [record('rds:ModifyDBInstance', { dBInstanceIdentifier: 'orders', publiclyAccessible: false })],
  ],
};
