import { DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'organization-left',
  row: 30,
  title: 'The account was to leave its organisation',
  techniques: ['T1562.001', 'T1685', 'T1666'],
  severity: 8,
  rationale: 'With the organisation go its policies and its trail; the attempt counts',
  references: ['https://attack.mitre.org/techniques/T1562/001/'],
  calls: [
    'organizations:LeaveOrganization',
    'organizations:RemoveAccountFromOrganization',
    'account:CloseAccount',
    'organizations:CloseAccount',
  ],
  outcome: 'any',
};

export const examples: Examples = {
  fires: [
    [record('organizations:LeaveOrganization', null)],
    [record('organizations:LeaveOrganization', null, DENIED)],
  ],
  silent: [[record('organizations:DescribeOrganization', null)]],
};
