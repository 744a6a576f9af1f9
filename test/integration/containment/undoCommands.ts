import { UpdateApiKeyCommand } from '@aws-sdk/client-api-gateway';
import { PutResourcePolicyCommand as PutTablePolicyCommand } from '@aws-sdk/client-dynamodb';
import { AuthorizeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import { DetachRolePolicyCommand } from '@aws-sdk/client-iam';
import { PutResourcePolicyCommand as PutStreamPolicyCommand } from '@aws-sdk/client-kinesis';
import { PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import {
  DeleteFunctionConcurrencyCommand,
  DeleteFunctionEventInvokeConfigCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { PutResourcePolicyCommand } from '@aws-sdk/client-secrets-manager';
import { SetSubscriptionAttributesCommand, SetTopicAttributesCommand } from '@aws-sdk/client-sns';
import { GetQueueUrlCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { LocalClients } from '../../../local/clients';

/** A line as a POSIX shell takes it apart. Throws on anything but words. */
export const wordsOf = (line: string): readonly string[] => {
  const words: string[] = [];
  let rest = line.trim();
  while (rest !== '') {
    // A word is made of plain characters, 'quoted' pieces and escaped quotes.
    const match = /^(?:[\w@%+=:,./-]|'[^']*'|\\')+/.exec(rest);
    if (match === null) throw new Error(`a shell would do more than read words here: ${rest}`);
    words.push(
      match[0].replaceAll(
        /'([^']*)'|\\(')/g,
        (_whole, quoted?: string, escaped?: string) => quoted ?? escaped ?? '',
      ),
    );
    rest = rest.slice(match[0].length).trimStart();
  }
  return words;
};

type Run = (options: ReadonlyMap<string, string>, clients: LocalClients) => Promise<unknown>;

const needed = (options: ReadonlyMap<string, string>, name: string): string => {
  const value = options.get(name);
  if (value === undefined) throw new Error(`the command has no ${name}`);
  return value;
};

