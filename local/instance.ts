import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { z } from 'zod';
import { cleanEnvironment } from './aws/guard';
import { startLocalAws } from './aws/start';
import { type LocalAws, root } from './aws/state';
import { localAwsStatus } from './aws/status';
import { stopLocalAws } from './aws/stop';
import { type LocalClients, localClients } from './clients';
import { deployStack, readStack, type Stack, sourcesDigest } from './deploy';
import { type Desk, jsonOrNull, readDesk, startDesk, stopDesk } from './desk';

/** A local AWS with the stack deployed and a Slack desk beside it. */
export type Instance = {
  readonly dir: string;
  readonly aws: LocalAws;
  readonly desk: Desk;
  readonly stack: Stack;
  readonly clients: LocalClients;
};

export type Say = (text: string) => void;

/** The instance of `local:up`, `start` and the command line; the demo and the tests have their own. */
export const MAIN_INSTANCE = '.local';

const stampShape = z.object({ digest: z.string(), pid: z.number(), desk: z.string() });
const stampPath = (dir: string): string => join(resolve(root, dir), 'deployed.json');
export const envPath = (dir: string): string => join(resolve(root, dir), 'env');

/** Brings an instance up, or finds it up. Twice is once. */
export const up = async (dir: string, say: Say): Promise<Instance> => {
  const aws = await startLocalAws({ dir, progress: say });
  const desk = await startDesk(dir);
  say(`The Slack desk is at ${desk.url}`);
  const clients = localClients(aws);
  await putSecrets(clients, desk);
  const digest = await sourcesDigest();
  const stamp = { digest, pid: aws.pid, desk: desk.url };
  if (!(await isDeployed(dir, stamp))) {
    say('Deploying the stack (serverless deploy --stage local), about half a minute');
    await deployStack(dir, aws, desk.url, () => say('Another deployment is building, waiting for it'));
    await writeFile(stampPath(dir), JSON.stringify(stamp));
  }
  const stack = await readStack(aws, clients);
  if (stack === null)
    throw new Error('the stack was deployed and is not there: run npm run local:down, then try again');
  await connectDesk(desk, stack);
  const instance = { dir, aws, desk, stack, clients };
  await writeFile(envPath(dir), environmentFile(instance), { mode: 0o600 });
  return instance;
};

/** Ends everything an instance runs, and forgets what it kept there. Logs stay. */
export const down = async (dir: string): Promise<void> => {
  await stopDesk(dir);
  await stopLocalAws(dir);
  await Promise.all([envPath(dir), stampPath(dir)].map((path) => rm(path, { force: true })));
};

/** A running instance, without changing anything; null when it is not whole. */
export const connect = async (dir: string): Promise<Instance | null> => {
  const [found, desk] = await Promise.all([localAwsStatus(dir), readDesk(dir)]);
  if (found.state !== 'running' || desk === null) return null;
  const clients = localClients(found.aws);
  // A local AWS that does not answer is not up, whatever its process does.
  const stack = await readStack(found.aws, clients).catch(() => null);
  return stack === null ? null : { dir, aws: found.aws, desk, stack, clients };
};

export type Status = { readonly healthy: boolean; readonly lines: readonly string[] };

/** Whether an instance is up, in words. */
export const status = async (dir: string): Promise<Status> => {
  const instance = await connect(dir);
  const [aws, desk] = await Promise.all([localAwsStatus(dir), readDesk(dir)]);
  return {
    healthy: instance !== null,
    lines: [
      `local AWS    ${aws.state === 'stopped' ? 'not running' : `${aws.state} at ${aws.aws.endpoint}`}`,
      `stack        ${instance === null ? 'not deployed, or not reachable' : `deployed, playbook ${instance.stack.stateMachineArn}`}`,
      `Slack desk   ${desk === null ? 'not running' : `running at ${desk.url}`}`,
    ],
  };
};

const isDeployed = async (dir: string, wanted: z.infer<typeof stampShape>): Promise<boolean> => {
  const text = await readFile(stampPath(dir), 'utf8').catch(() => null);
  const stamp = stampShape.safeParse(jsonOrNull(text ?? ''));
  if (!stamp.success) return false;
  const { digest, pid, desk } = stamp.data;
  return digest === wanted.digest && pid === wanted.pid && desk === wanted.desk;
};

const putSecrets = async ({ ssm }: LocalClients, desk: Desk): Promise<void> => {
  const secrets = {
    'slack-bot-token': desk.botToken,
    'slack-signing-secret': desk.signingSecret,
    'pagerduty-routing-key': desk.pagerDutyRoutingKey,
  };
  for (const [name, Value] of Object.entries(secrets)) {
    await ssm.send(
      new PutParameterCommand({
        Name: `/tourniquet/local/${name}`,
        Type: 'SecureString',
        Value,
        Overwrite: true,
      }),
    );
  }
};

const connectDesk = async (desk: Desk, stack: Stack): Promise<void> => {
  await fetch(`${desk.url}/api/interactions-url`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ url: stack.slackInteractionsUrl }),
  });
};

/** What a person or a script needs to use the instance, in variables. No value needs quoting in a shell. */
export const environmentOf = ({
  aws,
  desk,
  stack,
}: Omit<Instance, 'clients' | 'dir'>): Readonly<Record<string, string>> => {
  const {
    AWS_ENDPOINT_URL = '',
    AWS_CONFIG_FILE = '',
    AWS_SHARED_CREDENTIALS_FILE = '',
  } = cleanEnvironment(aws);
  const perService = [
    'CLOUDFORMATION',
    'CLOUDWATCH_LOGS',
    'DYNAMODB',
    'EVENTBRIDGE',
    'IAM',
    'KMS',
    'LAMBDA',
    'S3',
    'SECRETS_MANAGER',
    'SFN',
    'SNS',
    'SQS',
    'SSM',
    'STS',
  ];
  return {
    AWS_ENDPOINT_URL,
    ...Object.fromEntries(perService.map((service) => [`AWS_ENDPOINT_URL_${service}`, AWS_ENDPOINT_URL])),
    AWS_REGION: aws.region,
    AWS_DEFAULT_REGION: aws.region,
    AWS_ACCESS_KEY_ID: aws.accessKeyId,
    AWS_SECRET_ACCESS_KEY: aws.secretAccessKey,
    AWS_SESSION_TOKEN: '',
    AWS_CONFIG_FILE,
    AWS_SHARED_CREDENTIALS_FILE,
    AWS_EC2_METADATA_DISABLED: 'true',
    TOURNIQUET_LOCAL_AWS: AWS_ENDPOINT_URL,
    TOURNIQUET_STATE_MACHINE_ARN: stack.stateMachineArn,
    TOURNIQUET_EVENT_BUS: stack.eventBus,
    TOURNIQUET_EVIDENCE_BUCKET: stack.evidenceBucket,
    TOURNIQUET_INCIDENT_TABLE: stack.incidentTable,
    TOURNIQUET_DECISIONS_URL: stack.decisionsUrl,
    TOURNIQUET_SLACK_INTERACTIONS_URL: stack.slackInteractionsUrl,
    TOURNIQUET_SLACK_DESK_URL: desk.url,
  };
};

const environmentFile = (instance: Instance): string =>
  `${Object.entries(environmentOf(instance))
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')}\n`;
