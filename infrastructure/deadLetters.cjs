'use strict';

const arnOf = (resource) => ({ 'Fn::GetAtt': [resource, 'Arn'] });

/**
 * A queue in which rules of EventBridge leave what they cannot deliver, for 14 days, and who may write to it. `id` names
 * the resources, `rules` are the resources of the rules. alarms.cjs has an alarm on each.
 */
const deadLetters = (prefix, id, name, rules) => ({
  [id]: {
    Type: 'AWS::SQS::Queue',
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      QueueName: `${prefix}-${name}-dead-letters`,
      MessageRetentionPeriod: 1209600,
      KmsMasterKeyId: { Ref: 'Key' },
    },
  },
  [`${id}Policy`]: {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [{ Ref: id }],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'RulesLeaveWhatTheyCannotDeliver',
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: arnOf(id),
            Condition: { ArnEquals: { 'aws:SourceArn': rules.map(arnOf) } },
          },
        ],
      },
    },
  },
});

/** A target of a rule, with what happens to what it does not take: EventBridge tries for an hour. */
const target = (id, resource, queue) => ({
  Id: id,
  Arn: arnOf(resource),
  DeadLetterConfig: { Arn: arnOf(queue) },
  RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 185 },
});

module.exports = { deadLetters, target };