/** The commands of the AWS CLI that the test knows, by service and name. */
const COMMANDS: Readonly<Record<string, Run>> = {
  'lambda put-function-concurrency': (options, { lambda }) =>
    lambda.send(
      new PutFunctionConcurrencyCommand({
        FunctionName: needed(options, '--function-name'),
        ReservedConcurrentExecutions: Number(needed(options, '--reserved-concurrent-executions')),
      }),
    ),
  'lambda delete-function-concurrency': (options, { lambda }) =>
    lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName: needed(options, '--function-name') })),
  'lambda delete-function-event-invoke-config': (options, { lambda }) =>
    lambda.send(
      new DeleteFunctionEventInvokeConfigCommand({
        FunctionName: needed(options, '--function-name'),
        Qualifier: options.get('--qualifier'),
      }),
    ),
  'lambda put-function-event-invoke-config': (options, { lambda }) => {
    const number = (name: string) => (options.has(name) ? Number(options.get(name)) : undefined);
    const destinations = options.get('--destination-config');
    return lambda.send(
      new PutFunctionEventInvokeConfigCommand({
        FunctionName: needed(options, '--function-name'),
        Qualifier: options.get('--qualifier'),
        MaximumRetryAttempts: number('--maximum-retry-attempts'),
        MaximumEventAgeInSeconds: number('--maximum-event-age-in-seconds'),
        ...(destinations === undefined ? {} : { DestinationConfig: JSON.parse(destinations) }),
      }),
    );
  },
  'lambda update-event-source-mapping': (options, { lambda }) =>
    lambda.send(
      new UpdateEventSourceMappingCommand({
        UUID: needed(options, '--uuid'),
        Enabled: options.has('--enabled'),
      }),
    ),
  'iam detach-role-policy': (options, { iam }) =>
    iam.send(
      new DetachRolePolicyCommand({
        RoleName: needed(options, '--role-name'),
        PolicyArn: needed(options, '--policy-arn'),
      }),
    ),
  'sns set-subscription-attributes': (options, { sns }) =>
    sns.send(
      new SetSubscriptionAttributesCommand({
        SubscriptionArn: needed(options, '--subscription-arn'),
        AttributeName: needed(options, '--attribute-name'),
        AttributeValue: needed(options, '--attribute-value'),
      }),
    ),
  'sqs set-queue-attributes': async (options, { sqs }) => {
    // The URL is one of AWS; the local AWS has another host.
    const [QueueName, account] = needed(options, '--queue-url').split('/').reverse();
    const { QueueUrl } = await sqs.send(
      new GetQueueUrlCommand({ QueueName, QueueOwnerAWSAccountId: account }),
    );
    return sqs.send(
      new SetQueueAttributesCommand({ QueueUrl, Attributes: JSON.parse(needed(options, '--attributes')) }),
    );
  },
  's3api put-bucket-policy': (options, { s3 }) =>
    s3.send(
      new PutBucketPolicyCommand({
        Bucket: needed(options, '--bucket'),
        Policy: needed(options, '--policy'),
      }),
    ),
  'secretsmanager put-resource-policy': (options, { secrets }) =>
    secrets.send(
      new PutResourcePolicyCommand({
        SecretId: needed(options, '--secret-id'),
        ResourcePolicy: needed(options, '--resource-policy'),
      }),
    ),
  'dynamodb put-resource-policy': (options, { tables }) =>
    tables.send(
      new PutTablePolicyCommand({
        ResourceArn: needed(options, '--resource-arn'),
        Policy: needed(options, '--policy'),
      }),
    ),
  'kinesis put-resource-policy': (options, { kinesis }) =>
    kinesis.send(
      new PutStreamPolicyCommand({
        ResourceARN: needed(options, '--resource-arn'),
        Policy: needed(options, '--policy'),
      }),
    ),
  'sns set-topic-attributes': (options, { sns }) =>
    sns.send(
      new SetTopicAttributesCommand({
        TopicArn: needed(options, '--topic-arn'),
        AttributeName: needed(options, '--attribute-name'),
        AttributeValue: needed(options, '--attribute-value'),
      }),
    ),
  'kms put-key-policy': (options, { kms }) =>
    kms.send(
      new PutKeyPolicyCommand({
        KeyId: needed(options, '--key-id'),
        PolicyName: needed(options, '--policy-name'),
        Policy: needed(options, '--policy'),
      }),
    ),
  'apigateway update-api-key': (options, { apiGateway }) =>
    apiGateway.send(
      new UpdateApiKeyCommand({
        apiKey: needed(options, '--api-key'),
        patchOperations: [
          Object.fromEntries(
            needed(options, '--patch-operations')
              .split(',')
              .map((part) => part.split('=')),
          ),
        ],
      }),
    ),
  'ec2 authorize-security-group-ingress': (options, { ec2 }) =>
    ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: needed(options, '--group-id'),
        IpPermissions: JSON.parse(needed(options, '--ip-permissions')),
        ...(options.has('--tag-specifications')
          ? { TagSpecifications: JSON.parse(needed(options, '--tag-specifications')) }
          : {}),
      }),
    ),
};

const optionsOf = (words: readonly string[]): ReadonlyMap<string, string> =>
  new Map(
    words.flatMap((word, index) => {
      const next = words[index + 1];
      return word.startsWith('--') ? [[word, next === undefined || next.startsWith('--') ? '' : next]] : [];
    }),
  );

/** Does what a shell would do with the text, line by line, and gives the commands that it ran. */
export const runCommands = async (text: string, clients: LocalClients): Promise<readonly string[]> => {
  const ran: string[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [program, service = '', name = '', ...rest] = wordsOf(line);
    if (program === 'sleep') continue;
    const run = program === 'aws' ? COMMANDS[`${service} ${name}`] : undefined;
    if (run === undefined) throw new Error(`the test does not know the command ${line}`);
    await run(optionsOf(rest), clients);
    ran.push(`${service} ${name}`);
  }
  return ran;
};
