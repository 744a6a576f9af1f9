import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  QueueDoesNotExist,
  SetQueueAttributesCommand,
  SQSServiceException,
} from '@aws-sdk/client-sqs';
import type { CutClients } from '../cut';
import { cutOffOf } from '../cutOffStatement';
import { reachedOf } from '../reached';
import { nameOf, orNull, type PolicyHolder } from './holder';

const queueUrl = async (arn: string, { sqs }: CutClients): Promise<string | undefined> =>
  (
    await sqs.send(
      new GetQueueUrlCommand({ QueueName: nameOf(arn), QueueOwnerAWSAccountId: arn.split(':')[4] }),
    )
  ).QueueUrl;

/** As SQS forms it; in the regions of China under another domain. */
const queueUrlOf = (arn: string): string => {
  const [, partition, , region, accountId, name] = arn.split(':');
  return `https://sqs.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}/${accountId}/${name}`;
};

/** SQS takes a policy away where it is given an empty one. */
const set = async (arn: string, Policy: string, clients: CutClients): Promise<void> => {
  await clients.sqs.send(
    new SetQueueAttributesCommand({ QueueUrl: await queueUrl(arn, clients), Attributes: { Policy } }),
  );
};

const setWords = (arn: string, Policy: string): readonly string[] => [
  ...['sqs', 'set-queue-attributes', '--queue-url', queueUrlOf(arn)],
  ...['--attributes', JSON.stringify({ Policy })],
];

export const queue: PolicyHolder = {
  kind: 'queue',
  permissions: ['sqs:GetQueueUrl', 'sqs:GetQueueAttributes', 'sqs:SetQueueAttributes'],
  list: async (reach, clients) => reachedOf(reach, 'queue', clients),
  statement: (arn, roleArn) => cutOffOf(roleArn, 'sqs:*', arn),
  read: async (arn, clients) => {
    try {
      const QueueUrl = await queueUrl(arn, clients);
      const { Attributes } = await clients.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['Policy'] }),
      );
      return { policy: orNull(Attributes?.Policy) };
    } catch (error) {
      // SQS answers with the old or the new code, as the client speaks its old or its new protocol.
      if (error instanceof QueueDoesNotExist) return 'gone';
      if (!(error instanceof SQSServiceException)) throw error;
      if (/NonExistentQueue/.test(error.name)) return 'gone';
      throw error;
    }
  },
  put: set,
  remove: (arn, clients) => set(arn, '', clients),
  putWords: setWords,
  removeWords: (arn) => setWords(arn, ''),
};
