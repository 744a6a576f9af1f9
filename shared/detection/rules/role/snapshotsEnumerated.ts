import { DENIED, record } from '../../example';
import { at, isTrue } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'snapshots-enumerated',
  row: 16,
  title: 'Somebody looked for snapshots that are shared or public',
  techniques: ['T1580', 'T1530'],
  severity: 4,
  rationale: 'Snapshots of others are where data lies open',
  references: ['https://attack.mitre.org/techniques/T1580/'],
  calls: ['rds:DescribeDBSnapshots', 'rds:DescribeDBClusterSnapshots'],
  when: ({ request }) => isTrue(at(request, 'includePublic')) || isTrue(at(request, 'includeShared')),
};

export const examples: Examples = {
  fires: [[record('rds:DescribeDBSnapshots', { includePublic: true })]],
  silent: [
    [record('rds:DescribeDBSnapshots', { includePublic: true }, DENIED)],
    [record('rds:DescribeDBSnapshots', { dBInstanceIdentifier: 'orders' })],
  ],
};
