import { randomBytes } from 'node:crypto';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { CreateFunctionCommand, GetFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import type { LocalClients } from '../local/clients';
import { MODE_TAG } from '../shared/policy/mode';
import { packageOf } from './package';
import { eachOf } from './statistics';

/** A function that nobody needs, to be contained. */
export type Suspect = { readonly name: string; readonly arn: string; readonly role: string };

/** How many are made side by side: more than a few only queue up in the local AWS. */
const AT_ONCE = 8;

export const trustOf = (service: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  });

export const roleNameOf = (roleArn: string): string => roleArn.slice(roleArn.lastIndexOf('/') + 1);

const makeRole = async ({ iam }: LocalClients, RoleName: string): Promise<string> => {
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trustOf('lambda.amazonaws.com') }),
  );
  return Role?.Arn ?? '';
};

/** Makes functions with so many roles among them, in the mode `respond`. */
export const makeSuspects = async (
  clients: LocalClients,
  count: number,
  roles: number = count,
): Promise<readonly Suspect[]> => {
  const run = `bench-${randomBytes(4).toString('hex')}`;
  const ZipFile = await packageOf('exports.handler = async () => ({ ok: true });');
  const roleArns = await eachOf([...Array(roles).keys()], AT_ONCE, (index) =>
    makeRole(clients, `${run}-role-${index}`),
  );
  return eachOf([...Array(count).keys()], AT_ONCE, async (index) => {
    const name = `${run}-${index}`;
    const role = roleArns[index % roles] as string;
    const { FunctionArn = '' } = await clients.lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Role: role,
        Code: { ZipFile },
        Tags: { [MODE_TAG]: 'respond' },
      }),
    );
    return { name, arn: FunctionArn, role };
  });
};

export const isThrottled = async ({ lambda }: LocalClients, { name }: Suspect): Promise<boolean> =>
  (await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName: name })))
    .ReservedConcurrentExecutions === 0;
