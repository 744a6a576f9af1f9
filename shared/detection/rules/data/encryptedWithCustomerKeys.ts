import { burst, record } from '../../example';
import { hasField, text } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'encrypted-with-customer-keys',
  row: 19,
  title: 'Objects were encrypted with keys that only the caller has',
  techniques: ['T1486'],
  severity: 8,
  rationale: 'With SSE-C S3 forgets the key: nobody can ever read it but who sent it',
  references: [
    'https://attack.mitre.org/techniques/T1486/',
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html',
  ],
  calls: ['s3:PutObject', 's3:CopyObject'],
  when: ({ request }) => hasField(request, ['x-amz-server-side-encryption-customer-algorithm']),
  burst: { least: 3, seconds: 600, of: ({ request }) => [text(request, 'key') ?? ''] },
};

export const examples: Examples = {
  fires: [
    burst(3, (number) =>
      record('s3:CopyObject', {
        bucketName: 'data',
        key: `row-${number}`,
        'x-amz-server-side-encryption-customer-algorithm': 'AES256',
      }),
    ),
  ],
  silent: [burst(9, (number) => record('s3:CopyObject', { bucketName: 'data', key: `row-${number}` }))],
};
