import { DENIED, record } from '../../example';
import { at, text } from '../../fields';
import { accountsIn, letsAnybody } from '../../policyText';
import type { Examples, Rule } from '../../rule';
import { isForeign } from '../../setting';

export const rule: Rule = {
  id: 'resource-opened',
  row: 18,
  title: "A resource's policy lets everybody or a foreign account in",
  techniques: ['T1537', 'T1530', 'T1098'],
  severity: 6,
  rationale: 'What everybody may read or write is neither private nor safe',
  references: ['https://attack.mitre.org/techniques/T1537/'],
  calls: [
    'sqs:SetQueueAttributes',
    'sqs:CreateQueue',
    'sns:SetTopicAttributes',
    'sns:CreateTopic',
    'ecr:SetRepositoryPolicy',
    'es:CreateElasticsearchDomain',
    'es:UpdateElasticsearchDomainConfig',
    'es:CreateDomain',
    'es:UpdateDomainConfig',
    'glacier:SetVaultAccessPolicy',
    'secretsmanager:PutResourcePolicy',
    'dynamodb:PutResourcePolicy',
    'kinesis:PutResourcePolicy',
    'backup:PutBackupVaultAccessPolicy',
    'elasticfilesystem:PutFileSystemPolicy',
    'events:PutPermission',
    'lambda:PutResourcePolicy',
    's3:PutAccessPointPolicy',
    'logs:PutResourcePolicy',
  ],
  when: (call, setting) => {
    const named = text(call.request, 'attributeName');
    const policies = [
      ...[
        'bucketPolicy',
        'policy',
        'policyText',
        'policyDocument',
        'resourcePolicy',
        'accessPolicies',
        'accessPoliciesJson',
        'keyPolicy',
        'attributes.Policy',
        'attributes.policy',
        'policy.policy',
      ].map((path) => at(call.request, path)),
      ...(named === null || /policy/i.test(named) ? [at(call.request, 'attributeValue')] : []),
    ];
    return policies.some(
      (policy) =>
        letsAnybody(policy) || accountsIn(policy).some((account) => isForeign(account, call, setting)),
    );
  },
};

export const examples: Examples = {
  fires: [
    [
      record('sqs:SetQueueAttributes', {
        attributes: {
          Policy: JSON.stringify({
            Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sqs:*', Resource: '*' }],
          }),
        },
      }),
    ],
  ],
  silent: [
    [
      record(
        'sqs:SetQueueAttributes',
        {
          attributes: {
            Policy: JSON.stringify({
              Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sqs:*', Resource: '*' }],
            }),
          },
        },
        DENIED,
      ),
    ],
    [
      record('sqs:SetQueueAttributes', {
        attributes: {
          Policy: JSON.stringify({
            Statement: [
              {
                Effect: 'Allow',
                Principal: { AWS: '*' },
                Action: 'sqs:*',
                Resource: '*',
                Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
              },
            ],
          }),
        },
      }),
    ],
  ],
};
