import { GetFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { RotatedSecret } from '../../shared/incident/incident';
import { PEOPLE } from '../desk';
import { buttonsOf, deskClient } from '../deskClient';
import { differences, readLiveState } from '../liveState';
import { until } from '../until';
import { deployVersion, logLine, sendOrder } from './attack';
import { isDenied } from './response';
import { check, type Step, type World } from './story';

/** The incident's record, read from the table itself. */
const recordOf = async ({ instance, incidentId }: World): Promise<Record<string, unknown>> => {
  const { Items = [] } = await instance.clients.db.send(
    new QueryCommand({
      TableName: instance.stack.incidentTable,
      KeyConditionExpression: 'pk = :pk AND sk = :sk',
      ExpressionAttributeValues: { ':pk': `incident#${incidentId}`, ':sk': 'incident' },
    }),
  );
  return Items[0] ?? {};
};

const isThrottled = async ({ instance, workload }: World): Promise<boolean> =>
  (
    await instance.clients.lambda.send(
      new GetFunctionConcurrencyCommand({ FunctionName: workload.workerArn }),
    )
  ).ReservedConcurrentExecutions === 0;

const thread = async (world: World, text: string): Promise<boolean> =>
  (await deskClient(world.instance.desk.url).messages()).some(
    (entry) => entry.thread_ts === world.messageTs && entry.text.includes(text),
  );

const messageOf = async (world: World) =>
  (await deskClient(world.instance.desk.url).messages()).find(({ ts }) => ts === world.messageTs);

export const recovery: readonly Step[] = [
  {
    title: 'Who may not release it, cannot; and nobody can release the code that was contained',
    run: async (world) => {
      const { instance, messageTs } = world;
      const desk = deskClient(instance.desk.url);
      await sendOrder(instance.clients, world.workload, 'A-1003');
      await desk.press(messageTs, 'release', PEOPLE.bystander);
      const told = await until(
        'the intern is told',
        20,
        async () =>
          (await desk.messages()).find(({ ephemeral_to }) => ephemeral_to === PEOPLE.bystander) ?? null,
      );
      const forged = await fetch(instance.stack.slackInteractionsUrl, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/x-www-form-urlencoded',
          'X-Slack-Request-Timestamp': String(Math.floor(Date.now() / 1000)),
          'X-Slack-Signature': `v0=${'0'.repeat(64)}`,
        },
        body: 'payload=%7B%7D',
      });
      await desk.press(messageTs, 'release', PEOPLE.approver);
      const refused = await until('the refusal', 30, () => thread(world, 'Not released'));
      const asksAgain = await until('the buttons again', 30, async () =>
        buttonsOf((await messageOf(world)) ?? { ts: '', channel: '', text: '' }).includes('release'),
      );
      return {
        checks: [
          check('the intern is told why not', true, told.text),
          check('a forged request is refused', forged.status === 401, forged.status),
          check(
            'the same code is not released, even by an approver',
            refused && asksAgain,
            'told in the thread, and asked again',
          ),
          check(
            'it is still contained',
            (await isThrottled(world)) && (await isDenied(world)),
            'concurrency 0, deny attached',
          ),
        ],
      };
    },
  },
  {
    title: 'The shared secret is rotated, a patched version deployed; the approver presses Release',
    run: async (world) => {
      const { instance, messageTs } = world;
      const desk = deskClient(instance.desk.url);
      const { partnerSecretArn } = world.workload;
      const question = (await desk.messages()).find((entry) => buttonsOf(entry).includes('rotate_secret'));
      await desk.press(question?.ts ?? '', 'rotate_secret', PEOPLE.approver);
      // The gate lets no release through while a secret is neither rotated nor left by an approver's word.
      const partner = await until('the rotation of the shared secret on record', 60, async () => {
        const { secrets = [] } = (await recordOf(world)) as { secrets?: readonly RotatedSecret[] };
        return (
          secrets.find(({ secretArn, outcome }) => secretArn === partnerSecretArn && outcome === 'rotated') ??
          null
        );
      });
      const patched = await deployVersion(instance.clients, world.workload.workerArn, 'orderWorker.patched');
      const pressed = await desk.press(messageTs, 'release', PEOPLE.approver);
      await until('the release', 60, async () => !(await isThrottled(world)) && !(await isDenied(world)));
      await until('the word of it', 30, () => thread(world, 'Released'));
      const after = await readLiveState(instance.clients, world.workload.workerArn);
      const changed = differences(world.before, after);
      const charged = await logLine(instance.clients, 'order A-1003 charged', 90);
      const message = await messageOf(world);
      return {
        checks: [
          check("the partner's secret is rotated by one press", true, partner.detail),
          check('the press is signed, and taken', pressed.ok, `HTTP ${pressed.status}`),
          check('the code is the patch', patched.base64 !== world.compromised.base64, patched.base64),
          check(
            'everything else is as it was, answer by answer',
            changed.length === 0,
            changed.length === 0
              ? Object.keys(world.before).join(', ')
              : `differs: ${changed.map((call) => `${call} ${JSON.stringify(world.before[call])} → ${JSON.stringify(after[call])}`).join('; ')}`,
          ),
          check(
            'the order that came in meanwhile was kept, and goes through',
            charged !== null,
            charged ?? 'no log line',
          ),
          check(
            'the message is rewritten: no buttons left',
            message !== undefined && buttonsOf(message).length === 0,
            message?.text ?? '',
          ),
        ],
      };
    },
  },
  {
    title: 'Watched, and closed with a post-mortem',
    run: async (world) => {
      const { instance, incidentId } = world;
      const record = await until('the incident closed', 60, async () => {
        const found = await recordOf(world);
        return found.status === 'closed' ? found : null;
      });
      const { Body } = await instance.clients.s3.send(
        new GetObjectCommand({
          Bucket: instance.stack.evidenceBucket,
          Key: `incidents/${incidentId}/post-mortem.md`,
        }),
      );
      const report = (await Body?.transformToString('utf8')) ?? '';
      const execution = await until('the end of the execution', 30, async () => {
        const found = await instance.clients.stepFunctions.send(
          new DescribeExecutionCommand({ executionArn: String(record.executionArn) }),
        );
        return found.status === 'RUNNING' ? null : found;
      });
      const page = (await deskClient(instance.desk.url).pagerDuty()).alerts.find(
        ({ dedup_key }) => dedup_key === incidentId,
      );
      const parts = ['## Timings', '## Timeline', '## Evidence', '## Open items'];
      return {
        checks: [
          check('the incident is closed', true, String(record.closedAt)),
          check(
            'the post-mortem lies beside the evidence',
            parts.every((part) => report.includes(part)),
            `${report.split('\n').length} lines`,
          ),
          check('the playbook ended as planned', execution.status === 'SUCCEEDED', execution.status ?? ''),
          check('PagerDuty is resolved', page?.status === 'resolved', page?.status ?? 'no alert'),
        ],
      };
    },
  },
];
