import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'policy-taken-away',
  row: 24,
  title: 'A policy was taken away',
  techniques: ['T1531', 'T1098'],
  severity: 3,
  rationale: 'Context: denies and boundaries go this way too',
  references: ['https://attack.mitre.org/techniques/T1531/'],
  calls: [
    'iam:DeleteUserPolicy',
    'iam:DeleteRolePolicy',
    'iam:DeleteGroupPolicy',
    'iam:DetachUserPolicy',
    'iam:DetachRolePolicy',
    'iam:DetachGroupPolicy',
    'iam:DeletePolicy',
    'iam:DeletePolicyVersion',
  ],
  deploys: true,
};

export const examples: Examples = {
  fires: [[record('iam:DeleteUserPolicy', { userName: 'backup' })]],
  silent: [
    [record('iam:DeleteUserPolicy', { userName: 'backup' }, DENIED)],
    [record('iam:DeleteUserPolicy', { userName: 'backup' }, BY_CLOUDFORMATION)],
  ],
};
