import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import { text } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'database-password-changed',
  row: 18,
  title: "The administrator's password of a database was changed",
  techniques: ['T1098', 'T1531'],
  severity: 4,
  rationale: 'Who resets it has the database',
  references: ['https://attack.mitre.org/techniques/T1098/'],
  calls: ['rds:ModifyDBInstance', 'rds:ModifyDBCluster'],
  deploys: true,
  when: (call) => text(call.request, 'masterUserPassword') !== null,
};

export const examples: Examples = {
  fires: [[record('rds:ModifyDBInstance', { dBInstanceIdentifier: 'orders', masterUserPassword: '****' })]],
  silent: [
    [record('rds:ModifyDBInstance', { dBInstanceIdentifier: 'orders', masterUserPassword: '****' }, DENIED)],
    [
      record(
        'rds:ModifyDBInstance',
        { dBInstanceIdentifier: 'orders', masterUserPassword: '****' },
        BY_CLOUDFORMATION,
      ),
    ],
    [record('rds:ModifyDBInstance', { dBInstanceIdentifier: 'orders' })],
  ],
};
