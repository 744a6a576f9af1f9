import {
  CloudTrailClient,
  CreateTrailCommand,
  DeleteTrailCommand,
  StartLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import { checksOf } from '../../cli/doctor/checks';
import { gatherFacts } from '../../cli/doctor/facts';
import { enter, type World } from './world';

describe('the doctor of a deployment', () => {
  let world: World;
  beforeAll(async () => {
    world = await enter();
  });

  it('finds its rules with their targets, and says that the local stage gets no calls that only read', async () => {
    const { aws, clients } = world.instance;
    const { endpoint, region } = aws;
    const cloudTrail = new CloudTrailClient({ endpoint, region, credentials: aws });
    const asked = { prefix: 'tourniquet-local', region, cloudTrail, events: () => clients.events };
    const facts = await gatherFacts(asked, { knownDeployers: [], defaultMode: 'observe', dataEvents: [] });

    expect(facts.rules?.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'tourniquet-local-guardduty',
        'tourniquet-local-detect-denied',
        'tourniquet-local-learn-trail',
      ]),
    );
    // The tests themselves start what the schedule would.
    const off = facts.rules?.filter(({ state, targets }) => state !== 'ENABLED' || targets === 0) ?? [];
    expect(off.map(({ name }) => name)).toEqual(['tourniquet-local-drift-schedule']);
    expect(
      checksOf(facts, {})
        .filter(({ outcome }) => outcome === 'bad')
        .map(({ because }) => because),
    ).toEqual(expect.arrayContaining([expect.stringContaining('readEvents')]));

    await cloudTrail.send(
      new CreateTrailCommand({ Name: 'everything', S3BucketName: 'anywhere', IsMultiRegionTrail: true }),
    );
    await cloudTrail.send(new StartLoggingCommand({ Name: 'everything' }));
    const { trails } = await gatherFacts(asked, {
      knownDeployers: [],
      defaultMode: 'observe',
      dataEvents: [],
    });
    await cloudTrail.send(new DeleteTrailCommand({ Name: 'everything' }));

    expect(trails).toEqual([
      expect.objectContaining({ name: 'everything', logging: true, everyRegion: true }),
    ]);
  });
});
