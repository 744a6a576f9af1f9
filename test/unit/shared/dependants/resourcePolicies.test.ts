import { S3ServiceException } from '@aws-sdk/client-s3';
import { ResourceNotFoundException } from '@aws-sdk/client-secrets-manager';
import { QueueDoesNotExist } from '@aws-sdk/client-sqs';
import { resourcePolicies } from '../../../../shared/dependants/cuts/resourcePolicies';
import { ACCOUNT, cutClients, reachOf } from './cutClients';

const QUEUE = `arn:aws:sqs:eu-west-1:${ACCOUNT}:orders`;
const SECRET = `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:orders-AbCdEf`;
const BUCKET = 'arn:aws:s3:::orders';
const open = JSON.stringify({
  Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
});
const answers = {
  GetQueueUrl: () => ({ QueueUrl: 'https://sqs.example.com/orders' }),
  GetQueueAttributes: () => ({ Attributes: { Policy: open } }),
  GetResourcePolicy: () => ({ ResourcePolicy: open }),
  GetBucketPolicy: () => ({ Policy: open }),
  ListBuckets: ({ ContinuationToken }: Readonly<Record<string, unknown>>) =>
    ContinuationToken === undefined
      ? { Buckets: [{ Name: 'others' }], ContinuationToken: 'more' }
      : { Buckets: [{ Name: 'orders' }] },
};

describe('policies of resources', () => {
  it('are found in the order of the suspect’s reach, buckets only where they are the account’s own', async () => {
    const reach = reachOf(
      'arn:aws:s3:::orders/key',
      'arn:aws:s3:::somebody-elses',
      SECRET,
      'arn:aws:s3:::orders/*',
      QUEUE,
      QUEUE,
    );
    const targets = await resourcePolicies.find(reach, cutClients(answers), []);

    expect(targets.map(({ id }) => id.replace(/[0-9a-f]{12}$/, ''))).toEqual([
      `${BUCKET}#TourniquetCutOff`,
      `${SECRET}#TourniquetCutOff`,
      `${QUEUE}#TourniquetCutOff`,
    ]);
  });

  it('of another Region or account are not asked for, and no bucket is listed where none was reached', async () => {
    const elsewhere = [QUEUE.replace('eu-west-1', 'us-east-1'), SECRET.replace(ACCOUNT, '999999999999')];
    expect(await resourcePolicies.find(reachOf(...elsewhere), cutClients({}), [])).toEqual([]);
  });

  it('of what is gone are none', async () => {
    const gone = cutClients({
      ...answers,
      GetQueueUrl: () => {
        throw new QueueDoesNotExist({ $metadata: {}, message: 'gone' });
      },
      GetResourcePolicy: () => {
        throw new ResourceNotFoundException({ $metadata: {}, message: 'gone' });
      },
      GetBucketPolicy: () => {
        throw new S3ServiceException({ $metadata: {}, $fault: 'client', name: 'NoSuchBucket' });
      },
    });
    expect(await resourcePolicies.find(reachOf(QUEUE, SECRET, BUCKET), gone, [])).toEqual([]);
  });

  it('that cannot be read are an error, and not taken for none', async () => {
    const refused = cutClients({
      ...answers,
      GetBucketPolicy: () => {
        throw new S3ServiceException({
          $metadata: {},
          $fault: 'client',
          name: 'AccessDenied',
          message: 'no',
        });
      },
    });
    await expect(resourcePolicies.find(reachOf(BUCKET), refused, [])).rejects.toThrow('no');
  });

  it('come back by commands, each a line', () => {
    const undo = (arn: string, policy: string | null) =>
      resourcePolicies.undo({ id: `${arn}#TourniquetCutOff0`, before: { policy }, breaks: '' }, reachOf());
    expect([QUEUE, BUCKET, SECRET].flatMap((arn) => undo(arn, null))).toEqual([
      `aws sqs set-queue-attributes --queue-url https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/orders --attributes '{"Policy":""}' --region eu-west-1`,
      'aws s3api delete-bucket-policy --bucket orders --region eu-west-1',
      `aws secretsmanager delete-resource-policy --secret-id ${SECRET} --region eu-west-1`,
    ]);
    expect(undo(BUCKET, '{\n "Id": "it\'s" }')).toEqual([
      `aws s3api put-bucket-policy --bucket orders --policy '{"Id":"it'\\''s"}' --region eu-west-1`,
    ]);
  });
});
