import { randomUUID } from 'node:crypto';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { until } from '../../local/until';
import { openByHand } from '../../shared/detection/openByHand';
import { SERVICE_DETAIL_TYPE, SERVICE_SOURCE } from '../../shared/findings/serviceFinding';
import { getIncident, listIncidents } from '../../shared/incident/store';
import { enter, incidentOf, type Made, makeFunction, reservedOf, said, type World } from './world';

describe('what CloudTrail records of a function', () => {
  let world: World;
  beforeAll(async () => {
    world = await enter();
  });

  type Called = { readonly eventSource: string; readonly [field: string]: unknown };

  /** Calls as CloudTrail reports them on the default bus; gives their ids. */
  const called = async (...details: readonly Called[]): Promise<readonly string[]> => {
    const records = details.map((detail): Called & { readonly eventID: string } => ({
      eventID: randomUUID(),
      eventTime: new Date().toISOString(),
      awsRegion: 'us-east-1',
      recipientAccountId: '000000000000',
      sourceIPAddress: '198.51.100.7',
      ...detail,
    }));
    const { FailedEntryCount } = await world.instance.clients.events.send(
      new PutEventsCommand({
        Entries: records.map((record) => ({
          Source: `aws.${record.eventSource.replace('.amazonaws.com', '')}`,
          DetailType: 'AWS API Call via CloudTrail',
          Detail: JSON.stringify(record),
        })),
      }),
    );
    expect(FailedEntryCount ?? 0).toBe(0);
    return records.map((record) => record.eventID);
  };

  const by = ({ arn, role, roleName, name }: Made) => ({
    userIdentity: {
      type: 'AssumedRole',
      accountId: '000000000000',
      arn: `arn:aws:sts::000000000000:assumed-role/${roleName}/${name}`,
      sessionContext: { sessionIssuer: { type: 'Role', arn: role } },
      inScopeOf: { issuerType: 'AWS::Lambda::Function', credentialsIssuedTo: arn },
    },
    userAgent: 'aws-sdk-js/3.900.0 exec-env/AWS_Lambda_nodejs24.x',
  });
  const bySomebody = {
    userIdentity: {
      type: 'IAMUser',
      accountId: '000000000000',
      arn: 'arn:aws:iam::000000000000:user/mallory',
      userName: 'mallory',
    },
    userAgent: 'aws-cli/2.27.0',
  };

  it('contains a function that creates a user, once however often it is delivered', async () => {
    const victim = await makeFunction(world, { mode: 'respond' });
    const call = {
      eventID: randomUUID(),
      eventTime: new Date().toISOString(),
      eventSource: 'iam.amazonaws.com',
      eventName: 'CreateUser',
      requestParameters: { userName: 'backup' },
      ...by(victim),
    };
    await called(call, call);
    const { id, witnesses } = await incidentOf(world, victim, 'contained');

    expect(await reservedOf(world, victim)).toBe(0);
    expect(Object.keys(witnesses)).toEqual([`call:${call.eventID}`]);
    await said(world, id, 'iam-write-by-function');
    expect((await getIncident(world.records, id)).containment).toBe(1);
  });

  it('asks about a function that is refused many different things, and not about one that is refused few', async () => {
    const [tries, few] = [
      await makeFunction(world, { mode: 'respond' }),
      await makeFunction(world, { mode: 'respond' }),
    ];
    const denied = (made: Made, eventName: string) => ({
      eventSource: 'iam.amazonaws.com',
      eventName,
      errorCode: 'AccessDenied',
      ...by(made),
    });
    const names = ['ListUsers', 'ListRoles', 'ListPolicies', 'ListGroups', 'GetUser', 'CreateUser'];
    await called(...names.slice(0, 5).map((name) => denied(few, name)));
    await called(...names.map((name) => denied(tries, name)));
    const { because } = await incidentOf(world, tries, 'asking');

    expect(because.join()).toContain('one sign is not enough');
    expect(await reservedOf(world, tries)).toBeNull();
    expect((await listIncidents(world.records)).filter(({ functionArn }) => functionArn === few.arn)).toEqual(
      [],
    );
  });

  it('contains for two signs that are not enough alone, where two observers saw them independently', async () => {
    const victim = await makeFunction(world, { mode: 'respond' });
    const write = (eventName: string) =>
      called({ eventSource: 'ec2.amazonaws.com', eventName, requestParameters: {}, ...by(victim) });
    await write('RunInstances');
    const { id, because } = await incidentOf(world, victim, 'asking');
    expect(because.join()).toContain('one sign is not enough');

    // Another one of the same observer is no corroboration.
    await write('RunInstances');
    await until('the other call', 60, async () => {
      const { witnesses } = await getIncident(world.records, id);
      return Object.keys(witnesses).length === 2;
    });
    expect((await getIncident(world.records, id)).status).toBe('asking');

    await world.instance.clients.events.send(
      new PutEventsCommand({
        Entries: [
          {
            EventBusName: world.instance.stack.eventBus,
            Source: SERVICE_SOURCE,
            DetailType: SERVICE_DETAIL_TYPE,
            Detail: JSON.stringify({
              id: randomUUID(),
              rule: 'network-never-seen-before',
              title: 'A network that it never called from',
              severity: 5,
              functionArn: victim.arn,
              observer: 'behaviour',
              bound: { most: 'ask', because: 'one sign is not enough', alone: true },
            }),
          },
        ],
      }),
    );
    const contained = await incidentOf(world, victim, 'contained');
    expect(contained.id).toBe(id);
    expect(contained.because.join()).toContain(
      'seen independently by recorded calls and by its usual behaviour',
    );
    await said(world, id, '75 %');
  });

  it('tells of code that somebody replaced, and does no more while nobody is known to deploy', async () => {
    const victim = await makeFunction(world, { mode: 'respond' });
    await called({
      eventSource: 'lambda.amazonaws.com',
      eventName: 'UpdateFunctionCode20150331v2',
      requestParameters: { functionName: victim.name },
      ...bySomebody,
    });
    const incident = await incidentOf(world, victim, 'observed');

    expect(incident.because.join()).toContain('no known deployers are listed');
    expect(incident.receipt).toBeUndefined();
    await said(world, incident.id, 'function-code-replaced');
    expect(await reservedOf(world, victim)).toBeNull();
  });

  it('acts on what a person reports as on any other finding', async () => {
    const victim = await makeFunction(world, { mode: 'ask' });
    const { clients, stack } = world.instance;
    const report = { reason: 'it sends mail to <!channel>', severity: 8 };
    const id = await openByHand(
      { arn: victim.arn, functionName: victim.name },
      report,
      stack.eventBus,
      clients.events,
    );
    const { witnesses } = await incidentOf(world, victim, 'asking');

    expect(witnesses[id]).toMatchObject({ source: 'tourniquet', rule: 'reported-by-a-person', severity: 8 });
  });

  it('takes what belongs to an open incident as one more witness of it', async () => {
    const victim = await makeFunction(world, { mode: 'respond' });
    await called({
      eventSource: 'iam.amazonaws.com',
      eventName: 'CreateUser',
      requestParameters: {},
      ...by(victim),
    });
    const { id } = await incidentOf(world, victim, 'contained');
    const [key] = await called({
      eventSource: 'iam.amazonaws.com',
      eventName: 'CreateAccessKey',
      requestParameters: { userName: 'backup' },
      ...by(victim),
    });
    await until('the key among the witnesses', 60, async () =>
      Object.keys((await getIncident(world.records, id)).witnesses).includes(`call:${key}`),
    );
  });
});
