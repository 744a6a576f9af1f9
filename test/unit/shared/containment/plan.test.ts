import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { STAGES } from '../../../../shared/containment/controls';
import { planContainment } from '../../../../shared/containment/plan';
import { RECEIPT_BYTES, receiptOf } from '../../../../shared/containment/planned';
import { CHOICES } from '../../../fixtures/choices';
import { aSuspect } from '../../../fixtures/suspect';

const NOW = new Date('2026-11-20T10:00:00.000Z');

/** An AWS that cannot be reached, however it is asked. */
const unreachable = {
  region: 'eu-west-1',
  credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
  maxAttempts: 1,
  requestHandler: { handle: () => Promise.reject(new Error('no way there')) },
};

const plan = () =>
  planContainment(
    aSuspect(),
    {
      lambda: new LambdaClient(unreachable),
      iam: new IAMClient(unreachable),
      sqs: new SQSClient(unreachable),
      scaling: new ApplicationAutoScalingClient(unreachable),
      records: {
        db: DynamoDBDocumentClient.from(new DynamoDBClient(unreachable)),
        table: 'incidents',
        now: () => NOW,
      },
      denyPolicyArn: 'arn:aws:iam::123456789012:policy/quarantine',
      prefix: 'tourniquet-test',
      choices: CHOICES,
      inlineDeny: () => Promise.reject(new Error('no role is listed')),
      dependants: () => Promise.reject(new Error('every kind is off')),
      reach: null,
      reads: [],
      recycle: () => Promise.reject(new Error('no role is listed')),
      holder: 'plan',
      pause: () => Promise.resolve(),
    },
    {
      events: new EventBridgeClient(unreachable),
      metrics: new CloudWatchClient(unreachable),
      kinesis: new KinesisClient(unreachable),
      refused: 'it is on the list',
    },
  );

describe('a plan of which nothing can be read', () => {
  it('still has every control, in the order of containment', async () => {
    const { steps, plannedAt } = await plan();

    expect(plannedAt).toBe(NOW.toISOString());
    expect(steps.map(({ control, stage }) => [control, stage])).toEqual(
      STAGES.flatMap((controls, stage) => controls.map(({ id }) => [id, stage])),
    );
    expect(steps.find(({ control }) => control === 'concurrency')).toMatchObject({
      applies: 'unknown',
      unknown: expect.stringContaining('no way there'),
    });
  });

  it('names everything as not known, and nothing as none (invariant 8)', async () => {
    const { blastRadius, standing, losses, cannotContain } = await plan();

    expect(blastRadius.filter(({ count, notKnown }) => count !== null || notKnown === undefined)).toEqual([]);
    expect(standing).toEqual([
      'A guard refuses to contain it: it is on the list',
      expect.stringMatching(/^Whether it has an open incident is not known: .*no way there/),
      expect.stringMatching(/^The state of the function is not known: .*no way there/),
      expect.stringMatching(/^The role is not known: .*no way there/),
    ]);
    expect(losses).toEqual(['not known, as the event source mappings are not known']);
    expect(cannotContain.join('\n')).toMatch(/Lambda@Edge\) is not known/);
  });

  it('makes a receipt that can be kept', async () => {
    const receipt = receiptOf(await plan());

    expect(Buffer.byteLength(JSON.stringify(receipt))).toBeLessThan(RECEIPT_BYTES);
    expect(receipt.steps).toHaveLength(STAGES.flat().length);
  });
});
