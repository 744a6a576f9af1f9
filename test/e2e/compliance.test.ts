import {
  CloudTrailClient,
  CreateTrailCommand,
  DeleteTrailCommand,
  PutEventSelectorsCommand,
  StartLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import { UpdateContinuousBackupsCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import {
  DeleteBucketEncryptionCommand,
  DeletePublicAccessBlockCommand,
  GetPublicAccessBlockCommand,
  PutBucketEncryptionCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import { SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, DeleteQueueCommand } from '@aws-sdk/client-sqs';
import type { Verdict } from '../../shared/compliance/checks';
import { drill } from '../../shared/drill/drill';
import { historyTableOf } from '../../shared/incident/keys';
import type { Trends } from '../../shared/report/trends';
import { tourniquet } from './commandLine';
import { decideAs } from './decisions';
import { enter, type World } from './world';

/**
 * What the template says and the local AWS's CloudFormation leaves out: the key of the bucket, and the recovery and the
 * key of the tables. By its API it has them.
 */
const putWhatIsLeftOut = async ({ records, instance: { clients } }: World, Bucket: string): Promise<void> => {
  await clients.s3.send(
    new PutBucketEncryptionCommand({
      Bucket,
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: {
              SSEAlgorithm: 'aws:kms',
              KMSMasterKeyID: 'alias/tourniquet-local',
            },
          },
        ],
      },
    }),
  );
  for (const TableName of [records.table, historyTableOf(records.table)]) {
    await records.db.send(
      new UpdateContinuousBackupsCommand({
        TableName,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      }),
    );
    await records.db.send(
      new UpdateTableCommand({ TableName, SSESpecification: { Enabled: true, SSEType: 'KMS' } }),
    );
  }
};

/** The tests switch the schedule of the drift watch off (setup.ts), and a rule that is off is what this check finds. */
const SWITCHED_OFF = ['--except', 'detection-on'];

describe('tourniquet compliance, of the deployed stack', () => {
  let world: World;
  let end: () => Promise<void>;
  let Bucket: string;
  beforeAll(async () => {
    world = await enter();
    const { sns, sqs, lambda, iam, events } = world.instance.clients;
    const { endpoint, region } = world.instance.aws;
    Bucket = `tourniquet-local-evidence-000000000000-${region}`;
    await putWhatIsLeftOut(world, Bucket);
    // What the template does not make on a local AWS: a trail, and somebody who hears the alarms.
    const cloudTrail = new CloudTrailClient({ endpoint, region, credentials: world.instance.aws });
    const trail = { Name: 'of-the-auditor', S3BucketName: 'anywhere', IsMultiRegionTrail: true };
    await cloudTrail.send(new CreateTrailCommand(trail));
    await cloudTrail.send(new StartLoggingCommand({ Name: trail.Name }));
    await cloudTrail.send(
      new PutEventSelectorsCommand({
        TrailName: trail.Name,
        EventSelectors: [{ ReadWriteType: 'All', IncludeManagementEvents: true }],
      }),
    );
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'of-the-auditor' }));
    const { SubscriptionArn } = await sns.send(
      new SubscribeCommand({
        TopicArn: `arn:aws:sns:${region}:000000000000:tourniquet-local-alerts`,
        Protocol: 'sqs',
        Endpoint: `arn:aws:sqs:${region}:000000000000:of-the-auditor`,
        ReturnSubscriptionArn: true,
      }),
    );
    end = async () => {
      await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
      await sqs.send(new DeleteQueueCommand({ QueueUrl }));
      await world.instance.clients.s3.send(new DeleteBucketEncryptionCommand({ Bucket }));
      await cloudTrail.send(new DeleteTrailCommand({ Name: trail.Name }));
    };
    await drill({
      lambda,
      iam,
      events,
      records: world.records,
      bus: world.instance.stack.eventBus,
      decide: (decision) => decideAs(world, decision),
      step: () => undefined,
    });
  });
  afterAll(() => end());

  it('ends with 0 where every check holds, names what it left out, and claims no certificate', async () => {
    const { code, out, err } = await tourniquet('compliance', ...SWITCHED_OFF);

    expect({ code, err, wrong: out.split('\n').filter((line) => /^ {2}[✗?]/.test(line)) }).toEqual({
      code: 0,
      err: expect.any(String),
      wrong: [],
    });
    expect(out).toContain('16 hold, 0 do not, 0 could not be looked at; 1 left out, as asked: detection-on');
    expect(out).toContain('No certificate');
    expect(out).toContain('not covered');
  });

  it('ends with 1 and names the rule that somebody switched off', async () => {
    const { code, out } = await tourniquet('compliance', '--control', 'monitoring', '--json');

    expect(code).toBe(1);
    const { verdicts } = JSON.parse(out) as { verdicts: readonly Verdict[] };
    expect(verdicts.filter(({ outcome }) => outcome !== 'holds')).toEqual([
      {
        check: 'detection-on',
        outcome: 'fails',
        why: expect.stringContaining('tourniquet-local-drift-schedule is disabled'),
      },
    ]);
  });

  it('ends with 1 as soon as the evidence bucket may be public, for each standard that asks', async () => {
    const { s3 } = world.instance.clients;
    const { PublicAccessBlockConfiguration } = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
    const ask = () =>
      tourniquet('compliance', '--standard', 'gdpr', '--control', 'data-protection', '--json');
    expect((await ask()).code).toBe(0);

    await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
    const { code, out } = await ask();
    await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));

    expect(code).toBe(1);
    const { verdicts } = JSON.parse(out) as { verdicts: readonly Verdict[] };
    expect(verdicts.filter(({ outcome }) => outcome !== 'holds')).toEqual([
      { check: 'bucket-private', outcome: 'fails', why: expect.stringContaining('BlockPublicPolicy') },
    ]);
    expect((await ask()).code).toBe(0);
  });

  it('tells the trends of the incidents in the table, and counts no drill', async () => {
    const { code, out } = await tourniquet('incidents', '--trends', '--days', '1', '--json');

    expect(code).toBe(0);
    const trends = JSON.parse(out) as Trends;
    expect(trends.drills).toBeGreaterThan(0);
    expect(trends.weeks.reduce((sum, { count }) => sum + count, 0)).toBe(trends.count);
  });
});
