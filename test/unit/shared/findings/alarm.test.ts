import { parseEvent } from '../../../../shared/findings/parseEvent';
import { FUNCTION_ARN } from '../../../fixtures/guardDuty';
import { alarm, alarmEvent, contributor, contributorEvent } from '../../../fixtures/managedFindings';
import { findingIn, reasonIn } from '../../../fixtures/parsed';

const NOW = new Date('2026-11-20T10:06:00.000Z');
const parse = (detail: unknown) => parseEvent(alarmEvent(detail), NOW);
const metric = (dimensions: unknown) => ({ metricStat: { metric: { dimensions } } });

describe('an alarm of ours that goes off', () => {
  it('is a finding about the function of its metric, and no more than a question', () => {
    expect(findingIn(parse(alarm()))).toMatchObject({
      id: 'alarm:tourniquet-test-fleet-errors-order-worker',
      source: 'alarm',
      rule: 'MetricAlarm',
      suspect: { arn: FUNCTION_ARN },
      severity: 5,
      firstSeen: '2026-11-20T10:01:00.000Z',
      bound: { most: 'ask' },
    });
  });

  it('is a finding about the one function of an alarm over many', () => {
    expect(findingIn(parseEvent(contributorEvent(contributor()), NOW))).toMatchObject({
      suspect: { arn: FUNCTION_ARN },
      bound: { most: 'ask' },
    });
  });

  it('names every function of its metrics where there are several', () => {
    const metrics = [
      metric({ FunctionName: 'a' }),
      metric({ FunctionName: 'b' }),
      metric({ FunctionName: 'a' }),
    ];
    const { suspect, named } = findingIn(parse(alarm({ configuration: { metrics } })));

    expect(suspect).toBeNull();
    expect(named?.functions.map(({ functionName }) => functionName)).toEqual(['a', 'b']);
  });

  it('has one id however often it goes off: what is later is news of the same', () => {
    const again = alarm({ state: { value: 'ALARM', timestamp: '2026-11-20T11:00:00.000+0000' } });

    expect(findingIn(parse(again)).id).toBe(findingIn(parse(alarm())).id);
    expect(findingIn(parse(again)).lastSeen).toBe('2026-11-20T11:00:00.000Z');
  });

  it("has its function in the alarm's own partition, region and account", () => {
    const event = {
      ...alarmEvent(alarm()),
      region: 'us-gov-west-1',
      resources: ['arn:aws-us-gov:cloudwatch:us-gov-west-1:123456789012:alarm:x'],
    };

    expect(findingIn(parseEvent(event, NOW)).suspect?.arn).toBe(
      'arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:order-worker',
    );
  });
});

describe('what is no alarm going off', () => {
  it.each<[string, unknown, RegExp]>([
    ['it ended', alarm({ state: { value: 'OK' } }), /did not go off/],
    ['it had no data', alarm({ state: { value: 'INSUFFICIENT_DATA' } }), /did not go off/],
    ['only its suppression changed', alarm({ previousState: { value: 'ALARM' } }), /did not go off/],
    ["it is somebody else's", alarm({ alarmName: 'ServerCpuTooHigh' }), /none of ours/],
    ['it only looks like ours', alarm({ alarmName: 'x-tourniquet-test-fleet' }), /none of ours/],
    [
      'it is over many functions',
      { ...contributor(), alarmContributor: undefined },
      /names no Lambda function/,
    ],
    ['its metric has no function', alarm({ configuration: { metrics: [metric({})] } }), /names no Lambda/],
    [
      'its function has no name that is one',
      alarm({ configuration: { metrics: [metric({ FunctionName: '../<x>' })] } }),
      /names no Lambda/,
    ],
  ])('is nothing to act on: %s', (_what, detail, reason) => {
    expect(parse(detail)).toMatchObject({ kind: 'nothing', reason: expect.stringMatching(reason) });
  });

  it.each([null, 'text', [], {}, { alarmName: 7 }, { alarmName: 'tourniquet-x', state: 'ALARM' }])(
    'is told where it cannot be read: %j',
    (detail) => {
      expect(parse(detail).kind).toBe('unparseable');
      expect(reasonIn(parse(detail))).toMatch(/detail\.(alarmName|state\.value) is missing/);
    },
  );
});
