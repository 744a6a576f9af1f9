import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { complain } from '../local/print';

/** Which deployment the command line speaks to. */
export type Target = {
  readonly table: string;
  readonly decisionsUrl: string;
  readonly region: string;
  /** What the names of everything in the deployment begin with: `<service>-<stage>`. */
  readonly prefix: string;
};

/** As serverless.yml names the table (custom.names). */
const prefixOf = (table: string): string => table.replace(/-incidents$/, '');

/** No deployment could be made out, or it is not there. Says what to do. */
export class NoTargetError extends Error {
  override readonly name = 'NoTargetError';
}

const fromEnvironment = (): Target | null => {
  const {
    TOURNIQUET_INCIDENT_TABLE: table,
    TOURNIQUET_DECISIONS_URL: decisionsUrl,
    AWS_REGION: region,
  } = process.env;
  return table && decisionsUrl && region ? { table, decisionsUrl, region, prefix: prefixOf(table) } : null;
};

const fromStack = async (stage: string): Promise<Target> => {
  const client = new CloudFormationClient({});
  const StackName = `tourniquet-${stage}`;
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName }));
  const outputs = new Map(
    (Stacks[0]?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  );
  const table = outputs.get('IncidentTableName');
  const api = outputs.get('HttpApiUrl');
  if (table === undefined || api === undefined)
    throw new NoTargetError(`the stack ${StackName} has no Tourniquet in it`);
  const region = await client.config.region();
  return { table, decisionsUrl: `${api}/decisions`, region, prefix: StackName };
};

/** Takes the variables of a running `local:up`, so that the commands work in a fresh clone without further ado. */
const fromLocal = async (): Promise<Target | null> => {
  const path = join(resolve(__dirname, '..'), '.local', 'env');
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return null;
  for (const line of text.split('\n')) {
    const [name = '', ...value] = line.split('=');
    if (name !== '') process.env[name] = value.join('=');
  }
  // With the local keys, a profile or a token of the shell would be refused or, worse, win.
  delete process.env.AWS_PROFILE;
  complain('(the local AWS of npm run local:up; for a real account: --stage <stage>)');
  return fromEnvironment();
};

/**
 * The deployment: the stage asked for, else what the environment says (`. .local/env`), else the local AWS if it is up.
 * Throws {@link NoTargetError}.
 */
export const findTarget = async (stage: string | undefined): Promise<Target> => {
  if (stage !== undefined && stage !== 'local') return fromStack(stage);
  const target = (stage === undefined ? fromEnvironment() : null) ?? (await fromLocal());
  if (target === null) {
    throw new NoTargetError(
      'no deployment to speak to: give --stage <stage> for a real account, or start the local AWS with npm run local:up',
    );
  }
  return target;
};
