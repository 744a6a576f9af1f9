import { DescribeRuleCommand, ListTargetsByRuleCommand, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DetachRolePolicyCommand, ListAttachedRolePoliciesCommand } from '@aws-sdk/client-iam';
import { InvokeCommand, PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { until } from '../../local/until';
import { getIncident } from '../../shared/incident/store';
import { decideAs } from './decisions';
import {
  enter,
  incidentOf,
  type Made,
  makeFunction,
  patch,
  report,
  reservedOf,
  said,
  type World,
} from './world';

const BY = 'arn:aws:sts::000000000000:assumed-role/deployer/nightly';

describe('what others do to a contained function in the deployed stack', () => {
  let world: World;
  beforeAll(async () => {
    world = await enter();
  });

  /** An event as AWS itself would put it on the default bus. */
  const happens = async (source: string, detailType: string, detail: object, resources: string[] = []) => {
    const { FailedEntryCount } = await world.instance.clients.events.send(
      new PutEventsCommand({
        Entries: [
          { Source: source, DetailType: detailType, Detail: JSON.stringify(detail), Resources: resources },
        ],
      }),
    );
    expect(FailedEntryCount ?? 0).toBe(0);
  };
  const called = (service: string, eventName: string, requestParameters: object, changes: object = {}) =>
    happens(`aws.${service}`, 'AWS API Call via CloudTrail', {
      eventSource: `${service}.amazonaws.com`,
      eventName,
      eventTime: new Date().toISOString(),
      requestParameters,
      userIdentity: {
        type: 'AssumedRole',
        arn: BY,
        sessionContext: { sessionIssuer: { type: 'Role', arn: 'arn:aws:iam::000000000000:role/deployer' } },
      },
      ...changes,
    });
  const raise = ({ name }: Made) =>
    world.instance.clients.lambda.send(
      new PutFunctionConcurrencyCommand({ FunctionName: name, ReservedConcurrentExecutions: 7 }),
    );
  const untilStopped = (victim: Made) =>
    until('concurrency 0', 30, async () => (await reservedOf(world, victim)) === 0);

  it('is put back when CloudTrail reports it, and people read who did it', async () => {
    const victim = await makeFunction(world, { mode: 'respond', reserved: 3 });
    await report(world, victim);
    const { id } = await incidentOf(world, victim, 'contained');
    await raise(victim);
    await called('lambda', 'PutFunctionConcurrency20171031', { functionName: victim.name });
    await untilStopped(victim);
    await said(world, id, 'Containment is back in place');
    await said(world, id, `PutFunctionConcurrency20171031 by ${BY}`);

    await world.instance.clients.iam.send(
      new DetachRolePolicyCommand({
        RoleName: victim.roleName,
        PolicyArn: world.instance.stack.quarantinePolicyArn,
      }),
    );
    await called('iam', 'DetachRolePolicy', {
      roleName: victim.roleName,
      policyArn: world.instance.stack.quarantinePolicyArn,
    });
    await until('the deny', 30, async () => {
      const { AttachedPolicies = [] } = await world.instance.clients.iam.send(
        new ListAttachedRolePoliciesCommand({ RoleName: victim.roleName }),
      );
      return AttachedPolicies.some(({ PolicyArn }) => PolicyArn === world.instance.stack.quarantinePolicyArn);
    });

    await decideAs(world, { incidentId: id, action: 'false_positive', reason: 'a drill' });
    await incidentOf(world, victim, 'watching', 'closed');
    expect(await reservedOf(world, victim)).toBe(3);
  });

  it('is put back by the schedule when no event reports it', async () => {
    const victim = await makeFunction(world, { mode: 'respond' });
    await report(world, victim);
    await incidentOf(world, victim, 'contained');
    await raise(victim);
    const Name = 'tourniquet-local-drift-schedule';
    const { events } = world.instance.clients;
    const { ScheduleExpression } = await events.send(new DescribeRuleCommand({ Name }));
    const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: Name }));
    expect([ScheduleExpression, Targets[0]?.Arn]).toEqual([
      'rate(5 minutes)',
      expect.stringMatching(/:function:tourniquet-local-driftWatch$/),
    ]);
    const { FunctionError } = await world.instance.clients.lambda.send(
      new InvokeCommand({
        FunctionName: 'tourniquet-local-driftWatch',
        Payload: JSON.stringify({ source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }),
      }),
    );
    expect(FunctionError).toBeUndefined();
    expect(await reservedOf(world, victim)).toBe(0);
  });

  it('becomes the candidate when it is new code, sealed and told, and the function stays contained', async () => {
    const victim = await makeFunction(world, { mode: 'respond' });
    await report(world, victim);
    const { id } = await incidentOf(world, victim, 'contained');
    await patch(world, victim);
    // Lambda's own report: its shape is not looked into, but for the function that it names.
    await happens('aws.lambda', 'Lambda Function State Change', { state: 'Active' }, [
      `${victim.arn}:$LATEST`,
    ]);
    const candidate = await until('a sealed candidate', 30, async () => {
      const { candidate: found } = await getIncident(world.records, id);
      return found?.manifestKey === undefined ? null : found;
    });
    expect(candidate).toMatchObject({ number: 1, manifestKey: `incidents/${id}/candidates/1.json` });
    await said(world, id, 'this is what a release is judged by');
    expect(await reservedOf(world, victim)).toBe(0);

    await decideAs(world, { incidentId: id, action: 'release', reason: 'patched' });
    await incidentOf(world, victim, 'watching', 'closed');
    expect(await reservedOf(world, victim)).toBeNull();
  });

  it('is not looked at when it failed, or was our own doing', async () => {
    const victim = await makeFunction(world, { mode: 'respond' });
    await report(world, victim);
    await incidentOf(world, victim, 'contained');
    await raise(victim);
    const parameters = { functionName: victim.name };
    await called('lambda', 'PutFunctionConcurrency20171031', parameters, { errorCode: 'AccessDenied' });
    const release = 'arn:aws:iam::000000000000:role/tourniquet-local-us-east-1-release';
    await called('lambda', 'DeleteFunctionConcurrency20171031', parameters, {
      userIdentity: { type: 'AssumedRole', sessionContext: { sessionIssuer: { arn: release } } },
    });
    // What comes after them on the bus is looked at; by then they would have been.
    const other = await makeFunction(world, { mode: 'respond' });
    await report(world, other);
    await incidentOf(world, other, 'contained');
    await raise(other);
    await called('lambda', 'PutFunctionConcurrency20171031', { functionName: other.name });
    await untilStopped(other);
    expect(await reservedOf(world, victim)).toBe(7);
  });
});
