import { createHash } from 'node:crypto';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ListRolesCommand } from '@aws-sdk/client-iam';
import {
  GetFunctionConcurrencyCommand,
  UpdateFunctionCodeCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { DescribeSecretCommand, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { type LocalClients, localClients } from '../clients';
import { readLiveState } from '../liveState';
import { findingDetail, putGuardDutyEvent } from '../scenarios/guardDutyFinding';
import { until } from '../until';
import { deployWorkload, type Workload } from '../workload/deploy';
import { packageFunction } from '../workload/package';
import { check, type Step, type World } from './story';

const LOG_GROUP = '/aws/lambda/shop-order-worker';

export const sendOrder = async ({ sqs }: LocalClients, { queueUrl }: Workload, id: string): Promise<void> => {
  await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify({ id }) }));
};

/** The first log line of the order worker that contains a text, or null after so many seconds. */
export const logLine = async (
  { logs }: LocalClients,
  text: string,
  seconds: number,
): Promise<string | null> => {
  try {
    return await until(`a log line with ${text}`, seconds, async () => {
      const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName: LOG_GROUP }));
      return events.find(({ message }) => message?.includes(text))?.message?.trim() ?? null;
    });
  } catch {
    return null;
  }
};

/** Deploys a version of the order worker. */
export const deployVersion = async ({ lambda }: LocalClients, workerArn: string, name: string) => {
  const ZipFile = await packageFunction(name);
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: workerArn, ZipFile }));
  await waitUntilFunctionUpdatedV2(
    { client: lambda, maxWaitTime: 60, minDelay: 0.1, maxDelay: 1 },
    { FunctionName: workerArn },
  );
  const digest = createHash('sha256').update(ZipFile);
  return { base64: digest.copy().digest('base64'), sha256: digest.digest('hex') };
};

/** The worker's function URL on the local AWS, which serves it by path. */
export const callUrl = async (world: Pick<World, 'instance' | 'workload'>): Promise<Response> => {
  const id = new URL(world.workload.workerUrl).hostname.split('.')[0];
  return fetch(`${world.instance.aws.endpoint}/_aws/lambda-url/${id}/`);
};

export const currentVersion = async ({ secrets }: LocalClients, SecretId: string): Promise<string> => {
  const { VersionIdsToStages = {} } = await secrets.send(new DescribeSecretCommand({ SecretId }));
  return Object.entries(VersionIdsToStages).find(([, stages]) => stages.includes('AWSCURRENT'))?.[0] ?? '';
};

/** What a thief of the worker's credentials can do: `OK`, or the error that AWS gives. */
export const readWith = async ({ instance, workload, stolen }: World): Promise<string> => {
  const thief = localClients(instance.aws, stolen);
  try {
    await thief.secrets.send(new GetSecretValueCommand({ SecretId: workload.paymentSecretArn }));
    return 'OK';
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
};

export const attack: readonly Step[] = [
  {
    title: 'A shop runs: an order worker with a queue, a function URL, a secret of its own and a role',
    run: async ({ instance }) => {
      const { clients } = instance;
      const workload = await deployWorkload(clients);
      await sendOrder(clients, workload, 'A-1001');
      const charged = await logLine(clients, 'order A-1001 charged', 30);
      const { ReservedConcurrentExecutions } = await clients.lambda.send(
        new GetFunctionConcurrencyCommand({ FunctionName: workload.workerArn }),
      );
      const { SecretString = '' } = await clients.secrets.send(
        new GetSecretValueCommand({ SecretId: workload.paymentSecretArn }),
      );
      return {
        adds: {
          workload,
          before: await readLiveState(clients, workload.workerArn),
          paymentSecret: SecretString,
          paymentSecretVersion: await currentVersion(clients, workload.paymentSecretArn),
          partnerSecretVersion: await currentVersion(clients, workload.partnerSecretArn),
        },
        checks: [
          check('an order goes through', charged !== null, charged ?? 'no log line'),
          check(
            'it has a reservation of 5',
            ReservedConcurrentExecutions === 5,
            ReservedConcurrentExecutions ?? 'none',
          ),
        ],
      };
    },
  },
  {
    title:
      'The attack: its code is replaced by one with the marks of a coin miner, and its credentials are stolen',
    run: async (world) => {
      const { clients } = world.instance;
      const compromised = await deployVersion(clients, world.workload.workerArn, 'orderWorker.compromised');
      await sendOrder(clients, world.workload, 'A-1002');
      const mark = await logLine(clients, 'stratum+tcp://', 30);
      const answer = await callUrl(world);
      const keys = (await answer.json()) as Record<string, string>;
      const stolen = {
        accessKeyId: keys.AWS_ACCESS_KEY_ID ?? '',
        secretAccessKey: keys.AWS_SECRET_ACCESS_KEY ?? '',
        sessionToken: keys.AWS_SESSION_TOKEN ?? '',
      };
      const theft = await readWith({ ...world, stolen });
      return {
        adds: { compromised, stolen },
        checks: [
          check('its log bears the marks', mark !== null, mark ?? 'no log line'),
          check('the stolen credentials read the payment secret', theft === 'OK', theft),
        ],
      };
    },
  },
  {
    title: 'GuardDuty reports CryptoCurrency:Lambda/BitcoinTool.B on the default bus',
    run: async ({ instance, workload }) => {
      const { Roles = [] } = await instance.clients.iam.send(new ListRolesCommand({}));
      const role = Roles.find(({ RoleName }) => RoleName === 'shop-order-worker')?.Arn ?? '';
      const findingAt = Date.now();
      await putGuardDutyEvent(instance.clients, findingDetail({ functionArn: workload.workerArn, role }));
      return { adds: { findingAt }, checks: [] };
    },
  },
];
