'use strict';

/*
 * The sweep: what CloudTrail did not deliver is found by comparing functions with their last approved states. The table
 * is its own: who may write to the incidents must not be able to approve.
 */

const { target } = require('./deadLetters.cjs');

const arnOf = (resource) => ({ 'Fn::GetAtt': [resource, 'Arn'] });

/** For `${file(infrastructure/sweep.cjs)}`. */
module.exports = async ({ resolveVariable }) => {
  const prefix = await resolveVariable('self:custom.names.prefix');
  return {
    Resources: {
      ApprovedTable: {
        Type: 'AWS::DynamoDB::Table',
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
        Properties: {
          TableName: `${prefix}-approved`,
          BillingMode: 'PAY_PER_REQUEST',
          SSESpecification: { SSEEnabled: true },
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        },
      },
      // Each run looks at those that were not looked at for a day, as far as its time goes.
      SweepRule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          Name: `${prefix}-sweep`,
          Description: 'Compares functions with their last approved states',
          ScheduleExpression: 'rate(1 hour)',
          State: 'ENABLED',
          // The queue is that of everything that goes over the fleet (logReading.cjs).
          Targets: [target('sweep', 'SweepLambdaFunction', 'FleetDeadLetters')],
        },
      },
      SweepPermission: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          FunctionName: arnOf('SweepLambdaFunction'),
          Action: 'lambda:InvokeFunction',
          Principal: 'events.amazonaws.com',
          SourceArn: arnOf('SweepRule'),
        },
      },
    },
  };
};
