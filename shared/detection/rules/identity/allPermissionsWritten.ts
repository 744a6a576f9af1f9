import { DENIED, record } from '../../example';
import { at } from '../../fields';
import { givesAll } from '../../policyText';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'all-permissions-written',
  row: 24,
  title: 'A policy that gives everything was written',
  techniques: ['T1098.003', 'T1548.005'],
  severity: 8,
  rationale: 'Everything, or all of IAM, is the whole account',
  references: ['https://attack.mitre.org/techniques/T1098/003/'],
  calls: [
    'iam:PutUserPolicy',
    'iam:PutRolePolicy',
    'iam:PutGroupPolicy',
    'iam:CreatePolicyVersion',
    'iam:CreatePolicy',
    'sso:PutInlinePolicyToPermissionSet',
  ],
  when: ({ request }) => givesAll(at(request, 'policyDocument')) || givesAll(at(request, 'inlinePolicy')),
};

export const examples: Examples = {
  fires: [
    [
      record('iam:PutUserPolicy', {
        userName: 'backup',
        policyName: 'p',
        policyDocument: JSON.stringify({ Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }),
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
          policyDocument: JSON.stringify({ Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }),
        },
        DENIED,
      ),
    ],
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
};
