import { randomBytes } from 'node:crypto';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { until } from '../../local/until';
import type { Incident } from '../../shared/incident/incident';
import { getIncident, listIncidents } from '../../shared/incident/store';
import {
  alarm,
  asff,
  asffFunction,
  guardDutyAsAsff,
  guardDutyAsOcsf,
  hubEvent,
  hubV2Event,
  ocsf,
  ofSession,
} from '../fixtures/managedFindings';
import { enter, incidentOf, type Made, makeFunction, report, reservedOf, said, type World } from './world';

const OWN = '000000000000';
const fresh = (): string => randomBytes(16).toString('hex');
const now = (): string => new Date().toISOString();

describe('what AWS finds beside a function', () => {
  let world: World;
  beforeAll(async () => {
    world = await enter();
  });

  const put = async (Source: string, DetailType: string, detail: unknown): Promise<void> => {
    const { FailedEntryCount } = await world.instance.clients.events.send(
      new PutEventsCommand({ Entries: [{ Source, DetailType, Detail: JSON.stringify(detail) }] }),
    );
    expect(FailedEntryCount ?? 0).toBe(0);
  };

  /** GuardDuty's finding about a session of a function's role; gives its id. */
  const stolen = async ({ roleName, name }: Made, session = name): Promise<string> => {
    const id = fresh();
    const key = { userName: roleName, principalId: `AROAEXAMPLE:${session}` };
    await put('aws.guardduty', 'GuardDuty Finding', { ...ofSession(key), id, accountId: OWN });
    return id;
  };

  /** The incident that a finding led to. */
  const withWitness = (id: string): Promise<Incident> =>
    until(`an incident with the finding ${id}`, 60, async () => {
      return (await listIncidents(world.records)).find(({ witnesses }) => id in witnesses) ?? null;
    });

  it("contains the function that a role's session is named after", async () => {
    const victim = await makeFunction(world, { mode: 'respond' });
    const id = await stolen(victim);
    const incident = await incidentOf(world, victim, 'contained');
    expect(incident.witnesses[id]).toMatchObject({ source: 'guardduty', routes: ['guardduty'] });
    expect(await reservedOf(world, victim)).toBe(0);
  });

  it('contains the one function that has the role, whatever the session is called', async () => {
    const victim = await makeFunction(world, { mode: 'respond' });
    await stolen(victim, 'by-hand');
    await incidentOf(world, victim, 'contained');
  });

  it('contains none of several functions that share the role: it tells which they are', async () => {
    const one = await makeFunction(world, { mode: 'respond' });
    const two = await makeFunction(world, { mode: 'respond', shareWith: one });
    const incident = await withWitness(await stolen(one, 'by-hand'));
    expect(incident).toMatchObject({ status: 'observed', functionArn: null, roleArn: one.role });
    expect(incident.siblings?.toSorted()).toEqual([one.name, two.name].toSorted());
    await said(world, incident.id, two.name);
    expect([await reservedOf(world, one), await reservedOf(world, two)]).toEqual([null, null]);
  });

  it("keeps and does not tell what is no function's", async () => {
    const id = await stolen({ arn: '', name: 'x', role: '', roleName: `nobodys-${fresh()}` });
    expect(await withWitness(id)).toMatchObject({ status: 'ignored', functionArn: null });
  });

  it('asks about a failed control and about a vulnerability, in whatever mode', async () => {
    const [one, two] = [
      await makeFunction(world, { mode: 'respond' }),
      await makeFunction(world, { mode: 'respond' }),
    ];
    await put('aws.securityhub', 'Security Hub Findings - Imported', {
      findings: [asff({ Id: fresh(), Resources: [asffFunction(one.arn)] })],
    });
    const resources = [{ type: 'AWS::Lambda::Function', uid: two.arn }];
    const finding_info = { ...ocsf().finding_info, uid: fresh() };
    await put('aws.securityhub', 'Findings Imported V2', { findings: [ocsf({ resources, finding_info })] });
    for (const victim of [one, two]) {
      const { because } = await incidentOf(world, victim, 'asking');
      expect(because.join()).toContain('at most ask: posture, a vulnerability');
      expect(await reservedOf(world, victim)).toBeNull();
    }
  });

  it('tells of a failed control without a receipt, where the mode is to observe', async () => {
    const victim = await makeFunction(world);
    await put('aws.securityhub', 'Security Hub Findings - Imported', {
      findings: [asff({ Id: fresh(), Resources: [asffFunction(victim.arn)] })],
    });
    expect((await incidentOf(world, victim, 'observed')).receipt).toBeUndefined();
  });

  it('asks when an alarm of ours goes off', async () => {
    const victim = await makeFunction(world, { mode: 'respond' });
    const dimensions = { FunctionName: victim.name };
    await put('aws.cloudwatch', 'CloudWatch Alarm State Change', {
      ...alarm({ alarmName: `tourniquet-local-fleet-errors-${victim.name}` }),
      configuration: { metrics: [{ metricStat: { metric: { dimensions } } }] },
    });
    const { because } = await incidentOf(world, victim, 'asking');
    expect(because.join()).toContain('at most ask: a metric');
    expect(await reservedOf(world, victim)).toBeNull();
  });

  it('is one witness with three routes, where GuardDuty and both Security Hubs report it', async () => {
    const victim = await makeFunction(world, { mode: 'respond' });
    const { id: given } = await report(world, victim);
    const id = String(given);
    const { id: incidentId } = await incidentOf(world, victim, 'contained');
    const arn = `arn:aws:guardduty:us-east-1:${OWN}:detector/0f/finding/${id}`;
    // The deployed rules leave these out: GuardDuty sends them by itself.
    const events = [
      hubEvent(guardDutyAsAsff({ Id: arn, Resources: [asffFunction(victim.arn)] })),
      hubV2Event(
        guardDutyAsOcsf({
          resources: [{ uid: victim.arn }],
          finding_info: { ...guardDutyAsOcsf().finding_info, uid: arn },
        }),
      ),
    ];
    for (const event of events)
      await world.instance.clients.stepFunctions.send(
        new StartExecutionCommand({
          stateMachineArn: world.instance.stack.stateMachineArn,
          input: JSON.stringify({ ...event, id: fresh(), time: now() }),
        }),
      );
    const witness = await until('all routes', 60, async () => {
      const known = (await getIncident(world.records, incidentId)).witnesses[id];
      return known?.routes?.length === 3 ? known : null;
    });
    expect(witness.routes?.toSorted()).toEqual(['guardduty', 'security-hub', 'security-hub-v2']);
    expect(Object.keys((await getIncident(world.records, incidentId)).witnesses)).toEqual([id]);
  });

  it('tells each of several findings in one event, and acts on none', async () => {
    const [one, two] = [
      await makeFunction(world, { mode: 'respond' }),
      await makeFunction(world, { mode: 'respond' }),
    ];
    const findings = [one, two].map(({ arn }) => asff({ Id: fresh(), Resources: [asffFunction(arn)] }));
    await put('aws.securityhub', 'Security Hub Findings - Imported', { findings });
    const incident = await withWitness(`aws/securityhub:${findings[0]?.Id ?? ''}`);
    expect(incident).toMatchObject({ status: 'observed', functionArn: null });
    expect(Object.keys(incident.witnesses)).toHaveLength(2);
    await said(world, incident.id, two.arn);
  });

  it('starts nothing for what GuardDuty sends by itself, what is dealt with, and alarms of others', async () => {
    const victim = await makeFunction(world, { mode: 'respond' });
    const Resources = [asffFunction(victim.arn)];
    const left = [fresh(), fresh(), fresh()];
    await put('aws.securityhub', 'Security Hub Findings - Imported', {
      findings: [
        guardDutyAsAsff({
          Id: `arn:aws:guardduty:us-east-1:${OWN}:detector/0f/finding/${left[0]}`,
          Resources,
        }),
      ],
    });
    await put('aws.securityhub', 'Security Hub Findings - Imported', {
      findings: [asff({ Id: left[1], Resources, Workflow: { Status: 'SUPPRESSED' } })],
    });
    await put('aws.cloudwatch', 'CloudWatch Alarm State Change', alarm({ alarmName: left[2] }));
    // What comes after them on the bus starts the playbook; by then they would have.
    await stolen(victim);
    await incidentOf(world, victim, 'contained');
    const known = JSON.stringify(await listIncidents(world.records));
    expect(left.filter((id) => known.includes(id))).toEqual([]);
  });
});
