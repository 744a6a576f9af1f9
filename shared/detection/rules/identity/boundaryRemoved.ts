import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'boundary-removed',
  row: 24,
  title: 'A permissions boundary was taken away',
  techniques: ['T1548.005', 'T1098.003'],
  severity: 7,
  rationale: 'The boundary was the most that the principal could ever do',
  references: ['https://attack.mitre.org/techniques/T1548/005/'],
  calls: ['iam:DeleteRolePermissionsBoundary', 'iam:DeleteUserPermissionsBoundary'],
  deploys: true,
};

export const examples: Examples = {
  fires: [[record('iam:DeleteRolePermissionsBoundary', { roleName: 'orders-role' })]],
  silent: [
    [record('iam:DeleteRolePermissionsBoundary', { roleName: 'orders-role' }, DENIED)],
    [record('iam:DeleteRolePermissionsBoundary', { roleName: 'orders-role' }, BY_CLOUDFORMATION)],
  ],
};
