import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream, mkdirSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { cleanEnvironment } from './aws/guard';
import { withLock } from './aws/lock';
import { type LocalAws, root } from './aws/state';
import type { LocalClients } from './clients';

/** The stack could not be deployed. */
export class DeployFailed extends Error {
  override readonly name = 'DeployFailed';
}

export type Stack = {
  readonly stateMachineArn: string;
  readonly eventBus: string;
  readonly evidenceBucket: string;
  readonly incidentTable: string;
  readonly alertTopicArn: string;
  readonly quarantinePolicyArn: string;
  readonly signingKeyArn: string;
  readonly signingKeyFingerprint: string;
  readonly slackInteractionsUrl: string;
  readonly decisionsUrl: string;
};

const STACK = 'tourniquet-local';
const SOURCES = [
  'serverless.yml',
  'policy.yml',
  'package-lock.json',
  'infrastructure',
  'statemachines',
  'functions',
  'shared',
];

const filesUnder = async (path: string): Promise<readonly string[]> => {
  const entries = await readdir(join(root, path), { recursive: true, withFileTypes: true }).catch(() => null);
  if (entries === null) return [path];
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
};

/** What a deployment is made of, as one digest: the same sources need not be deployed twice. */
export const sourcesDigest = async (): Promise<string> => {
  const hash = createHash('sha256');
  for (const file of (await Promise.all(SOURCES.map(filesUnder))).flat().toSorted()) {
    hash.update(`${file}\0`).update(await readFile(join(root, file)));
  }
  return hash.digest('hex');
};

/** Deploys with the same `serverless deploy` as to a real account, into the local AWS alone. Output goes to a log. */
export const deployStack = async (
  dir: string,
  aws: LocalAws,
  deskUrl: string,
  onWait: () => void,
): Promise<void> => {
  const logs = join(resolve(root, dir), 'logs');
  mkdirSync(logs, { recursive: true });
  const logPath = join(logs, 'deploy.log');
  // The build folders belong to the repository, so only one deployment builds at a time.
  await withLock(join(root, '.local', 'deploy.lock'), onWait, async () => {
    const log = createWriteStream(logPath);
    const child = spawn(
      process.execPath,
      [join(root, 'node_modules', 'serverless', 'bin', 'serverless.js'), 'deploy', '--stage', 'local'],
      {
        cwd: root,
        env: {
          ...cleanEnvironment(aws),
          TOURNIQUET_LOCAL_DESK_URL: deskUrl,
          CI: 'true',
          NODE_NO_WARNINGS: '1',
          // How often it looks whether CloudFormation is done: here that is no request over a network.
          SLS_AWS_MONITORING_FREQUENCY: '250',
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    const code = await new Promise<number | null>((settle) => child.once('close', settle));
    await new Promise<void>((settle) => log.end(() => settle()));
    if (code !== 0) throw new DeployFailed(await lastWords(logPath));
  });
};

const lastWords = async (logPath: string): Promise<string> => {
  const lines = (await readFile(logPath, 'utf8')).split('\n').filter((line) => line.trim() !== '');
  return `the stack could not be deployed (${logPath}):\n${lines.slice(-25).join('\n')}`;
};

/** The deployed stack's names; null when it is not deployed. */
export const readStack = async (aws: LocalAws, { cloudFormation }: LocalClients): Promise<Stack | null> => {
  const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({}));
  const stack = Stacks.find(
    ({ StackName, StackStatus = '' }) =>
      StackName === STACK && /^(?:CREATE|UPDATE)_COMPLETE$/.test(StackStatus),
  );
  if (stack === undefined) return null;
  const outputs = new Map(
    (stack.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  );
  const get = (key: string): string => {
    const value = outputs.get(key);
    if (value === undefined) throw new DeployFailed(`the stack ${STACK} has no output ${key}`);
    return value;
  };
  // The emulator serves an HTTP API by path, its stage $default without a name.
  const api = `${aws.endpoint}/_aws/execute-api/${get('HttpApiId')}`;
  return {
    stateMachineArn: get('StateMachineArn'),
    eventBus: get('EventBusName'),
    evidenceBucket: get('EvidenceBucketName'),
    incidentTable: get('IncidentTableName'),
    alertTopicArn: get('AlertTopicArn'),
    quarantinePolicyArn: get('QuarantinePolicyArn'),
    signingKeyArn: get('SigningKeyArn'),
    signingKeyFingerprint: get('SigningKeyFingerprint'),
    slackInteractionsUrl: `${api}/slack/interactions`,
    decisionsUrl: `${api}/decisions`,
  };
};
