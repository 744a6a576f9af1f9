import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import { text } from '../../fields';
import { isAdminPolicy } from '../../policyText';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'admin-policy-attached',
  row: 24,
  title: 'A principal was given the whole account',
  techniques: ['T1098.003', 'T1548.005'],
  severity: 8,
  rationale: "An administrator's policy makes every other permission moot",
  references: ['https://attack.mitre.org/techniques/T1098/003/'],
  calls: [
    'iam:AttachUserPolicy',
    'iam:AttachRolePolicy',
    'iam:AttachGroupPolicy',
    'sso:AttachManagedPolicyToPermissionSet',
  ],
  deploys: true,
  when: (call) => isAdminPolicy(text(call.request, 'policyArn', 'managedPolicyArn')),
};

export const examples: Examples = {
  fires: [
    [
      record('iam:AttachUserPolicy', {
        roleName: 'orders-role',
        policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
      }),
    ],
  ],
  silent: [
    [
      record(
        'iam:AttachUserPolicy',
        { roleName: 'orders-role', policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
        DENIED,
      ),
    ],
    [
      record(
        'iam:AttachUserPolicy',
        { roleName: 'orders-role', policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
        BY_CLOUDFORMATION,
      ),
    ],
    [
      record('iam:AttachUserPolicy', {
        roleName: 'orders-role',
        policyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
      }),
    ],
  ],
};
