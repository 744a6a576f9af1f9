import { randomUUID } from 'node:crypto';
import {
  CreateApiKeyCommand,
  DeleteApiKeyCommand,
  GetApiKeyCommand,
  UpdateApiKeyCommand,
} from '@aws-sdk/client-api-gateway';
import {
  CreateTableCommand,
  DeleteTableCommand,
  DeleteResourcePolicyCommand as DeleteTablePolicyCommand,
  GetItemCommand,
  GetResourcePolicyCommand as GetTablePolicyCommand,
  PolicyNotFoundException,
  PutResourcePolicyCommand as PutTablePolicyCommand,
} from '@aws-sdk/client-dynamodb';
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSubnetsCommand,
} from '@aws-sdk/client-ec2';
import {
  CreateStreamCommand,
  DeleteStreamCommand,
  DeleteResourcePolicyCommand as DeleteStreamPolicyCommand,
  GetResourcePolicyCommand as GetStreamPolicyCommand,
  ListShardsCommand,
  PutResourcePolicyCommand as PutStreamPolicyCommand,
} from '@aws-sdk/client-kinesis';
import {
  CreateKeyCommand,
  EncryptCommand,
  GetKeyPolicyCommand,
  PutKeyPolicyCommand,
} from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketPolicyCommand,
  GetBucketPolicyCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
} from '@aws-sdk/client-s3';
import {
  CreateSecretCommand,
  DeleteResourcePolicyCommand,
  DeleteSecretCommand,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  PutResourcePolicyCommand,
} from '@aws-sdk/client-secrets-manager';
import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import type { LocalClients } from '../../../local/clients';
import type { Reach } from '../../../shared/dependants/cut';
import type { World } from '../../fixtures/cutContract';
import type { Stage } from '../containment/stage';
import { makeFunction, makeRole } from '../localAws/account';

/** What a suspect of a random name is reached from and reaches, for each kind of cut. */

export const reachOf = (
  { aws }: Stage,
  resources: readonly string[],
  name = `suspect-${randomUUID()}`,
): Reach => ({
  suspectArn: `arn:aws:lambda:${aws.region}:${aws.accountId}:function:${name}`,
  functionName: name,
  roleArn: `arn:aws:iam::${aws.accountId}:role/made/${name}`,
  accountId: aws.accountId,
  region: aws.region,
  resources,
  reads: [],
});

export type TopicWorld = World & { readonly topic: string; readonly queueUrls: readonly string[] };

/** One subscription without a filter policy, and one with, as its owner wrote it. */
export const topicWorld = async (stage: Stage): Promise<TopicWorld> => {
  const { sns, sqs } = stage.clients;
  const name = `orders-${randomUUID()}`;
  const { TopicArn: topic = '' } = await sns.send(new CreateTopicCommand({ Name: name }));
  const filtered = {
    FilterPolicyScope: 'MessageBody',
    FilterPolicy: '{ "kind": ["paid"],\n  "amount": [1] }',
  };
  const subscriptions: string[] = [];
  const queueUrls: string[] = [];
  for (const Attributes of [{}, filtered]) {
    const QueueName = `${name}-${subscriptions.length}`;
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName }));
    queueUrls.push(QueueUrl);
    const Endpoint = `arn:aws:sqs:${stage.aws.region}:${stage.aws.accountId}:${QueueName}`;
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'sns.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: Endpoint,
        },
      ],
    });
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
    const { SubscriptionArn = '' } = await sns.send(
      new SubscribeCommand({
        TopicArn: topic,
        Protocol: 'sqs',
        Endpoint,
        Attributes,
        ReturnSubscriptionArn: true,
      }),
    );
    subscriptions.push(SubscriptionArn);
  }
  const set = (AttributeValue: string) =>
    Promise.all(
      subscriptions.map((SubscriptionArn) =>
        sns.send(
          new SetSubscriptionAttributesCommand({
            SubscriptionArn,
            AttributeName: 'FilterPolicy',
            AttributeValue,
          }),
        ),
      ),
    );
  return {
    topic,
    queueUrls,
    reach: reachOf(stage, [topic]),
    targets: 2,
    state: () =>
      Promise.all(
        subscriptions.map(async (SubscriptionArn) => {
          const { Attributes = {} } = await sns.send(
            new GetSubscriptionAttributesCommand({ SubscriptionArn }),
          );
          // On AWS a policy that was taken away is not there; here it stays as `{}`, which is to say the same.
          const { FilterPolicy, ...rest } = Attributes;
          return FilterPolicy === '{}' ? rest : Attributes;
        }),
      ),
    change: () => set('{"kind":["other"]}'),
    remove: () =>
      Promise.all(
        subscriptions.map((SubscriptionArn) => sns.send(new UnsubscribeCommand({ SubscriptionArn }))),
      ),
  };
};

