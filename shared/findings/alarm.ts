import { at, list, text, type Value } from '../detection/fields';
import { nothing, type ParsedFinding, unparseable } from './finding';
import { isoOr } from './isoTime';
import { aboutOf, namedIn, namesNothing } from './named';
import { oneLine } from './oneLine';
import { SERVICE_SOURCE } from './serviceFinding';

/*
 * CloudWatch alarms that we created for functions: `CloudWatch Alarm State Change`, and `CloudWatch Alarm Contributor
 * State Change` for one function of an alarm over many (CloudWatch user guide, "Alarm events and EventBridge").
 */

/** Medium in GuardDuty's scale: an alarm says that a number is unusual, and no more. */
const SEVERITY = 5;

/** Of whom an event is: an alarm's dimension has a name, and no ARN. */
export type Sent = {
  readonly accountId: string | null;
  readonly region: string | null;
  /** The alarm's ARN, which has the partition. */
  readonly resource: string | null;
};

const functionNames = (detail: Value): readonly (string | null)[] => [
  text(detail, 'alarmContributor.attributes.FunctionName'),
  ...list(at(detail, 'configuration.metrics')).map((metric) =>
    text(metric, 'metricStat.metric.dimensions.FunctionName'),
  ),
];

/** Parses the `detail` of either event. `receivedAt` stands in for a time that it does not give. */
export const parseAlarm = (detail: Value, receivedAt: string, sent: Sent): ParsedFinding => {
  const name = text(detail, 'alarmName');
  const state = text(detail, 'state.value');
  if (name === null || state === null)
    return unparseable(
      `the alarm's event cannot be read: detail.${name === null ? 'alarmName' : 'state.value'} is missing`,
    );
  if (!name.startsWith(`${SERVICE_SOURCE}-`)) return nothing('the alarm is none of ours');
  // A change of what suppresses an alarm is an event too.
  if (state !== 'ALARM' || text(detail, 'previousState.value') === 'ALARM')
    return nothing('the alarm did not go off: it ended, had no data, or was in alarm before');
  const partition = /^arn:(aws[a-z-]*):/.exec(sent.resource ?? '')?.[1] ?? 'aws';
  const prefix = `arn:${partition}:lambda:${sent.region ?? ''}:${sent.accountId ?? ''}:function:`;
  const named = namedIn(
    functionNames(detail).map((functionName) => (functionName === null ? null : prefix + functionName)),
    [],
  );
  // An alarm over many functions names none; its contributors' events do.
  if (namesNothing(named)) return nothing('the alarm names no Lambda function');
  const wentOff = isoOr(text(detail, 'state.timestamp'), receivedAt);
  const said = oneLine(name, 256);
  return {
    kind: 'finding',
    finding: {
      // One witness for an alarm however often it goes off: a later time makes it news.
      id: `alarm:${said}`,
      source: 'alarm',
      rule: 'MetricAlarm',
      title: `The alarm ${said} went off`,
      description: oneLine(text(detail, 'state.reason'), 1024),
      severity: SEVERITY,
      ...aboutOf(named),
      firstSeen: wentOff,
      lastSeen: wentOff,
      count: 1,
      sample: false,
      archived: false,
      bound: { most: 'ask', because: 'at most ask: a metric moves with whoever calls the function' },
    },
  };
};
