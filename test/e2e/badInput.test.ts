import { randomBytes } from 'node:crypto';
import { DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { readLiveState } from '../../local/liveState';
import { findingDetail, putGuardDutyEvent } from '../../local/scenarios/guardDutyFinding';
import { until } from '../../local/until';
import { getEvent, listIncidents } from '../../shared/incident/store';
import { enter, type Made, makeFunction, report, said, type World } from './world';

describe('bad input', () => {
  let world: World;
  let bystander: Made;
  beforeAll(async () => {
    world = await enter();
    bystander = await makeFunction(world, { mode: 'respond' });
  });

  /** The one incident that an event led to. */
  const entryFor = (text: string) =>
    until(`an entry for ${text}`, 60, async () => {
      for (const incident of await listIncidents(world.records)) {
        if (JSON.stringify(await getEvent(world.records, incident.id)).includes(text)) return incident;
      }
      return null;
    });

  const endOf = (executionArn: string) =>
    until('the end of the execution', 60, async () => {
      const { status } = await world.instance.clients.stepFunctions.send(
        new DescribeExecutionCommand({ executionArn }),
      );
      return status === 'RUNNING' ? null : status;
    });

  const broken: readonly {
    what: string;
    spoil: (detail: Record<string, unknown>) => unknown;
    says: RegExp;
  }[] = [
    { what: 'has no severity', spoil: ({ severity: _, ...rest }) => rest, says: /detail\.severity/ },
    {
      what: 'is about an EC2 instance',
      spoil: (detail) => ({ ...detail, resource: { resourceType: 'Instance', instanceDetails: {} } }),
      says: /not about a Lambda function/,
    },
    {
      what: 'names something that is not a function',
      spoil: (detail) => ({
        ...detail,
        resource: { resourceType: 'Lambda', lambdaDetails: { functionArn: 'arn:aws:s3:::bucket' } },
      }),
      says: /functionArn is not a function ARN/,
    },
    { what: 'has no resource at all', spoil: ({ resource: _, ...rest }) => rest, says: /detail\.resource/ },
  ];

  it.each(broken)(
    'keeps a finding that $what, says why in one sentence, tells people and changes nothing',
    async ({ spoil, says }) => {
      const before = await readLiveState(world.instance.clients, bystander.arn);
      const id = `broken-${randomBytes(6).toString('hex')}`;
      await putGuardDutyEvent(
        world.instance.clients,
        spoil(findingDetail({ functionArn: bystander.arn, role: bystander.role, id })),
      );

      const entry = await entryFor(id);
      expect(entry).toMatchObject({ status: 'unparseable', functionArn: null });
      expect(entry.because).toHaveLength(1);
      expect(entry.because[0]).toMatch(says);
      await said(world, entry.id, entry.id);
      expect(await endOf(entry.executionArn)).toBe('SUCCEEDED');
      expect(await readLiveState(world.instance.clients, bystander.arn)).toEqual(before);
    },
  );

  it('keeps what is no event at all, when somebody starts the playbook with it', async () => {
    const { stepFunctions } = world.instance.clients;
    const { executionArn = '' } = await stepFunctions.send(
      new StartExecutionCommand({
        stateMachineArn: world.instance.stack.stateMachineArn,
        input: '{"hello":["world"]}',
      }),
    );
    expect(await endOf(executionArn)).toBe('SUCCEEDED');
    const entry = (await listIncidents(world.records)).find(
      (incident) => incident.executionArn === executionArn,
    );
    expect(entry).toMatchObject({ status: 'unparseable' });
    expect(await getEvent(world.records, entry?.id ?? '')).toEqual({ hello: ['world'] });
  });

  it('says so when the function is gone', async () => {
    const arn = bystander.arn.replace(bystander.name, 'was-never-there');
    const { id } = await report(world, { arn, role: bystander.role });
    const entry = await entryFor(String(id));
    expect(entry).toMatchObject({ status: 'suspect-gone', functionArn: arn });
    await said(world, entry.id, entry.id);
    expect(await endOf(entry.executionArn)).toBe('SUCCEEDED');
  });

  it('does not contain on a sample finding', async () => {
    const before = await readLiveState(world.instance.clients, bystander.arn);
    const { id } = await report(world, bystander, { sample: true });
    const entry = await entryFor(String(id));
    expect(entry.status).toBe('observed');
    expect(entry.because.join()).toMatch(/sample/);
    expect(await endOf(entry.executionArn)).toBe('SUCCEEDED');
    expect(await readLiveState(world.instance.clients, bystander.arn)).toEqual(before);
  });

  it('never acts on itself', async () => {
    const arn = bystander.arn.replace(bystander.name, 'tourniquet-local-contain');
    const { id } = await report(world, { arn, role: bystander.role });
    const entry = await entryFor(String(id));
    expect(entry.status).toBe('refused');
    expect(entry.because[0]).toMatch(/part of Tourniquet/);
    expect(await endOf(entry.executionArn)).toBe('SUCCEEDED');
  });
});