/** One key by the suspect's name and one by its ARN, and one of somebody else. */
export const keyWorld = async (stage: Stage): Promise<World & { readonly ids: readonly string[] }> => {
  const { apiGateway } = stage.clients;
  const reach = reachOf(stage, []);
  const ids: string[] = [];
  for (const owner of [reach.functionName, reach.suspectArn, `${reach.functionName}-2`]) {
    const { id = '' } = await apiGateway.send(
      new CreateApiKeyCommand({ name: '<!channel>', enabled: true, tags: { 'tourniquet:owner': owner } }),
    );
    ids.push(id);
  }
  return {
    ids,
    reach,
    targets: 2,
    state: () =>
      Promise.all(
        ids.map(async (apiKey) => {
          const { $metadata, lastUpdatedDate, ...key } = await apiGateway.send(
            new GetApiKeyCommand({ apiKey, includeValue: true }),
          );
          return key;
        }),
      ),
    change: () =>
      Promise.all(
        ids.map((apiKey) =>
          apiGateway.send(
            new UpdateApiKeyCommand({
              apiKey,
              patchOperations: [{ op: 'replace', path: '/enabled', value: 'true' }],
            }),
          ),
        ),
      ),
    remove: () => Promise.all(ids.map((apiKey) => apiGateway.send(new DeleteApiKeyCommand({ apiKey })))),
  };
};

export type Policied = {
  readonly arn: string;
  readonly read: () => Promise<string | undefined>;
  readonly write: (policy: string) => Promise<unknown>;
  /** What a thief would do with it. */
  readonly use: (thief: LocalClients) => Promise<unknown>;
  /** Takes its policy away. Absent where it always has one. */
  readonly clear?: () => Promise<unknown>;
  /** Absent where nobody deletes it at once. */
  readonly remove?: () => Promise<unknown>;
};

type PolicyOf = (arn: string, action: string) => string | null;

const queueOf = async ({ clients: { sqs }, aws }: Stage, name: string): Promise<Policied> => {
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const write = (Policy: string) =>
    sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  return {
    arn: `arn:aws:sqs:${aws.region}:${aws.accountId}:${name}`,
    read: async () =>
      (await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['Policy'] }))).Attributes
        ?.Policy,
    write,
    use: (thief) => thief.sqs.send(new ReceiveMessageCommand({ QueueUrl })),
    clear: () => write(''),
    remove: () => sqs.send(new DeleteQueueCommand({ QueueUrl })),
  };
};

const bucketOf = async ({ clients: { s3 } }: Stage, Bucket: string): Promise<Policied> => {
  await s3.send(new CreateBucketCommand({ Bucket }));
  return {
    arn: `arn:aws:s3:::${Bucket}`,
    read: async () => {
      try {
        return (await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy;
      } catch (error) {
        if (error instanceof Error && error.name === 'NoSuchBucketPolicy') return undefined;
        throw error;
      }
    },
    write: (Policy) => s3.send(new PutBucketPolicyCommand({ Bucket, Policy })),
    use: (thief) => thief.s3.send(new ListObjectsV2Command({ Bucket })),
    clear: () => s3.send(new DeleteBucketPolicyCommand({ Bucket })),
    remove: () => s3.send(new DeleteBucketCommand({ Bucket })),
  };
};

const secretOf = async ({ clients: { secrets } }: Stage, Name: string): Promise<Policied> => {
  const { ARN: SecretId = '' } = await secrets.send(new CreateSecretCommand({ Name, SecretString: 'x' }));
  return {
    arn: SecretId,
    read: async () => (await secrets.send(new GetResourcePolicyCommand({ SecretId }))).ResourcePolicy,
    write: (ResourcePolicy) => secrets.send(new PutResourcePolicyCommand({ SecretId, ResourcePolicy })),
    use: (thief) => thief.secrets.send(new GetSecretValueCommand({ SecretId })),
    clear: () => secrets.send(new DeleteResourcePolicyCommand({ SecretId })),
    remove: () => secrets.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true })),
  };
};

