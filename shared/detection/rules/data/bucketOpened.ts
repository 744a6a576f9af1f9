import { DENIED, record } from '../../example';
import { at, text } from '../../fields';
import { accountsIn, letsAnybody } from '../../policyText';
import type { Examples, Rule } from '../../rule';
import { isForeign } from '../../setting';

export const rule: Rule = {
  id: 'bucket-opened',
  row: 18,
  title: "A bucket's policy lets everybody or a foreign account in",
  techniques: ['T1530', 'T1537', 'T1098'],
  severity: 7,
  rationale: 'An open bucket is a standing export',
  references: ['https://attack.mitre.org/techniques/T1530/'],
  calls: ['s3:PutBucketPolicy'],
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
      record('s3:PutBucketPolicy', {
        bucketName: 'data',
        bucketPolicy: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::data/*' },
          ],
        },
      }),
    ],
  ],
  silent: [
    [
      record(
        's3:PutBucketPolicy',
        {
          bucketName: 'data',
          bucketPolicy: {
            Version: '2012-10-17',
            Statement: [
              { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::data/*' },
            ],
          },
        },
        DENIED,
      ),
    ],
    [
      record('s3:PutBucketPolicy', {
        bucketName: 'data',
        bucketPolicy: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { AWS: 'arn:aws:iam::111122223333:root' },
              Action: 's3:GetObject',
              Resource: 'arn:aws:s3:::data/*',
            },
          ],
        },
      }),
    ],
  ],
};
