import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'policy-attached',
  row: 24,
  title: 'A policy was attached',
  techniques: ['T1098.003'],
  severity: 3,
  rationale: 'Context: what somebody may do from here on',
  references: ['https://attack.mitre.org/techniques/T1098/003/'],
  calls: ['iam:AttachUserPolicy', 'iam:AttachRolePolicy', 'iam:AttachGroupPolicy'],
  deploys: true,
};

export const examples: Examples = {
  fires: [
    [
      record('iam:AttachUserPolicy', {
        roleName: 'orders-role',
        policyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
      }),
    ],
  ],
  silent: [
    [
      record(
        'iam:AttachUserPolicy',
        { roleName: 'orders-role', policyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
        DENIED,
      ),
    ],
    [
      record(
        'iam:AttachUserPolicy',
        { roleName: 'orders-role', policyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
        BY_CLOUDFORMATION,
      ),
    ],
  ],
};