const tableOf = async ({ clients: { tables }, aws }: Stage, TableName: string): Promise<Policied> => {
  const ResourceArn = `arn:aws:dynamodb:${aws.region}:${aws.accountId}:table/${TableName}`;
  await tables.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );
  return {
    arn: ResourceArn,
    read: async () => {
      try {
        return (await tables.send(new GetTablePolicyCommand({ ResourceArn }))).Policy;
      } catch (error) {
        if (error instanceof PolicyNotFoundException) return undefined;
        throw error;
      }
    },
    write: (Policy) => tables.send(new PutTablePolicyCommand({ ResourceArn, Policy })),
    use: (thief) => thief.tables.send(new GetItemCommand({ TableName, Key: { id: { S: 'x' } } })),
    clear: () => tables.send(new DeleteTablePolicyCommand({ ResourceArn })),
    remove: () => tables.send(new DeleteTableCommand({ TableName })),
  };
};

const streamOf = async ({ clients: { kinesis }, aws }: Stage, StreamName: string): Promise<Policied> => {
  const ResourceARN = `arn:aws:kinesis:${aws.region}:${aws.accountId}:stream/${StreamName}`;
  await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
  return {
    arn: ResourceARN,
    read: async () => {
      const { Policy } = await kinesis.send(new GetStreamPolicyCommand({ ResourceARN }));
      // Kinesis's way to say that there is none.
      return Policy === '{}' ? undefined : Policy;
    },
    write: (Policy) => kinesis.send(new PutStreamPolicyCommand({ ResourceARN, Policy })),
    use: (thief) => thief.kinesis.send(new ListShardsCommand({ StreamName })),
    clear: () => kinesis.send(new DeleteStreamPolicyCommand({ ResourceARN })),
    remove: () => kinesis.send(new DeleteStreamCommand({ StreamName })),
  };
};

const topicOf = async ({ clients: { sns } }: Stage, Name: string): Promise<Policied> => {
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name }));
  return {
    arn: TopicArn,
    read: async () => (await sns.send(new GetTopicAttributesCommand({ TopicArn }))).Attributes?.Policy,
    write: (AttributeValue) =>
      sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: 'Policy', AttributeValue })),
    use: (thief) => thief.sns.send(new PublishCommand({ TopicArn, Message: 'x' })),
    remove: () => sns.send(new DeleteTopicCommand({ TopicArn })),
  };
};

const keyOf = async ({ clients: { kms } }: Stage): Promise<Policied> => {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  const KeyId = KeyMetadata?.Arn ?? '';
  return {
    arn: KeyId,
    read: async () => (await kms.send(new GetKeyPolicyCommand({ KeyId }))).Policy,
    write: (Policy) => kms.send(new PutKeyPolicyCommand({ KeyId, Policy })),
    use: (thief) => thief.kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') })),
  };
};

/** One of each kind that has a policy, each with one as its owner wrote it. */
export const policied = async (stage: Stage, policyOf: PolicyOf): Promise<readonly Policied[]> => {
  const name = `of-others-${randomUUID()}`;
  const made = [queueOf, bucketOf, secretOf, tableOf, streamOf, topicOf, keyOf];
  const things = await Promise.all(made.map((make) => make(stage, name)));
  for (const { arn, write } of things) {
    // A stream's policy takes no wildcard.
    const policy = policyOf(arn, arn.includes(':kinesis:') ? 'kinesis:PutRecord' : '*');
    if (policy !== null) await write(policy);
  }
  return things;
};

const worldOf = (reach: Reach, things: readonly Policied[]): World => ({
  reach: { ...reach, resources: things.map(({ arn }) => arn) },
  targets: things.length,
  state: () => Promise.all(things.map(({ read }) => read())),
  change: () =>
    Promise.all(
      things.map(async ({ read, write }) => write(((await read()) ?? '').replace('"Deny"', '"Allow"'))),
    ),
  remove: () => Promise.all(things.map(({ remove }) => remove?.())),
});

/** With the suspect's role, its account, or everybody in it, in all the forms that owners write. */
const admitted = async (stage: Stage): Promise<readonly [Reach, readonly Policied[]]> => {
  const reach = reachOf(stage, []);
  const things = await policied(
    stage,
    (arn, action) => `{ "Statement":  [ {"Resource": "${arn}", "Sid": "Theirs", "Effect": "Allow",
      "Action": "${action}", "Principal": {"AWS": ["arn:aws:iam::${stage.aws.accountId}:root", "${reach.roleArn}"]} } ],
      "Version": "2012-10-17", "Id": "\\"Statement\\":[" }`,
  );
  return [reach, things];
};

