import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'policy-written',
  row: 24,
  title: 'A policy was written or made the one that counts',
  techniques: ['T1098.003'],
  severity: 3,
  rationale: 'Context: what somebody may do from here on',
  references: ['https://attack.mitre.org/techniques/T1098/003/'],
  calls: [
    'iam:PutUserPolicy',
    'iam:PutRolePolicy',
    'iam:PutGroupPolicy',
    'iam:CreatePolicyVersion',
    'iam:SetDefaultPolicyVersion',
  ],
  deploys: true,
};

export const examples: Examples = {
  fires: [
    [
      record('iam:PutUserPolicy', {
        userName: 'backup',
        policyName: 'p',
        policyDocument: JSON.stringify({
          Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
        }),
      }),
    ],
  ],
  silent: [
    [
      record(
        'iam:PutUserPolicy',
        {
          userName: 'backup',
          policyName: 'p',
          policyDocument: JSON.stringify({
            Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
          }),
        },
        DENIED,
      ),
    ],
    [
      record(
        'iam:PutUserPolicy',
        {
          userName: 'backup',
          policyName: 'p',
          policyDocument: JSON.stringify({
            Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
          }),
        },
        BY_CLOUDFORMATION,
      ),
    ],
  ],
};
