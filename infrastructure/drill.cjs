'use strict';

/*
 * The drill on a schedule: a throw-away function is contained and released by the real path, and what does not hold
 * raises the alarm on this function's errors. Opt-in: it may make and delete functions of its own name.
 */

const { deadLetters, target } = require('./deadLetters.cjs');

const arnOf = (resource) => ({ 'Fn::GetAtt': [resource, 'Arn'] });

/** What the functions of drills are called; shared/drill/drill.ts makes them. */
const DRILLED = 'drill-of-tourniquet-';

/** Who decides about a drill: whoever decides about anything, and the drill itself. Nothing else is of such a name. */
const approvalOf = (approvers, drillRoleArn) => ({
  functions: `${DRILLED}*`,
  tag: null,
  severity: 0,
  approvers: [
    ...approvers
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ''),
    drillRoleArn,
  ],
  people: 1,
  notTriggeredAlone: false,
  notDeployerAlone: false,
});

const subjectRoleOf = (prefix, region) => `${DRILLED}${prefix}-${region}`.slice(0, 64);

/** For `${file(infrastructure/drill.cjs)}`. */
module.exports = async ({ resolveVariable }) => {
  const [prefix, region, { drillSchedule }] = await Promise.all([
    resolveVariable('self:custom.names.prefix'),
    resolveVariable('aws:region'),
    resolveVariable('self:custom.config'),
  ]);
  return {
    Resources: {
      // What the throw-away function runs under: it may do nothing.
      DrillSubjectRole: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: subjectRoleOf(prefix, region),
          Description: 'The role of functions that drills of Tourniquet contain. It may do nothing.',
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
            ],
          },
        },
      },
      DrillRule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          Name: `${prefix}-drill`,
          Description: 'Contains and releases a throw-away function',
          ScheduleExpression: drillSchedule === '' ? 'rate(7 days)' : drillSchedule,
          State: drillSchedule === '' ? 'DISABLED' : 'ENABLED',
          Targets: [target('drill', 'DrillLambdaFunction', 'DrillDeadLetters')],
        },
      },
      DrillPermission: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          FunctionName: arnOf('DrillLambdaFunction'),
          Action: 'lambda:InvokeFunction',
          Principal: 'events.amazonaws.com',
          SourceArn: arnOf('DrillRule'),
        },
      },
      // One that fails is told, and not tried again by itself: each try makes a function and an incident.
      DrillInvokeConfig: {
        Type: 'AWS::Lambda::EventInvokeConfig',
        Properties: {
          FunctionName: { Ref: 'DrillLambdaFunction' },
          Qualifier: '$LATEST',
          MaximumRetryAttempts: 0,
        },
      },
      ...deadLetters(prefix, 'DrillDeadLetters', 'drill', ['DrillRule']),
    },
  };
};
module.exports.approvalOf = approvalOf;
module.exports.subjectRoleOf = subjectRoleOf;
module.exports.DRILLED = DRILLED;
