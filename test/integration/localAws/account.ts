import {
  CreateRoleCommand,
  DeleteRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  InvokeCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { ZipFile } from 'yazl';
import type { LocalAws } from '../../../local/aws/state';
import { type Credentials, clientOptions } from './instance';

export type Statement = {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
};

/** A function that shows what it was given. */
export const showsEnvironment = 'exports.handler = async () => process.env;';

export function policy(statements: readonly unknown[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

export async function makeRole(
  aws: LocalAws,
  name: string,
  statements: readonly Statement[],
): Promise<string> {
  const iam = new IAMClient(clientOptions(aws));
  const Principal = { Service: ['lambda.amazonaws.com', 'states.amazonaws.com'], AWS: aws.accountId };
  const trust = policy([{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }]);
  const made = await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trust }));
  if (statements.length > 0) await putPolicy(aws, name, 'own', statements);
  return made.Role?.Arn ?? '';
}

export async function putPolicy(aws: LocalAws, role: string, name: string, statements: readonly Statement[]) {
  const input = { RoleName: role, PolicyName: name, PolicyDocument: policy(statements) };
  await new IAMClient(clientOptions(aws)).send(new PutRolePolicyCommand(input));
}

export async function deletePolicy(aws: LocalAws, role: string, name: string): Promise<void> {
  const input = { RoleName: role, PolicyName: name };
  await new IAMClient(clientOptions(aws)).send(new DeleteRolePolicyCommand(input));
}

export async function assume(aws: LocalAws, role: string, session: string): Promise<Credentials> {
  const sts = new STSClient(clientOptions(aws));
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: role, RoleSessionName: session }));
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

type FunctionSettings = Omit<Partial<CreateFunctionCommandInput>, 'FunctionName' | 'Role' | 'Code'>;

export async function makeFunction(
  aws: LocalAws,
  name: string,
  role: string,
  source: string,
  settings: FunctionSettings = {},
): Promise<string> {
  const lambda = new LambdaClient(clientOptions(aws));
  const made = await lambda.send(
    new CreateFunctionCommand({
      Runtime: 'nodejs20.x',
      Handler: 'index.handler',
      Timeout: 10,
      ...settings,
      FunctionName: name,
      Role: role,
      Code: { ZipFile: await zipOf(source) },
    }),
  );
  await waitUntilFunctionActiveV2(
    { client: lambda, maxWaitTime: 20, minDelay: 0.1, maxDelay: 1 },
    { FunctionName: name },
  );
  return made.FunctionArn ?? '';
}

export async function zipOf(source: string): Promise<Uint8Array> {
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from(source), 'index.js', { mtime: new Date('2020-01-01') });
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

export async function invoke(
  aws: LocalAws,
  name: string,
  event: unknown = {},
): Promise<Readonly<Record<string, string>>> {
  const lambda = new LambdaClient(clientOptions(aws));
  const { Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(event) }),
  );
  return JSON.parse(Buffer.from(Payload ?? []).toString() || '{}');
}

/** The key of the execution environment that answers: what a thief inside the function would carry away. */
export async function keyOf(aws: LocalAws, name: string): Promise<Credentials> {
  const {
    AWS_ACCESS_KEY_ID = '',
    AWS_SECRET_ACCESS_KEY = '',
    AWS_SESSION_TOKEN = '',
  } = await invoke(aws, name);
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    sessionToken: AWS_SESSION_TOKEN,
  };
}
