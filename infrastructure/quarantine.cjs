'use strict';

/*
 * What containment attaches to a suspect's role. The template owns it, so that the responder needs no permission to
 * write policies, only to attach this one (docs/threat-model.md).
 */

/** What Lambda writes with the function's own role about the function: denying it would lose the last evidence. */
const LOGS_AND_TRACES = [
  'logs:CreateLogStream',
  'logs:PutLogEvents',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];

const quarantineDocument = (prefix, denyLogs) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'TourniquetQuarantine',
      Effect: 'Deny',
      // Asynchronous events are kept: Lambda puts them into the quarantine queue with the function's own role. The queue
      // must be encrypted by SQS itself, since with a key of KMS the role would have to use the key.
      NotAction: [...(denyLogs ? [] : LOGS_AND_TRACES), 'sqs:SendMessage'],
      Resource: '*',
    },
    {
      Sid: 'TourniquetHeldQueuesOnly',
      Effect: 'Deny',
      Action: ['sqs:SendMessage'],
      NotResource: {
        'Fn::Sub': `arn:\${AWS::Partition}:sqs:\${AWS::Region}:\${AWS::AccountId}:${prefix}-held-*`,
      },
    },
    {
      // The one thing that it allows. Lambda refuses a destination that the role itself may not send to, and the
      // events would be lost; each of these queues refuses everybody but the role of its own suspect.
      Sid: 'TourniquetHeldEvents',
      Effect: 'Allow',
      Action: ['sqs:SendMessage'],
      Resource: {
        'Fn::Sub': `arn:\${AWS::Partition}:sqs:\${AWS::Region}:\${AWS::AccountId}:${prefix}-held-*`,
      },
    },
    ...(denyLogs
      ? []
      : [
          {
            // A policy of all suspects cannot name the log group of one. But Lambda puts this key into the calls that the
            // function's code makes and into those that it makes itself to write the function's logs and traces. Whoever
            // carried the credentials away calls without it, and can forge no line. What is left open: code that still
            // runs may write to every log group that its role may write to.
            // https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
            Sid: 'TourniquetLogsFromLambdaOnly',
            Effect: 'Deny',
            Action: LOGS_AND_TRACES,
            Resource: '*',
            Condition: { Null: { 'lambda:SourceFunctionArn': 'true' } },
          },
        ]),
  ],
});

/** For `${file(infrastructure/quarantine.cjs)}`. */
module.exports = async ({ resolveVariable }) => {
  const [ManagedPolicyName, prefix, config] = await Promise.all([
    resolveVariable('self:custom.names.denyPolicy'),
    resolveVariable('self:custom.names.prefix'),
    resolveVariable('self:custom.config'),
  ]);
  return {
    Resources: {
      QuarantinePolicy: {
        Type: 'AWS::IAM::ManagedPolicy',
        Properties: {
          ManagedPolicyName,
          Description: 'Attached by Tourniquet to the role of a contained function; taken off at its release',
          PolicyDocument: quarantineDocument(prefix, config.denyLogs === 'true'),
        },
      },
    },
  };
};
module.exports.quarantineDocument = quarantineDocument;
