import { DeleteRolePolicyCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { incidentTable } from '../../cli/show';
import { until } from '../../local/until';
import { listEntries } from '../../shared/incident/store';
import { roleNameOf } from '../../shared/suspect/functionArn';
import { decideAs } from './decisions';
import { enter, incidentOf, makeFunction, messageWith, report, reservedOf, type World } from './world';

describe('a containment that could put nothing on', () => {
  let world: World;
  beforeAll(async () => {
    world = await enter();
  });

  it('is called so everywhere: in the list, in Slack and in the page', async () => {
    const { lambda, iam } = world.instance.clients;
    const victim = await makeFunction(world, { mode: 'respond' });
    const { Role = '' } = await lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: 'tourniquet-local-contain' }),
    );
    const policy = { RoleName: roleNameOf(Role), PolicyName: `not-${victim.name}` };
    await iam.send(
      new PutRolePolicyCommand({
        ...policy,
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Deny', Action: 'lambda:Put*', Resource: victim.arn },
            { Effect: 'Deny', Action: 'iam:AttachRolePolicy', Resource: victim.role },
          ],
        }),
      }),
    );
    try {
      await report(world, victim);
      const incident = await incidentOf(world, victim, 'contained');
      expect(incident).toMatchObject({ holds: 'nothing' });
      expect(incident.containedAt).toBeUndefined();
      expect(incidentTable([incident])).toContain('NOT CONTAINED');
      const message = await messageWith(world, victim.name, 'release');
      expect(message.text).toContain('NOT contained: nothing holds');
      // All channels are told at once, and each in its own time.
      const page = await until('the page', 60, async () => {
        const { alerts } = await world.desk.pagerDuty();
        return alerts.find(({ dedup_key }) => dedup_key === incident.id) ?? null;
      });
      expect(JSON.stringify(page)).toContain('NOT contained: nothing holds');
      const history = await listEntries(world.records, incident.id);
      expect(history.find(({ kind }) => kind === 'partial')?.text).toContain('nothing holds');
    } finally {
      await iam.send(new DeleteRolePolicyCommand(policy));
    }
    const { id } = await incidentOf(world, victim, 'contained');
    await decideAs(world, { incidentId: id, action: 'false_positive', reason: 'a test of ours' });
    await incidentOf(world, victim, 'watching', 'closed');
    expect(await reservedOf(world, victim)).toBeNull();
  });
});
