import { type CloudWatchClient, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { paginateListSubscriptionsByTopic, type SNSClient } from '@aws-sdk/client-sns';
import * as z from 'zod';

/** What becomes of an announcement: what the deployment itself says of its channels, and who is subscribed. */
export type Channels = {
  readonly channels: readonly {
    readonly channel: string;
    readonly outcome: 'good' | 'none' | 'bad';
    readonly what: string;
  }[];
};

export type Subscriptions = { readonly confirmed: number; readonly pending: number };

export type Alarm = { readonly name: string; readonly state: string; readonly tells: boolean };

const answerSchema = z.object({
  channels: z.array(
    z.object({ channel: z.string(), outcome: z.enum(['good', 'none', 'bad']), what: z.string() }),
  ),
});

/** Has the deployed function try each channel, with the secrets that it has and nobody else needs. */
export const askChannels = async (lambda: LambdaClient, FunctionName: string): Promise<Channels> => {
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify({ check: true })) }),
  );
  const text = Buffer.from(Payload ?? '').toString('utf8');
  if (FunctionError !== undefined) throw new Error(text.slice(0, 300));
  return answerSchema.parse(JSON.parse(text));
};

export const subscriptionsOf = async (sns: SNSClient, TopicArn: string): Promise<Subscriptions> => {
  let [confirmed, pending] = [0, 0];
  for await (const { Subscriptions = [] } of paginateListSubscriptionsByTopic({ client: sns }, { TopicArn }))
    for (const { SubscriptionArn = '' } of Subscriptions)
      if (SubscriptionArn.startsWith('arn:')) confirmed += 1;
      else pending += 1;
  return { confirmed, pending };
};

/** The alarms on the deployment itself. */
export const alarmsOf = async (metrics: CloudWatchClient, prefix: string): Promise<readonly Alarm[]> => {
  const found: Alarm[] = [];
  for await (const { MetricAlarms = [] } of paginateDescribeAlarms(
    { client: metrics },
    { AlarmNamePrefix: `${prefix}-` },
  ))
    for (const { AlarmName = '', StateValue = '', ActionsEnabled = true, AlarmActions = [] } of MetricAlarms)
      found.push({ name: AlarmName, state: StateValue, tells: ActionsEnabled && AlarmActions.length > 0 });
  return found;
};
