import { DeleteRolePolicyCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand, PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { until } from '../../local/until';
import { readLedger } from '../../shared/containment/ledger';
import type { Incident } from '../../shared/incident/incident';
import { getIncident, listEntries } from '../../shared/incident/store';
import { roleNameOf } from '../../shared/suspect/functionArn';
import { decideAs } from './decisions';
import {
  enter,
  incidentOf,
  type Made,
  makeFunction,
  messageWith,
  report,
  reservedOf,
  said,
  saidTo,
  type World,
} from './world';

const FALSE_POSITIVE = { action: 'false_positive', reason: 'a test of ours' };

describe('what somebody changed while it was contained is settled by an approver (invariant 2)', () => {
  let world: World;
  beforeAll(async () => {
    world = await enter();
  });

  const contained = async (reserved = 3) => {
    const victim = await makeFunction(world, { mode: 'respond', reserved });
    await report(world, victim);
    const incident = await incidentOf(world, victim, 'contained');
    await messageWith(world, victim.name, 'release');
    return { victim, incident };
  };
  const change = (FunctionName: string, ReservedConcurrentExecutions: number) =>
    world.instance.clients.lambda.send(
      new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions }),
    );
  const forcedIn = async ({ id }: Incident) =>
    (await listEntries(world.records, id)).filter(({ kind }) => kind === 'forced').map(({ text }) => text);
  const becomes = (victim: Made, reserved: number) =>
    until(`a reservation of ${reserved}`, 60, async () => (await reservedOf(world, victim)) === reserved);

  it('overwrites what the release was told to, and says in the history who had it done and what was there', async () => {
    const { victim, incident } = await contained();
    await change(victim.name, 9);
    const sent = await decideAs(world, {
      incidentId: incident.id,
      ...FALSE_POSITIVE,
      force: ['concurrency'],
    });
    expect(sent).toMatchObject({ status: 200, body: { decision: { force: ['concurrency'] } } });
    await incidentOf(world, victim, 'watching', 'closed');
    expect(await reservedOf(world, victim)).toBe(3);
    const [forced = ''] = await forcedIn(incident);
    expect(forced).toContain('a reservation of 9');
    expect(forced).toContain('Reserved concurrency (concurrency)');
    expect(forced).toContain(':root');
  });

  it('offers it in Slack after a release that left it, and puts it back when an approver presses', async () => {
    const { victim, incident } = await contained();
    await change(victim.name, 9);
    await decideAs(world, { incidentId: incident.id, ...FALSE_POSITIVE });
    await said(world, incident.id, '--force concurrency');
    const message = await messageWith(world, victim.name, 'force_drift');
    expect(await reservedOf(world, victim)).toBe(9);

    await world.desk.press(message.ts, 'force_drift', 'U0INTERN');
    await saidTo(world, 'U0INTERN', incident.id, 'not on the list of approvers');
    expect(await reservedOf(world, victim)).toBe(9);

    await world.desk.press(message.ts, 'force_drift', 'U0ONCALL');
    await becomes(victim, 3);
    expect((await forcedIn(incident))[0]).toContain('U0ONCALL');
    const settled = await until('that it is settled', 30, async () => {
      const now = await getIncident(world.records, incident.id);
      return now.acknowledged === now.settling?.at ? now : null;
    });
    // What released it stays what is in the post-mortem.
    expect(settled.decision).toMatchObject(FALSE_POSITIVE);
    expect(await readLedger(world.records, settled, 'concurrency')).toMatchObject({ state: 'restored' });
    await incidentOf(world, victim, 'closed');
  });

  it('takes no control that is none, no force without a release, and none of what is contained', async () => {
    const { incident } = await contained();
    const decision = { incidentId: incident.id, reason: 'r' };
    expect(await decideAs(world, { ...decision, action: 'release', force: ['concurency'] })).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('concurrency') },
    });
    expect(await decideAs(world, { ...decision, action: 'keep', force: ['role'] })).toMatchObject({
      status: 400,
      body: { code: 'force-needs-release' },
    });
    expect((await getIncident(world.records, incident.id)).decision).toBeUndefined();
  });

  it('waits for another decision where AWS refuses for good, with one page, and goes on from there', async () => {
    const { lambda, iam } = world.instance.clients;
    const { victim, incident } = await contained();
    const { Role = '' } = await lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: 'tourniquet-local-release' }),
    );
    const policy = { RoleName: roleNameOf(Role), PolicyName: `not-${victim.name}` };
    await iam.send(
      new PutRolePolicyCommand({
        ...policy,
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Deny', Action: 'lambda:PutFunctionConcurrency', Resource: victim.arn }],
        }),
      }),
    );
    try {
      await decideAs(world, { incidentId: incident.id, ...FALSE_POSITIVE });
      const message = await said(world, incident.id, 'a human must decide how it goes on');
      expect(JSON.stringify(message)).toContain('Reserved concurrency cannot be put back yet');
      const stopped = await getIncident(world.records, incident.id);
      expect(stopped).toMatchObject({ status: 'releasing', stopped: { next: 'human', tries: 4 } });
      expect(await reservedOf(world, victim)).toBe(0);
      await messageWith(world, victim.name, 'release');
    } finally {
      await iam.send(new DeleteRolePolicyCommand(policy));
    }
    // Nothing goes on by itself; another decision does.
    const again = await decideAs(world, { incidentId: incident.id, ...FALSE_POSITIVE, reason: 'mended' });
    expect(again).toMatchObject({ status: 200 });
    await incidentOf(world, victim, 'watching', 'closed');
    expect(await reservedOf(world, victim)).toBe(3);
    const pages = (await listEntries(world.records, incident.id)).filter(
      ({ kind }) => kind === 'announced-release-stopped' || kind === 'announced-failure',
    );
    expect(pages).toHaveLength(1);
    expect((await getIncident(world.records, incident.id)).stopped).toBeUndefined();
  });
});
