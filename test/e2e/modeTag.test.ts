import { randomUUID } from 'node:crypto';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { until } from '../../local/until';
import { getEvent, getIncident, listIncidents } from '../../shared/incident/store';
import { tagged, untagged } from '../fixtures/modeTag';
import { decideAs } from './decisions';
import { enter, incidentOf, type Made, makeFunction, report, reservedOf, said, type World } from './world';

describe('a change of the mode tag', () => {
  let world: World;
  beforeAll(async () => {
    world = await enter();
  });

  /** A call as CloudTrail reports it on the default bus; gives its id. */
  const called = async (detail: object): Promise<string> => {
    const eventID = randomUUID();
    const { FailedEntryCount } = await world.instance.clients.events.send(
      new PutEventsCommand({
        Entries: [
          {
            Source: 'aws.lambda',
            DetailType: 'AWS API Call via CloudTrail',
            Detail: JSON.stringify({ ...detail, eventID, eventTime: new Date().toISOString() }),
          },
        ],
      }),
    );
    expect(FailedEntryCount ?? 0).toBe(0);
    return eventID;
  };

  const byItself = ({ arn, role, roleName, name }: Made) => ({
    userIdentity: {
      type: 'AssumedRole',
      arn: `arn:aws:sts::000000000000:assumed-role/${roleName}/${name}`,
      sessionContext: { sessionIssuer: { type: 'Role', arn: role } },
      inScopeOf: { issuerType: 'AWS::Lambda::Function', credentialsIssuedTo: arn },
    },
  });

  it('by somebody is told with who it was, and changes nothing', async () => {
    const victim = await makeFunction(world, { mode: 'respond' });
    const id = await called(tagged('respond', victim.arn));
    const incident = await incidentOf(world, victim, 'observed');
    expect(incident.witnesses[id]).toMatchObject({ source: 'mode-tag', rule: 'ModeTagChanged', severity: 2 });
    expect(incident.because.join()).toContain('at most observe');
    expect(incident.receipt).toBeUndefined();
    const { blocks } = await said(
      world,
      incident.id,
      'by arn:aws:sts::123456789012:assumed-role/admin/alice, from 198.51.100.7',
    );
    expect(JSON.stringify(blocks)).not.toContain('would have been done');
    expect(await reservedOf(world, victim)).toBeNull();
  });

  it('asks a human where the function took it off itself', async () => {
    const victim = await makeFunction(world);
    await called({ ...untagged(victim.arn), ...byItself(victim) });
    // The detector sees the same call. What it finds is observed at most: folded, or a record of its own where it came first.
    const { because } = await until('a question about it', 60, async () => {
      const incidents = await listIncidents(world.records);
      return (
        incidents.find(({ functionArn, status }) => functionArn === victim.arn && status === 'asking') ?? null
      );
    });
    expect(because.join()).toContain('the function changed its own mode tag');
    expect(await reservedOf(world, victim)).toBeNull();
  });

  it('neither ends a containment nor is a relapse after it', async () => {
    const victim = await makeFunction(world, { mode: 'respond' });
    await report(world, victim);
    const { id } = await incidentOf(world, victim, 'contained');
    const untilSeen = (eventId: string) =>
      until('the change among the witnesses', 60, async () => {
        return eventId in (await getIncident(world.records, id)).witnesses;
      });
    await untilSeen(await called(untagged(victim.arn)));
    expect(await reservedOf(world, victim)).toBe(0);
    await said(world, id, 'Seen last: ModeTagChanged: The tag tourniquet:mode was taken off');

    await decideAs(world, { incidentId: id, action: 'false_positive', reason: 'a drill' });
    await incidentOf(world, victim, 'watching');
    await untilSeen(await called(tagged('respond', victim.arn)));
    expect((await getIncident(world.records, id)).relapse).toBeUndefined();
  });

  it('is none where the call failed, or touched another tag or no function', async () => {
    const victim = await makeFunction(world);
    const other = { resource: victim.arn, tags: { 'tourniquet:owner': 'x' }, tagKeys: ['team'] };
    const mapping = victim.arn.replace(/function:.*/, `event-source-mapping:${randomUUID()}`);
    const left = [
      await called({ ...untagged(victim.arn), errorCode: 'AccessDenied' }),
      await called({ ...tagged('respond', victim.arn), requestParameters: other }),
      await called({ ...untagged(victim.arn), requestParameters: other }),
      await called(untagged(mapping)),
    ];
    // What comes after them on the bus starts the playbook; by then they would have.
    await called(untagged(victim.arn));
    await incidentOf(world, victim, 'observed');
    const events = await Promise.all(
      (await listIncidents(world.records)).map(({ id }) => getEvent(world.records, id)),
    );
    expect(left.filter((id) => JSON.stringify(events).includes(id))).toEqual([]);
  });
});
