'use strict';

/*
 * Subscriptions of the log groups that VPC Flow Logs write to (policy: flowLogs). CloudFormation refuses the deployment
 * where such a group has two filters already: nobody's is displaced.
 */

const { list } = require('./policySchema.cjs');

const arnOf = (resource) => ({ 'Fn::GetAtt': [resource, 'Arn'] });

const resourcesOf = (prefix, { flowLogs }) => {
  const groups = list(flowLogs);
  if (groups.length === 0) return { Resources: {} };
  return {
    Resources: {
      ReadFlowsPermission: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          FunctionName: arnOf('ReadFlowsLambdaFunction'),
          Action: 'lambda:InvokeFunction',
          Principal: 'logs.amazonaws.com',
          SourceAccount: { Ref: 'AWS::AccountId' },
          SourceArn: { 'Fn::Sub': 'arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:*' },
        },
      },
      ...Object.fromEntries(
        groups.map((LogGroupName, index) => [
          `FlowLogs${index + 1}`,
          {
            Type: 'AWS::Logs::SubscriptionFilter',
            DependsOn: ['ReadFlowsPermission'],
            Properties: {
              FilterName: `${prefix}-flows`,
              LogGroupName,
              // What was let through; the rest of a record is fields without names.
              FilterPattern: 'ACCEPT',
              DestinationArn: arnOf('ReadFlowsLambdaFunction'),
            },
          },
        ]),
      ),
    },
  };
};

/** For `${file(infrastructure/flowLogs.cjs)}`. */
module.exports = async ({ resolveVariable }) => {
  const [prefix, config] = await Promise.all([
    resolveVariable('self:custom.names.prefix'),
    resolveVariable('self:custom.config'),
  ]);
  return resourcesOf(prefix, config);
};
module.exports.resourcesOf = resourcesOf;
