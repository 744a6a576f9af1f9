'use strict';

/*
 * Alarms on our own failures: whatever the responder cannot do itself, a human must hear of. To the alert topic.
 */

const alarm = (prefix, name, description, metric) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmName: `${prefix}-${name}`,
    AlarmDescription: description,
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'notBreaching',
    AlarmActions: [{ Ref: 'AlertTopic' }],
    ...metric,
  },
});

const EXECUTION_ENDS = {
  ExecutionsFailed: 'failed',
  ExecutionsTimedOut: 'timed out',
  ExecutionsAborted: 'was stopped by hand',
};

const DEAD_LETTERS = {
  GuardDutyDeadLetters: 'a GuardDuty finding could not start the playbook',
  SecurityHubDeadLetters: 'a finding of Security Hub could not start the playbook',
  FleetAlarmDeadLetters: 'an alarm about a function could not start the playbook',
  EvidenceGuardDeadLetters: 'somebody changed what keeps the evidence, and nobody could be told',
  FindingDeadLetters: 'a finding of our own could not start the playbook',
  ModeTagDeadLetters: 'a change of a mode tag could not start the playbook',
  InlineDenyDeadLetters: 'a policy was written by the wrong one, and nobody could be told',
  DetectDeadLetters: 'a recorded call could not be looked at',
  LearnDeadLetters: 'what a function does was not learned: a log file of the trail, or an hour of metrics',
  FleetDeadLetters: 'functions were not enrolled, or not compared with their approved states',
  DrillDeadLetters: 'a drill could not be started',
  DriftDeadLetters: 'a change to a contained function could not be looked at',
  DeadOwnerDeadLetters: 'a dead execution could not be taken over',
};

/** So many in five minutes are no typing error. */
const MANY_REFUSALS = 20;

/** Requests to the Slack endpoint that were refused: counted from its log, and an alarm on many of them. */
const refusalsOf = (prefix) => ({
  RefusedRequests: {
    Type: 'AWS::Logs::MetricFilter',
    DependsOn: ['SlackInteractionsLogGroup'],
    Properties: {
      LogGroupName: `/aws/lambda/${prefix}-slackInteractions`,
      FilterPattern: '{ $.message = "refused a request to the Slack endpoint" }',
      MetricTransformations: [
        { MetricNamespace: prefix, MetricName: 'RefusedRequests', MetricValue: '1', DefaultValue: 0 },
      ],
    },
  },
  RefusedRequestsAlarm: alarm(
    prefix,
    'refused-requests',
    'Somebody sends requests to the Slack endpoint that Slack did not sign, or sends them again',
    { Namespace: prefix, MetricName: 'RefusedRequests', Period: 300, Threshold: MANY_REFUSALS },
  ),
});

const alarmsOf = (prefix, functions) => {
  const Resources = {};
  for (const [metric, what] of Object.entries(EXECUTION_ENDS)) {
    Resources[`${metric}Alarm`] = alarm(
      prefix,
      metric,
      `An execution of the playbook ${what}: an incident may be without an owner`,
      {
        Namespace: 'AWS/States',
        MetricName: metric,
        Dimensions: [{ Name: 'StateMachineArn', Value: { Ref: 'StateMachine' } }],
      },
    );
  }
  for (const [queue, what] of Object.entries(DEAD_LETTERS)) {
    Resources[`${queue}Alarm`] = alarm(prefix, queue, `Dead letter: ${what}. The event is in the queue`, {
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Statistic: 'Maximum',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [queue, 'QueueName'] } }],
    });
  }
  Object.assign(Resources, refusalsOf(prefix));
  for (const name of functions) {
    Resources[`${name}ErrorsAlarm`] = alarm(
      prefix,
      `${name}-errors`,
      `The step ${name} failed: see its log`,
      {
        Namespace: 'AWS/Lambda',
        MetricName: 'Errors',
        Dimensions: [{ Name: 'FunctionName', Value: `${prefix}-${name}` }],
      },
    );
  }
  return { Resources };
};

/** For `${file(infrastructure/alarms.cjs)}`. */
module.exports = async ({ resolveVariable }) => {
  const [prefix, functions] = await Promise.all([
    resolveVariable('self:custom.names.prefix'),
    resolveVariable('self:functions'),
  ]);
  return alarmsOf(prefix, Object.keys(functions));
};
