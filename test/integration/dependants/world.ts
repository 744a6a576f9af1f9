import { randomBytes } from 'node:crypto';
import { CreateEventBusCommand, PutRuleCommand } from '@aws-sdk/client-eventbridge';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { CreateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { CreateQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { LocalAws } from '../../../local/aws/state';
import type { LocalClients } from '../../../local/clients';
import { admitsInline } from '../../../shared/containment/denyDocuments';
import type { Reach } from '../../../shared/dependants/cut';
import { type DependantsTools, dependants } from '../../../shared/dependants/dependants';
import { type DependantsRequest, dependantsRequest } from '../../../shared/dependants/request';
import type { Dependant } from '../../../shared/policy/dependants';

export const PREFIX = 'tourniquet-test';
export const KEPT = '/tourniquet/test/dependants';

export const unique = (name: string): string => `${name}-${randomBytes(4).toString('hex')}`;

export const toolsOf = (aws: LocalAws, clients: LocalClients): DependantsTools => ({
  ssm: clients.ssm,
  keptUnder: KEPT,
  service: 'tourniquet',
  accountId: aws.accountId,
  region: aws.region,
  memberAccounts: [],
  clientsFor: (accountId) =>
    Promise.resolve({
      ...clients,
      accountId,
      service: 'tourniquet',
      databaseFunction: '',
      mayChangeRole: (roleArn) => admitsInline(roleArn, ['*'], PREFIX),
    }),
});

/** One suspect's containment, as the function is asked for it: through its schema. */
export const asking = (
  aws: LocalAws,
  clients: LocalClients,
  reach: Reach,
  holder = `${unique('inc')}#1`,
) => ({
  holder,
  ask: (
    kind: Dependant,
    action: DependantsRequest['action'],
    targets: readonly string[] = [],
    by = clients,
  ) => dependants(dependantsRequest.parse({ kind, action, reach, holder, targets }), toolsOf(aws, by)),
});

export const reachOf = (aws: LocalAws, name: string, resources: readonly string[] = []): Reach => ({
  suspectArn: `arn:aws:lambda:${aws.region}:${aws.accountId}:function:${name}`,
  functionName: name,
  roleArn: `arn:aws:iam::${aws.accountId}:role/${name}`,
  accountId: aws.accountId,
  region: aws.region,
  resources,
  reads: [],
});

/** A role with a trust policy of these statements. */
export const roleTrusting = async (
  { iam }: LocalClients,
  name: string,
  Statement: readonly unknown[],
): Promise<string> => {
  const made = await iam.send(
    new CreateRoleCommand({
      RoleName: name,
      AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
    }),
  );
  return made.Role?.Arn ?? '';
};

export const trusts = (AWS: unknown, more: object = {}) => ({
  Effect: 'Allow',
  Principal: { AWS },
  Action: 'sts:AssumeRole',
  ...more,
});

export const makeQueue = async ({ sqs }: LocalClients): Promise<string> => {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: unique('queue') }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  return Attributes?.QueueArn ?? '';
};

export const feed = async (
  { lambda }: LocalClients,
  functionName: string,
  EventSourceArn: string,
  Enabled = true,
): Promise<string> => {
  const made = await lambda.send(
    new CreateEventSourceMappingCommand({ FunctionName: functionName, EventSourceArn, Enabled }),
  );
  return made.UUID ?? '';
};

export const makeBus = async ({ events }: LocalClients, name = unique('bus')): Promise<string> =>
  (await events.send(new CreateEventBusCommand({ Name: name }))).EventBusArn ?? '';

/** A bus by its name. */
export const nameOf = (busArn: string): string => busArn.slice(busArn.lastIndexOf('/') + 1);

export const makeRule = async (
  { events }: LocalClients,
  bus: string,
  State: 'ENABLED' | 'DISABLED' = 'ENABLED',
  Name = unique('rule'),
): Promise<string> => {
  const { RuleArn } = await events.send(
    new PutRuleCommand({ Name, EventBusName: nameOf(bus), EventPattern: '{"source":["orders"]}', State }),
  );
  return RuleArn ?? '';
};
