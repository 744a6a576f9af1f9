import { parseEvent } from '../../../shared/findings/parseEvent';

type Alarm = { readonly Type: string; readonly Properties: Readonly<Record<string, unknown>> };
type Config = {
  readonly fleetAlarms: readonly string[];
  readonly thresholds: Readonly<Record<string, number>>;
  readonly watched: readonly object[];
};
const { fleetAlarmsOf, FLEET_ALARMS } = require('../../../infrastructure/fleetAlarms.cjs') as {
  fleetAlarmsOf: (prefix: string, config: Config) => { Resources: Readonly<Record<string, Alarm>> };
  FLEET_ALARMS: readonly string[];
};
const { loadPolicy } = require('../../../infrastructure/policyFile.cjs') as {
  loadPolicy: (file: string) => { policy: Config };
};

const { policy } = loadPolicy('policy.yml');
const { Resources } = fleetAlarmsOf('tourniquet-prod', {
  ...policy,
  fleetAlarms: FLEET_ALARMS,
  watched: [{ function: 'payments-api', errorPercent: 1, band: 3 }],
});
const alarms = Object.values(Resources).map(({ Properties }) => Properties);
const nameOf = ({ AlarmName }: Alarm['Properties']) => String(AlarmName);

describe('the alarms over the fleet', () => {
  it('are none by default: AWS bills each metric that they look at', () => {
    expect(fleetAlarmsOf('tourniquet-prod', policy).Resources).toEqual({});
  });

  it.each(alarms.map((alarm) => [nameOf(alarm), alarm] as const))(
    '%s reaches the playbook, and nobody else',
    (name, alarm) => {
      // The rule of EventBridge that starts the playbook (infrastructure/events.yml) matches this beginning.
      expect(name).toMatch(/^tourniquet-prod-fleet-/);
      expect(name.length).toBeLessThanOrEqual(255);
      expect(alarm.AlarmActions).toBeUndefined();
      expect(alarm.TreatMissingData).toBe('notBreaching');
    },
  );

  it.each(
    alarms.flatMap((alarm) =>
      ((alarm.Metrics as { Expression?: string }[] | undefined) ?? []).flatMap(({ Expression = '' }) =>
        Expression.startsWith('SELECT') ? [[nameOf(alarm), Expression] as const] : [],
      ),
    ),
  )('%s asks for each function, the worst first: a query gives 500 at most', (_name, query) => {
    expect(query).toMatch(
      /^SELECT (AVG|SUM|MAX)\((\w+)\) FROM SCHEMA\("[\w/]+", (\w+)\) GROUP BY \3 ORDER BY \1\(\) DESC$/,
    );
    expect(query.length).toBeLessThanOrEqual(2048);
  });

  it('compare with what the policy says, an error rate as a share', () => {
    const of = (name: string) =>
      alarms.find((alarm) => nameOf(alarm) === `tourniquet-prod-fleet-${name}`)?.Threshold;

    expect([of('errors'), of('duration'), of('memory'), of('payments-api-errors')]).toEqual([
      0.05, 3000, 90, 1,
    ]);
  });

  it.each(['FunctionName', 'function_name'])(
    'and one function of theirs, by its %s, is a finding that people are asked about at most (invariant 11)',
    (key) => {
      const event = (functionName: string) => ({
        id: '1',
        account: '111122223333',
        region: 'eu-west-1',
        source: 'aws.cloudwatch',
        'detail-type': 'CloudWatch Alarm Contributor State Change',
        resources: ['arn:aws:cloudwatch:eu-west-1:111122223333:alarm:tourniquet-prod-fleet-errors'],
        detail: {
          alarmName: 'tourniquet-prod-fleet-errors',
          alarmContributor: { id: 'c', attributes: { [key]: functionName } },
          state: { value: 'ALARM', reason: 'over', timestamp: '2026-11-20T10:00:00.000+0000' },
          previousState: { value: 'OK' },
        },
      });

      expect(parseEvent(event('payments-api'), new Date())).toMatchObject({
        kind: 'finding',
        finding: {
          suspect: { arn: 'arn:aws:lambda:eu-west-1:111122223333:function:payments-api' },
          bound: { most: 'ask' },
        },
      });
      // Ours have alarms of their own, and are never contained.
      expect(parseEvent(event('tourniquet-prod-assess'), new Date())).toMatchObject({ kind: 'nothing' });
    },
  );
});
