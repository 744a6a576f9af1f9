'use strict';

/*
 * What the behaviour baselines are learned from: each log file that the trail writes, and hourly what Lambda Insights
 * counts of the functions that have its layer. Without a trail no calls are learned.
 */

const { deadLetters, target } = require('./deadLetters.cjs');
const { list } = require('./policySchema.cjs');
const { arnOf, created, logFiles, placeOf } = require('./trail.cjs');

const baselineTable = (prefix) => ({
  BaselineTable: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: `${prefix}-baselines`,
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { SSEEnabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
    },
  },
});

const rule = (id, properties) => ({
  [`${id}Rule`]: {
    Type: 'AWS::Events::Rule',
    Properties: {
      State: 'ENABLED',
      Targets: [target('learn', 'LearnLambdaFunction', 'LearnDeadLetters')],
      ...properties,
    },
  },
  [`${id}Permission`]: {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      FunctionName: arnOf('LearnLambdaFunction'),
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
      SourceArn: arnOf(`${id}Rule`),
    },
  },
});

const resourcesOf = (prefix, { trail, dataEvents }) => {
  const place = placeOf(trail, prefix);
  return {
    Resources: {
      ...baselineTable(prefix),
      ...deadLetters(prefix, 'LearnDeadLetters', 'learn', [
        'LearnMetricsRule',
        ...(place === null ? [] : ['LearnTrailRule']),
      ]),
      // Twenty past: what was counted of an hour comes minutes late.
      ...rule('LearnMetrics', {
        Name: `${prefix}-learn-metrics`,
        Description: 'Looks at what Lambda Insights counted',
        ScheduleExpression: 'cron(20 * * * ? *)',
      }),
      ...(place === null
        ? {}
        : rule('LearnTrail', {
            Name: `${prefix}-learn-trail`,
            Description: 'The trail wrote a log file',
            EventPattern: {
              source: ['aws.s3'],
              'detail-type': ['Object Created'],
              detail: {
                bucket: { name: [place.bucket] },
                object: { key: [{ wildcard: logFiles(place.keys) }] },
              },
            },
          })),
      ...(place?.created === true ? created(prefix, place, list(dataEvents)) : {}),
    },
  };
};

/** For `${file(infrastructure/learning.cjs)}`. */
module.exports = async ({ resolveVariable }) => {
  const [prefix, config] = await Promise.all([
    resolveVariable('self:custom.names.prefix'),
    resolveVariable('self:custom.config'),
  ]);
  return resourcesOf(prefix, config);
};
module.exports.resourcesOf = resourcesOf;
