import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'roles-anywhere-trusted',
  row: 25,
  title: 'Certificates from outside may take roles',
  techniques: ['T1098.003', 'T1550'],
  severity: 7,
  rationale: 'Roles Anywhere gives sessions to whoever holds a certificate of the anchor',
  references: ['https://attack.mitre.org/techniques/T1098/003/'],
  calls: [
    'rolesanywhere:CreateTrustAnchor',
    'rolesanywhere:UpdateTrustAnchor',
    'rolesanywhere:CreateProfile',
  ],
  deploys: true,
};

export const examples: Examples = {
  fires: [[record('rolesanywhere:CreateTrustAnchor', { name: 'anchor' })]],
  silent: [
    [record('rolesanywhere:CreateTrustAnchor', { name: 'anchor' }, DENIED)],
    [record('rolesanywhere:CreateTrustAnchor', { name: 'anchor' }, BY_CLOUDFORMATION)],
  ],
};
