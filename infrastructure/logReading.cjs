'use strict';

/*
 * How lines of logs reach readLogs: filters on the log groups of functions that the policy guards, which `enrol` puts
 * there and takes away; or one filter over the account (logDelivery: account), which this template makes itself, and
 * which CloudFormation refuses where the account has one: nobody's is displaced.
 */

const { deadLetters, target } = require('./deadLetters.cjs');

const arnOf = (resource) => ({ 'Fn::GetAtt': [resource, 'Arn'] });

const permission = (name, principal, source) => ({
  Type: 'AWS::Lambda::Permission',
  Properties: {
    FunctionName: arnOf(`${name}LambdaFunction`),
    Action: 'lambda:InvokeFunction',
    Principal: principal,
    ...source,
  },
});

const schedule = (prefix) => ({
  EnrolScheduleRule: {
    Type: 'AWS::Events::Rule',
    Properties: {
      Name: `${prefix}-enrol-daily`,
      Description: 'Enrols what is to be guarded, and leaves what is not',
      ScheduleExpression: 'rate(1 day)',
      State: 'ENABLED',
      Targets: [target('enrol', 'EnrolLambdaFunction', 'FleetDeadLetters')],
    },
  },
  EnrolSchedulePermission: permission('Enrol', 'events.amazonaws.com', {
    SourceArn: arnOf('EnrolScheduleRule'),
  }),
  // Lambda makes the log group when a function first writes: before that there is nothing to filter.
  EnrolCreatedRule: {
    Type: 'AWS::Events::Rule',
    Properties: {
      Name: `${prefix}-enrol-created`,
      Description: 'The log group of a function was made',
      EventPattern: {
        source: ['aws.logs'],
        'detail-type': ['AWS API Call via CloudTrail'],
        detail: {
          eventSource: ['logs.amazonaws.com'],
          eventName: ['CreateLogGroup'],
          requestParameters: { logGroupName: [{ prefix: '/aws/lambda/' }] },
          errorCode: [{ exists: false }],
        },
      },
      State: 'ENABLED',
      Targets: [target('enrol', 'EnrolLambdaFunction', 'FleetDeadLetters')],
    },
  },
  EnrolCreatedPermission: permission('Enrol', 'events.amazonaws.com', {
    SourceArn: arnOf('EnrolCreatedRule'),
  }),
});

const resourcesOf = (prefix, functions, { logDelivery }) => ({
  Resources: {
    ...schedule(prefix),
    ...deadLetters(prefix, 'FleetDeadLetters', 'fleet', [
      'EnrolScheduleRule',
      'EnrolCreatedRule',
      'SweepRule',
    ]),
    ReadLogsPermission: permission('ReadLogs', 'logs.amazonaws.com', {
      SourceAccount: { Ref: 'AWS::AccountId' },
      SourceArn: { 'Fn::Sub': 'arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:*' },
    }),
    ...(logDelivery === 'account'
      ? {
          AccountLogPolicy: {
            Type: 'AWS::Logs::AccountPolicy',
            DependsOn: ['ReadLogsPermission'],
            Properties: {
              PolicyName: `${prefix}-logs`,
              PolicyType: 'SUBSCRIPTION_FILTER_POLICY',
              Scope: 'ALL',
              // Our own lines would come back as lines about them, for ever.
              SelectionCriteria: `LogGroupName NOT IN ${JSON.stringify(functions.map((name) => `/aws/lambda/${prefix}-${name}`))}`,
              PolicyDocument: {
                'Fn::Sub': JSON.stringify({
                  DestinationArn: '${ReadLogsLambdaFunction.Arn}',
                  FilterPattern: '',
                  Distribution: 'Random',
                }),
              },
            },
          },
        }
      : {}),
  },
});

/** For `${file(infrastructure/logReading.cjs)}`. */
module.exports = async ({ resolveVariable }) => {
  const [prefix, functions, config] = await Promise.all([
    resolveVariable('self:custom.names.prefix'),
    resolveVariable('self:functions'),
    resolveVariable('self:custom.config'),
  ]);
  return resourcesOf(prefix, Object.keys(functions), config);
};
