import { DENIED, record } from '../../example';
import { texts } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'acl-opened',
  row: 18,
  title: 'An access list lets everybody in',
  techniques: ['T1530'],
  severity: 6,
  rationale: 'AllUsers is everybody, AuthenticatedUsers everybody with any AWS account',
  references: ['https://attack.mitre.org/techniques/T1530/'],
  calls: ['s3:PutBucketAcl', 's3:PutObjectAcl', 's3:CreateBucket', 's3:PutObject'],
  when: (call) =>
    [...texts(call.request)].some((value) =>
      /acs\.amazonaws\.com\/groups\/global\/(?:AllUsers|AuthenticatedUsers)|^public-read(?:-write)?$|^authenticated-read$/.test(
        value,
      ),
    ),
};

export const examples: Examples = {
  fires: [
    [
      record('s3:PutBucketAcl', {
        bucketName: 'data',
        AccessControlPolicy: {
          AccessControlList: {
            Grant: {
              Grantee: { URI: 'http://acs.amazonaws.com/groups/global/AllUsers' },
              Permission: 'READ',
            },
          },
        },
      }),
    ],
  ],
  silent: [
    [
      record(
        's3:PutBucketAcl',
        {
          bucketName: 'data',
          AccessControlPolicy: {
            AccessControlList: {
              Grant: {
                Grantee: { URI: 'http://acs.amazonaws.com/groups/global/AllUsers' },
                Permission: 'READ',
              },
            },
          },
        },
        DENIED,
      ),
    ],
    [record('s3:PutBucketAcl', { bucketName: 'data', 'x-amz-acl': 'private' })],
  ],
};
