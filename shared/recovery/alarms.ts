import {
  type CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsForMetricCommand,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import * as z from 'zod/mini';

/** Throttles are no sign: a step of a release is what throttles. */
const JUDGED = ['Errors', 'Duration'] as const;

/** What of a state update's `HistoryData` is read (CloudWatch API reference, AlarmHistoryItem: JSON in a string). */
const historyData = z.object({ newState: z.object({ stateValue: z.string() }) });

/**
 * An alarm on one of the function's own metrics that went off at the given time (ISO 8601) or after it, in words; or null.
 * One that is off again counts as well: by then the step may have been on for long.
 */
export const alarmSince = async (
  functionName: string,
  from: string,
  metrics: CloudWatchClient,
): Promise<string | null> => {
  // An alarm's time may come in whole seconds: the second in which the step began counts.
  const since = new Date(Math.floor(Date.parse(from) / 1000) * 1000);
  for (const MetricName of JUDGED) {
    const { MetricAlarms = [] } = await metrics.send(
      new DescribeAlarmsForMetricCommand({
        Namespace: 'AWS/Lambda',
        MetricName,
        Dimensions: [{ Name: 'FunctionName', Value: functionName }],
      }),
    );
    // The local AWS gives those of all functions.
    const its = MetricAlarms.filter(({ Dimensions = [] }) =>
      Dimensions.some(({ Name, Value }) => Name === 'FunctionName' && Value === functionName),
    );
    for (const alarm of its) {
      const { AlarmName = '', StateValue } = alarm;
      if ((alarm.StateUpdatedTimestamp?.getTime() ?? 0) < since.getTime()) continue;
      if (StateValue === 'ALARM' || (await wentOff(alarm, since, metrics)))
        return `the alarm ${AlarmName} (${MetricName}) went off`;
    }
  }
  return null;
};

/** Whether it was in ALARM in between. Its latest hundred changes are enough for the hours that a step lasts. */
const wentOff = async (
  { AlarmName }: MetricAlarm,
  StartDate: Date,
  metrics: CloudWatchClient,
): Promise<boolean> => {
  const { AlarmHistoryItems = [] } = await metrics.send(
    new DescribeAlarmHistoryCommand({
      AlarmName,
      HistoryItemType: 'StateUpdate',
      StartDate,
      MaxRecords: 100,
    }),
  );
  return AlarmHistoryItems.some(({ HistoryData = '' }) => isRaised(HistoryData));
};

const isRaised = (data: string): boolean => {
  try {
    return historyData.parse(JSON.parse(data)).newState.stateValue === 'ALARM';
  } catch {
    // Of an alarm that is not on now, a change that cannot be read is no sign.
    return false;
  }
};
