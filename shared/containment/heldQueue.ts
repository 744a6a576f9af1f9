import { createHash } from 'node:crypto';
import type { FunctionEventInvokeConfig } from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  QueueDoesNotExist,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** The quarantine queue of one containment: its name, and the ARN that follows from it. */
export type HeldQueue = { readonly name: string; readonly arn: string };

/** The asynchronous settings of a function as AWS gave them, without what it adds (ARN, time). */
export type AsyncSettings = Pick<
  FunctionEventInvokeConfig,
  'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds' | 'DestinationConfig'
>;

/** Settings belong to one qualifier; `null` is `$LATEST`, which is what a call without qualifier reaches. */
export type HeldTarget = { readonly qualifier: string | null; readonly settings: AsyncSettings | null };

/** What the control of held events found. */
export type HeldBefore = {
  readonly queue: HeldQueue;
  readonly targets: readonly HeldTarget[];
  /** The function's own dead-letter queue or topic, which stays. */
  readonly deadLetters: string | null;
};

/** How long held events live: the most that SQS keeps a message. */
export const HELD_DAYS = 14;

/** The most that SQS admits as a queue's name. */
const NAME_LENGTH = 80;

/**
 * The name of a containment's queue. The same containment has the same one, so that making it twice makes one; what
 * SQS does not admit in a name, or is too long for it, is told by its digest.
 */
export const heldQueueName = (prefix: string, holder: string): string => {
  const name = `${prefix}-held-${holder.replaceAll('#', '-')}`;
  if (name.length <= NAME_LENGTH && /^[\w-]+$/.test(name)) return name;
  return `${prefix}-held-${createHash('sha256').update(holder).digest('hex').slice(0, 20)}`;
};

/** The queue lives beside the suspect, where Lambda looks for a destination. */
export const heldQueueFor = (functionArn: string, prefix: string, holder: string): HeldQueue => {
  const [, partition = 'aws', , region = '', accountId = ''] = functionArn.split(':');
  const name = heldQueueName(prefix, holder);
  return { name, arn: `arn:${partition}:sqs:${region}:${accountId}:${name}` };
};

/** Its URL, or null when there is no such queue (any more). */
export const heldQueueUrl = async (sqs: SQSClient, name: string): Promise<string | null> => {
  try {
    return (await sqs.send(new GetQueueUrlCommand({ QueueName: name }))).QueueUrl ?? null;
  } catch (error) {
    // SQS answers with the old or the new code, as the client speaks its old or its new protocol.
    if (error instanceof QueueDoesNotExist || (error instanceof Error && /NonExistentQueue/.test(error.name)))
      return null;
    throw error;
  }
};

const statement = (Sid: string, Effect: 'Allow' | 'Deny', rest: object) => ({ Sid, Effect, ...rest });

/** Who may send: the role alone, encrypted; nobody when `roleArn` is null. Nobody is let read by it. */
export const heldQueuePolicy = (queueArn: string, roleArn: string | null): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      ...(roleArn === null
        ? []
        : [
            statement('TheSuspectSends', 'Allow', {
              Principal: { AWS: roleArn },
              Action: 'sqs:SendMessage',
              Resource: queueArn,
            }),
          ]),
      statement(roleArn === null ? 'NobodySends' : 'NobodyElseSends', 'Deny', {
        Principal: '*',
        Action: 'sqs:SendMessage',
        Resource: queueArn,
        ...(roleArn === null ? {} : { Condition: { ArnNotEquals: { 'aws:PrincipalArn': roleArn } } }),
      }),
      statement('EncryptedAlone', 'Deny', {
        Principal: '*',
        Action: 'sqs:*',
        Resource: queueArn,
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    ],
  });

const attributesOf = (queueArn: string, roleArn: string) => ({
  MessageRetentionPeriod: String(HELD_DAYS * 24 * 3600),
  // SQS's own key: the suspect's denied role could use no key of KMS.
  SqsManagedSseEnabled: 'true',
  Policy: heldQueuePolicy(queueArn, roleArn),
});

/**
 * Makes the queue, or takes the one that is there, and makes it what it should be either way: whoever made a queue of
 * that name before decides nothing about it.
 */
export const makeHeldQueue = async (
  sqs: SQSClient,
  { name, arn }: HeldQueue,
  roleArn: string,
  tags: Readonly<Record<string, string>>,
): Promise<void> => {
  const url =
    (await heldQueueUrl(sqs, name)) ??
    (await sqs.send(new CreateQueueCommand({ QueueName: name, tags: { ...tags } }))).QueueUrl;
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: attributesOf(arn, roleArn) }));
};

/** Lets nobody send any more; what is in the queue stays in it. */
export const sealHeldQueue = async (sqs: SQSClient, url: string, queueArn: string): Promise<void> => {
  await sqs.send(
    new SetQueueAttributesCommand({
      QueueUrl: url,
      Attributes: { Policy: heldQueuePolicy(queueArn, null) },
    }),
  );
};