export const policyWorld = async (stage: Stage): Promise<World> => {
  const [reach, things] = await admitted(stage);
  return worldOf(
    reach,
    things.filter(({ remove }) => remove !== undefined),
  );
};

/** What nobody can delete at once: a key is there for seven days at least after somebody wanted it gone. */
export const lastingWorld = async (stage: Stage): Promise<World> => {
  const [reach, things] = await admitted(stage);
  return worldOf(
    reach,
    things.filter(({ remove }) => remove === undefined),
  );
};

export type GroupWorld = World & {
  readonly sibling: string;
  readonly group: string;
  readonly functions: readonly string[];
};

/** A function and a sibling in one group, which two other groups let in; and rules that are none of ours. */
export const groupWorld = async (stage: Stage): Promise<GroupWorld> => {
  const { ec2 } = stage.clients;
  const name = `suspect-${randomUUID()}`;
  const make = async (suffix: string): Promise<string> =>
    (await ec2.send(new CreateSecurityGroupCommand({ GroupName: `${name}-${suffix}`, Description: suffix })))
      .GroupId ?? '';
  const [group, database, cache] = [await make('functions'), await make('database'), await make('cache')];
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  const role = await makeRole(stage.aws, name, []);
  const VpcConfig = { SubnetIds: [Subnets[0]?.SubnetId ?? ''], SecurityGroupIds: [group] };
  const source = 'exports.handler = async () => null;';
  await makeFunction(stage.aws, name, role, source, { VpcConfig });
  await makeFunction(stage.aws, `${name}-sibling`, role, source, { VpcConfig });
  const admit = (GroupId: string, IpProtocol: string, port: number, Description?: string) =>
    ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId,
        IpPermissions: [
          {
            IpProtocol,
            FromPort: port,
            ToPort: port,
            UserIdGroupPairs: [{ GroupId: group, UserId: stage.aws.accountId, Description }],
          },
        ],
        ...(Description === undefined
          ? {}
          : {
              TagSpecifications: [
                { ResourceType: 'security-group-rule', Tags: [{ Key: 'team', Value: "o'hara & <co>" }] },
              ],
            }),
      }),
    );
  await admit(database, 'tcp', 5432, 'the orders (read/write)');
  await admit(cache, 'tcp', 6379);
  await admit(group, 'tcp', 443);
  await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: database,
      IpPermissions: [
        { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, IpRanges: [{ CidrIp: '10.0.0.0/8' }] },
      ],
    }),
  );
  return {
    sibling: `${name}-sibling`,
    group,
    functions: [name, `${name}-sibling`],
    reach: reachOf(stage, [], name),
    targets: 2,
    state: async () => {
      const Filters = [{ Name: 'group-id', Values: [group, database, cache] }];
      const { SecurityGroupRules = [] } = await ec2.send(new DescribeSecurityGroupRulesCommand({ Filters }));
      return SecurityGroupRules.map(({ SecurityGroupRuleId, SecurityGroupRuleArn, ...rule }) =>
        JSON.stringify(rule),
      ).toSorted();
    },
    change: async () => {
      await admit(database, 'tcp', 5432, 'mine now');
      await admit(cache, 'tcp', 6379, 'mine now');
    },
    remove: () =>
      Promise.all([database, cache].map((GroupId) => ec2.send(new DeleteSecurityGroupCommand({ GroupId })))),
  };
};

export type LockWorld = World & { readonly locked: Set<string>; readonly arn: string };

/** A secret of a database's user. `locked` is the database: what the function that this project has for it would change. */
export const databaseWorld = async (stage: Stage, locked: Set<string>): Promise<LockWorld> => {
  const { secrets } = stage.clients;
  const { ARN: arn = '' } = await secrets.send(
    new CreateSecretCommand({
      Name: `orders-${randomUUID()}`,
      SecretString: '{"username":"orders"}',
      Tags: [{ Key: 'tourniquet:rotation', Value: 'database' }],
    }),
  );
  return {
    locked,
    arn,
    reach: reachOf(stage, [arn]),
    targets: 1,
    state: () => Promise.resolve(locked.has(arn)),
    change: () => Promise.resolve(locked.delete(arn)),
    remove: () => secrets.send(new DeleteSecretCommand({ SecretId: arn, ForceDeleteWithoutRecovery: true })),
  };
};
