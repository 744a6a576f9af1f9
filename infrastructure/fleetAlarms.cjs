'use strict';

/*
 * Alarms over all functions: one for a metric, in which each function is a contributor with a state of its own
 * (CloudWatch user guide, "Create a CloudWatch alarm based on a Metrics Insights query"). They start the playbook through
 * EventBridge (events.yml), function by function, and notify nobody by themselves. For functions that are listed there
 * are alarms with thresholds and bands of their own.
 *
 * AWS bills each metric that such an alarm looks at, every month: `npx tourniquet estimate` says what that comes to.
 */

/** Five minutes: shorter periods make one slow invocation an alarm. */
const PERIOD = 300;
/** A query returns so many functions at most, those first that it is ordered by (Metrics Insights quotas). */
const EACH = 'GROUP BY FunctionName ORDER BY';

/**
 * By name in the policy: what is asked of each function, and which threshold decides. `AVG(Errors)` is the share of
 * invocations that failed: Lambda sends one value of 0 or 1 for each ("Types of metrics for Lambda functions").
 */
const FLEET = {
  errors: {
    query: `SELECT AVG(Errors) FROM SCHEMA("AWS/Lambda", FunctionName) ${EACH} AVG() DESC`,
    threshold: ({ errorPercent }) => errorPercent / 100,
    of: 3,
    what: 'a larger share of the invocations fails than errorPercent',
  },
  duration: {
    query: `SELECT AVG(Duration) FROM SCHEMA("AWS/Lambda", FunctionName) ${EACH} AVG() DESC`,
    threshold: ({ durationMs }) => durationMs,
    of: 3,
    what: 'invocations take longer than durationMs on average',
  },
  throttles: {
    query: `SELECT SUM(Throttles) FROM SCHEMA("AWS/Lambda", FunctionName) ${EACH} SUM() DESC`,
    threshold: ({ throttles }) => throttles,
    of: 1,
    what: 'more invocations are throttled in 5 minutes than throttles',
  },
  invocations: {
    query: `SELECT SUM(Invocations) FROM SCHEMA("AWS/Lambda", FunctionName) ${EACH} SUM() DESC`,
    threshold: ({ invocations }) => invocations,
    of: 1,
    what: 'there are more invocations in 5 minutes than invocations',
  },
  concurrency: {
    query: `SELECT MAX(ConcurrentExecutions) FROM SCHEMA("AWS/Lambda", FunctionName) ${EACH} MAX() DESC`,
    threshold: ({ concurrency }) => concurrency,
    of: 1,
    what: 'more run at once than concurrency',
  },
  memory: {
    // Of the functions that have the layer of Lambda Insights: the runtime itself sends no such metric.
    query:
      'SELECT MAX(memory_utilization) FROM SCHEMA("LambdaInsights", function_name) GROUP BY function_name ORDER BY MAX() DESC',
    threshold: ({ memoryPercent }) => memoryPercent,
    of: 3,
    what: 'more of the memory is used than memoryPercent (Lambda Insights)',
  },
};

const alarm = (name, description, properties) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmName: name,
    AlarmDescription: description,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
    ...properties,
  },
});

const fleetAlarm = (prefix, name, thresholds) => {
  const { query, threshold, of, what } = FLEET[name];
  return alarm(`${prefix}-fleet-${name}`, `Of a function ${what} in policy.yml`, {
    EvaluationPeriods: of,
    DatapointsToAlarm: of,
    Threshold: threshold(thresholds),
    Metrics: [{ Id: 'each', Expression: query, Period: PERIOD, ReturnData: true }],
  });
};

const ofFunction = (name, metric, stat, id, ReturnData) => ({
  Id: id,
  ReturnData,
  MetricStat: {
    Metric: {
      Namespace: 'AWS/Lambda',
      MetricName: metric,
      Dimensions: [{ Name: 'FunctionName', Value: name }],
    },
    Period: PERIOD,
    Stat: stat,
  },
});

/** A band of CloudWatch's anomaly detection, which learns days and hours by itself; from above alone. */
const bandAlarm = (name, description, metric, stat, width, functionName) =>
  alarm(name, description, {
    ComparisonOperator: 'GreaterThanUpperThreshold',
    EvaluationPeriods: 3,
    DatapointsToAlarm: 3,
    ThresholdMetricId: 'band',
    Metrics: [
      ofFunction(functionName, metric, stat, 'actual', true),
      { Id: 'band', Expression: `ANOMALY_DETECTION_BAND(actual, ${width})`, ReturnData: true },
    ],
  });

/** So few invocations in five minutes that one failure among them would be a rate. */
const FEW = 20;

/** The alarms of one function, by the end of their resources' names. */
const ownAlarms = (prefix, { function: name, errorPercent, band }) => {
  const named = (metric) => `${prefix}-fleet-${name}-${metric}`;
  return {
    Errors: alarm(named('errors'), `More than ${errorPercent} % of the invocations of ${name} fail`, {
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
      Threshold: errorPercent,
      Metrics: [
        {
          Id: 'rate',
          Expression: `IF(invocations > ${FEW}, 100 * errors / invocations, 0)`,
          ReturnData: true,
        },
        ofFunction(name, 'Errors', 'Sum', 'errors', false),
        ofFunction(name, 'Invocations', 'Sum', 'invocations', false),
      ],
    }),
    Duration: bandAlarm(
      named('duration'),
      `Invocations of ${name} take longer than is usual for the hour`,
      'Duration',
      'p95',
      band,
      name,
    ),
    Invocations: bandAlarm(
      named('invocations'),
      `${name} is invoked more often than is usual for the hour`,
      'Invocations',
      'Sum',
      band,
      name,
    ),
  };
};

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

const fleetAlarmsOf = (prefix, { fleetAlarms, thresholds, watched }) => {
  const Resources = {};
  for (const name of fleetAlarms)
    Resources[`Fleet${capital(name)}Alarm`] = fleetAlarm(prefix, name, thresholds);
  for (const [index, entry] of watched.entries())
    for (const [metric, resource] of Object.entries(ownAlarms(prefix, entry)))
      Resources[`Watched${index + 1}${metric}Alarm`] = resource;
  return { Resources };
};

/** For `${file(infrastructure/fleetAlarms.cjs)}`. */
module.exports = async ({ resolveVariable }) => {
  const [prefix, config] = await Promise.all([
    resolveVariable('self:custom.names.prefix'),
    resolveVariable('self:custom.config'),
  ]);
  return fleetAlarmsOf(prefix, config);
};
module.exports.FLEET_ALARMS = Object.keys(FLEET);
module.exports.fleetAlarmsOf = fleetAlarmsOf;
