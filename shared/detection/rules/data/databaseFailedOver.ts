import { DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'database-failed-over',
  row: 19,
  title: 'A database cluster was failed over by hand',
  techniques: ['T1489', 'T1499'],
  severity: 4,
  rationale: 'It interrupts the service',
  references: ['https://attack.mitre.org/techniques/T1489/'],
  calls: ['rds:FailoverDBCluster', 'rds:FailoverGlobalCluster', 'rds:RebootDBInstance'],
};

export const examples: Examples = {
  fires: [[record('rds:FailoverDBCluster', { dBClusterIdentifier: 'orders' })]],
  silent: [[record('rds:FailoverDBCluster', { dBClusterIdentifier: 'orders' }, DENIED)]],
};
