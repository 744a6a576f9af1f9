import {
  CloudTrailClient,
  CreateTrailCommand,
  DeleteTrailCommand,
  StartLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, DeleteQueueCommand } from '@aws-sdk/client-sqs';
import { alarmsOf, askChannels, subscriptionsOf } from '../../cli/doctor/channels';
import { checksOf } from '../../cli/doctor/checks';
import { givenBy } from '../../cli/doctor/command';
import { gatherFacts } from '../../cli/doctor/facts';
import { rolesOfDeployment } from '../../cli/doctor/permissions';
import { isLocking, keysOf, secretsOf } from '../../cli/doctor/sources';
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
      ['security-hub', 'none'],
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

  it('finds every role with what the template gives it, and sees one that lost a permission or is refused one', async () => {
    const { iam, kms, s3, ssm } = world.instance.clients;
    const { region } = world.instance.aws;
    const place = { accountId: '000000000000', partition: 'aws', rolePrefix: `tourniquet-local-${region}` };
    const found = await rolesOfDeployment(iam, place, givenBy('tourniquet-local'));
    expect(found.length).toBeGreaterThan(25);
    expect(found.filter(({ missing, refused }) => missing?.length !== 0 || refused.length > 0)).toEqual([]);

    // A patient of the doctor's own: the deployment's roles are in use.
    const RoleName = 'patient-contain';
    await iam.send(
      new CreateRoleCommand({
        RoleName,
        AssumeRolePolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
          ],
        }),
      }),
    );
    const put = (PolicyName: string, Effect: string, Action: string) =>
      iam.send(
        new PutRolePolicyCommand({
          RoleName,
          PolicyName,
          PolicyDocument: JSON.stringify({
            Version: '2012-10-17',
            Statement: [{ Effect, Action, Resource: '*' }],
          }),
        }),
      );
    await put('contain', 'Allow', 'lambda:PutFunctionConcurrency');
    await put('somebody-elses', 'Deny', 'lambda:*');
    const [patient] = await rolesOfDeployment(
      iam,
      { ...place, rolePrefix: 'patient' },
      { contain: ['lambda:PutFunctionConcurrency', 'iam:AttachRolePolicy'] },
    );
    expect(patient).toEqual({
      role: 'patient-contain',
      missing: ['iam:AttachRolePolicy'],
      refused: ['lambda:PutFunctionConcurrency'],
    });

    expect(await keysOf(kms, 'tourniquet-local')).toEqual(
      ['', '-signing', '-secrets'].map((suffix) => ({
        alias: `alias/tourniquet-local${suffix}`,
        state: 'Enabled',
      })),
    );
    expect(await isLocking(s3, `tourniquet-local-evidence-000000000000-${region}`)).toBe(true);
    expect(await secretsOf(ssm, '/tourniquet/local')).toEqual(
      expect.arrayContaining(['slack-bot-token', 'slack-signing-secret']),
    );
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
