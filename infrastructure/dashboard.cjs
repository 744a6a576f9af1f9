'use strict';

/*
 * One dashboard: the fleet as it is, and the responder itself. Costs what a dashboard costs (3 dollars a month beyond the
 * three that are free): `npx tourniquet estimate` counts it.
 */

const WIDTH = 24;

const fleet = (title, query, label = '') => ({
  type: 'metric',
  properties: {
    title,
    view: 'timeSeries',
    region: { Ref: 'AWS::Region' },
    period: 300,
    metrics: [[{ expression: query, label, id: 'each' }]],
  },
});

const top = (metric, stat) =>
  `SELECT ${stat}(${metric}) FROM SCHEMA("AWS/Lambda", FunctionName) GROUP BY FunctionName ORDER BY ${stat}() DESC LIMIT 10`;

const graph = (title, metrics, more = {}) => ({
  type: 'metric',
  properties: {
    title,
    view: 'timeSeries',
    region: { Ref: 'AWS::Region' },
    stat: 'Sum',
    period: 300,
    metrics,
    ...more,
  },
});

const text = (markdown) => ({ type: 'text', properties: { markdown } });

/** Rows of widgets of one height, each of an equal share of the width. */
const laidOut = (rows) => {
  let y = 0;
  return rows.flatMap(({ height, widgets }) => {
    const width = WIDTH / widgets.length;
    const row = widgets.map((widget, index) => ({ ...widget, x: index * width, y, width, height }));
    y += height;
    return row;
  });
};

const dashboardOf = (prefix, functions, queues, alarms) => {
  const machine = { Ref: 'StateMachine' };
  const rows = [
    {
      height: 2,
      widgets: [
        text('# Functions\nThe ten that stand out, of all in the Region. Click a line for its name.'),
      ],
    },
    {
      height: 6,
      widgets: [
        fleet('Share of invocations that fail', top('Errors', 'AVG')),
        fleet('Throttled', top('Throttles', 'SUM')),
        fleet('Duration, average (ms)', top('Duration', 'AVG')),
      ],
    },
    {
      height: 6,
      widgets: [
        fleet('Invocations', top('Invocations', 'SUM')),
        fleet('At once', top('ConcurrentExecutions', 'MAX')),
        graph('At once, of the account', [['AWS/Lambda', 'ConcurrentExecutions']], { stat: 'Maximum' }),
      ],
    },
    { height: 2, widgets: [text('# Tourniquet\nWhat it did, and whether it is well itself.')] },
    {
      height: 6,
      widgets: [
        graph('Executions of the playbook', [
          ['AWS/States', 'ExecutionsStarted', 'StateMachineArn', machine],
          ['.', 'ExecutionsFailed', '.', '.'],
          ['.', 'ExecutionsTimedOut', '.', '.'],
          ['.', 'ExecutionsAborted', '.', '.'],
        ]),
        graph(
          'Errors of its functions',
          functions.map((name) => ['AWS/Lambda', 'Errors', 'FunctionName', `${prefix}-${name}`]),
        ),
        graph(
          'Events that nobody has looked at (dead letters)',
          queues.map((queue) => [
            'AWS/SQS',
            'ApproximateNumberOfMessagesVisible',
            'QueueName',
            { 'Fn::GetAtt': [queue, 'QueueName'] },
          ]),
          { stat: 'Maximum' },
        ),
      ],
    },
    {
      height: 6,
      widgets: [
        graph(
          'From finding to containment (ms)',
          ['assess', 'contain'].map((name) => [
            'AWS/Lambda',
            'Duration',
            'FunctionName',
            `${prefix}-${name}`,
          ]),
          { stat: 'p95' },
        ),
        graph('Recorded calls looked at', [
          ['AWS/Lambda', 'Invocations', 'FunctionName', `${prefix}-detect`],
        ]),
        {
          type: 'alarm',
          properties: {
            title: 'Its alarms',
            alarms: alarms.map((name) => ({ 'Fn::GetAtt': [name, 'Arn'] })),
          },
        },
      ],
    },
  ];
  return laidOut(rows);
};

/** The body with its references, as CloudFormation puts it together: a dashboard takes a text. */
const bodyOf = (widgets) => {
  const values = {};
  const body = JSON.stringify({ widgets }, (_key, value) => {
    const isReference =
      value !== null &&
      typeof value === 'object' &&
      (typeof value.Ref === 'string' || Array.isArray(value['Fn::GetAtt']));
    if (!isReference) return value;
    const name = `v${Object.keys(values).length}`;
    values[name] = value;
    return `\${${name}}`;
  });
  return { 'Fn::Sub': [body, values] };
};

/** For `${file(infrastructure/dashboard.cjs)}`. */
module.exports = async ({ resolveVariable }) => {
  const [prefix, functions, alarms] = await Promise.all([
    resolveVariable('self:custom.names.prefix'),
    resolveVariable('self:functions'),
    resolveVariable('file(infrastructure/alarms.cjs)'),
  ]);
  const names = Object.keys(alarms.Resources).filter((name) => name.endsWith('Alarm'));
  const queues = names
    .filter((name) => name.endsWith('DeadLettersAlarm'))
    .map((name) => name.replace(/Alarm$/, ''));
  return {
    Resources: {
      Dashboard: {
        Type: 'AWS::CloudWatch::Dashboard',
        Properties: {
          DashboardName: prefix,
          DashboardBody: bodyOf(dashboardOf(prefix, Object.keys(functions), queues, names)),
        },
      },
    },
  };
};
