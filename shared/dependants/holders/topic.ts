import { GetTopicAttributesCommand, NotFoundException, SetTopicAttributesCommand } from '@aws-sdk/client-sns';
import { cutOffOf } from '../cutOffStatement';
import { reachedOf } from '../reached';
import { orNull, type PolicyHolder } from './holder';

/**
 * All that SNS takes in the policy of a topic; of every other action, and of `sns:*`, it says "Policy statement action out
 * of service scope" (SNS developer guide, "Amazon SNS API permissions", "Valid Amazon SNS policy actions").
 */
const ACTIONS = [
  'sns:AddPermission',
  'sns:DeleteTopic',
  'sns:GetDataProtectionPolicy',
  'sns:GetTopicAttributes',
  'sns:ListSubscriptionsByTopic',
  'sns:ListTagsForResource',
  'sns:Publish',
  'sns:PutDataProtectionPolicy',
  'sns:RemovePermission',
  'sns:SetTopicAttributes',
  'sns:Subscribe',
];

/** A topic is never without a policy: its service takes no empty one. */
export const topic: PolicyHolder = {
  kind: 'topic',
  permissions: ['sns:GetTopicAttributes', 'sns:SetTopicAttributes'],
  list: async (reach, clients) => reachedOf(reach, 'topic', clients),
  statement: (arn, roleArn) => cutOffOf(roleArn, ACTIONS, arn),
  read: async (arn, { sns }) => {
    try {
      const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn: arn }));
      return { policy: orNull(Attributes?.Policy) };
    } catch (error) {
      if (error instanceof NotFoundException) return 'gone';
      throw error;
    }
  },
  put: async (arn, policy, { sns }) => {
    await sns.send(
      new SetTopicAttributesCommand({ TopicArn: arn, AttributeName: 'Policy', AttributeValue: policy }),
    );
  },
  putWords: (arn, policy) => [
    ...['sns', 'set-topic-attributes', '--topic-arn', arn],
    ...['--attribute-name', 'Policy', '--attribute-value', policy],
  ],
};
