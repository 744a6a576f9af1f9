import {
  CloudTrailClient,
  CreateTrailCommand,
  DeleteTrailCommand,
  StartLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import { SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, DeleteQueueCommand } from '@aws-sdk/client-sqs';
import { alarmsOf, askChannels, subscriptionsOf } from '../../cli/doctor/channels';
import { checksOf } from '../../cli/doctor/checks';
import { gatherFacts } from '../../cli/doctor/facts';
import { enter, type World } from './world';

describe('the doctor of a deployment', () => {
  let world: World;
  beforeAll(async () => {
    world = await enter();
  });

  it('tries the channels of the deployment with its own secrets, and sees its alarms', async () => {
    const { lambda, metrics } = world.instance.clients;
    const { channels } = await askChannels(lambda, 'tourniquet-local-announce');

    expect(channels.map(({ channel, outcome }) => [channel, outcome])).toEqual([
      ['slack', 'good'],
      ['pagerduty', 'good'],
      ['alert-topic', 'none'],
      ['webhook', 'none'],
    ]);
    const alarms = await alarmsOf(metrics, 'tourniquet-local');
    expect(alarms.length).toBeGreaterThan(30);
    expect(alarms.filter(({ tells }) => !tells)).toEqual([]);
    const TopicArn = `arn:aws:sns:${world.instance.aws.region}:000000000000:tourniquet-local-alerts`;
    const { sns, sqs } = world.instance.clients;
    // Others may have subscribed meanwhile.
    const before = await subscriptionsOf(sns, TopicArn);
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'of-the-doctor' }));
    const Endpoint = `arn:aws:sqs:${world.instance.aws.region}:000000000000:of-the-doctor`;
    const { SubscriptionArn } = await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }));
    const after = await subscriptionsOf(sns, TopicArn);
    await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));

    expect(after.confirmed - before.confirmed).toBe(1);
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
