import { PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import type { LocalClients } from '../../../local/clients';
import { until } from '../../../local/until';
import { alarmSince } from '../../../shared/recovery/alarms';
import { type Stage, startStage } from '../containment/stage';

describe("the alarms that a step of a release is judged by, under the deployment's role", () => {
  let stage: Stage;
  let release: LocalClients;
  beforeAll(async () => {
    stage = await startStage('alarms');
    release = await stage.as('release');
  }, 60_000);
  afterAll(() => stage.stop());

  const alarmOf = async (functionName: string, MetricName: string): Promise<string> => {
    const AlarmName = `${MetricName}-of-${functionName}`;
    await stage.clients.metrics.send(
      new PutMetricAlarmCommand({
        AlarmName,
        Namespace: 'AWS/Lambda',
        MetricName,
        Dimensions: [{ Name: 'FunctionName', Value: functionName }],
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanThreshold',
      }),
    );
    return AlarmName;
  };
  const set = async (AlarmName: string, ...states: readonly ('ALARM' | 'OK')[]): Promise<void> => {
    for (const StateValue of states)
      await stage.clients.metrics.send(
        new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: 'a test' }),
      );
  };
  const since = (name: string, from: Date) => alarmSince(name, from.toISOString(), release.metrics);
  /** Times of alarms are compared in whole seconds. */
  const nextSecond = async (): Promise<Date> => {
    const now = Math.floor(Date.now() / 1000);
    await until('the next second', 5, async () => Math.floor(Date.now() / 1000) > now);
    return new Date();
  };

  it('see one that is on, and one that went off and is over', async () => {
    const from = new Date();
    const on = await alarmOf('still-on', 'Errors');
    await set(on, 'OK', 'ALARM');
    expect(await since('still-on', from)).toBe('the alarm Errors-of-still-on (Errors) went off');
    const over = await alarmOf('over', 'Duration');
    await set(over, 'OK', 'ALARM', 'OK');
    expect(await since('over', from)).toBe('the alarm Duration-of-over (Duration) went off');
  });

  it('see none that was over before the step began, that only became quiet in it, or that nothing set off', async () => {
    const before = await alarmOf('before', 'Errors');
    await set(before, 'ALARM', 'OK');
    const calmed = await alarmOf('calmed', 'Errors');
    await set(calmed, 'ALARM');
    const quiet = await alarmOf('quiet', 'Errors');
    const from = await nextSecond();
    await set(calmed, 'OK');
    await set(quiet, 'OK');
    expect([await since('before', from), await since('calmed', from), await since('quiet', from)]).toEqual([
      null,
      null,
      null,
    ]);
  });

  it('see none of throttles, which the step itself makes, and none of another function', async () => {
    const from = new Date();
    await set(await alarmOf('throttled', 'Throttles'), 'OK', 'ALARM');
    await set(await alarmOf('another', 'Errors'), 'OK', 'ALARM');
    expect([await since('throttled', from), await since('nobody', from)]).toEqual([null, null]);
  });
});
