/*
 * What a thief of a role looks for, by what it is about. Actions: service authorization reference.
 */

export const KINDS = [
  'secret',
  'parameter',
  'key',
  'table',
  'bucket',
  'queue',
  'topic',
  'stream',
  'event bus',
  'function',
  'role',
  'user',
] as const;
export type Kind = (typeof KINDS)[number];

export type Ability = {
  readonly kind: Kind;
  /** In words: `could <does> it`. */
  readonly does: 'read' | 'write' | 'use' | 'change' | 'delete';
  readonly action: string;
};

/** ARNs of a kind, as a pattern. Objects count as their bucket, versions and aliases as their function. */
export const ARNS: Readonly<Record<Kind, string>> = {
  secret: 'arn:*:secretsmanager:*:*:secret:*',
  parameter: 'arn:*:ssm:*:*:parameter/*',
  key: 'arn:*:kms:*:*:key/*',
  table: 'arn:*:dynamodb:*:*:table/*',
  bucket: 'arn:*:s3:::*',
  queue: 'arn:*:sqs:*:*:*',
  topic: 'arn:*:sns:*:*:*',
  stream: 'arn:*:kinesis:*:*:stream/*',
  'event bus': 'arn:*:events:*:*:event-bus/*',
  function: 'arn:*:lambda:*:*:function:*',
  role: 'arn:*:iam::*:role/*',
  user: 'arn:*:iam::*:user/*',
};

const of = (kind: Kind, does: Ability['does'], ...actions: readonly string[]): readonly Ability[] =>
  actions.map((action) => ({ kind, does, action }));

export const ABILITIES: readonly Ability[] = [
  ...of('secret', 'read', 'secretsmanager:GetSecretValue', 'secretsmanager:BatchGetSecretValue'),
  ...of('secret', 'change', 'secretsmanager:PutSecretValue', 'secretsmanager:UpdateSecret'),
  ...of('secret', 'delete', 'secretsmanager:DeleteSecret'),
  ...of(
    'parameter',
    'read',
    'ssm:GetParameter',
    'ssm:GetParameters',
    'ssm:GetParametersByPath',
    'ssm:GetParameterHistory',
  ),
  ...of('parameter', 'change', 'ssm:PutParameter'),
  ...of('key', 'use', 'kms:Decrypt', 'kms:ReEncryptFrom', 'kms:Sign'),
  ...of('key', 'change', 'kms:CreateGrant', 'kms:PutKeyPolicy'),
  ...of('key', 'delete', 'kms:ScheduleKeyDeletion'),
  ...of(
    'table',
    'read',
    'dynamodb:GetItem',
    'dynamodb:Query',
    'dynamodb:Scan',
    'dynamodb:BatchGetItem',
    'dynamodb:PartiQLSelect',
    'dynamodb:ExportTableToPointInTime',
  ),
  ...of(
    'table',
    'write',
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
    'dynamodb:BatchWriteItem',
    'dynamodb:PartiQLInsert',
    'dynamodb:PartiQLUpdate',
  ),
  ...of('table', 'delete', 'dynamodb:DeleteItem', 'dynamodb:DeleteTable', 'dynamodb:PartiQLDelete'),
  ...of('bucket', 'read', 's3:GetObject', 's3:GetObjectVersion', 's3:ListBucket'),
  ...of('bucket', 'write', 's3:PutObject'),
  ...of('bucket', 'change', 's3:PutBucketPolicy', 's3:PutObjectAcl', 's3:PutReplicationConfiguration'),
  ...of('bucket', 'delete', 's3:DeleteObject', 's3:DeleteObjectVersion', 's3:DeleteBucket'),
  ...of('queue', 'read', 'sqs:ReceiveMessage'),
  ...of('queue', 'write', 'sqs:SendMessage'),
  ...of('queue', 'change', 'sqs:SetQueueAttributes', 'sqs:AddPermission'),
  ...of('queue', 'delete', 'sqs:DeleteMessage', 'sqs:PurgeQueue', 'sqs:DeleteQueue'),
  ...of('topic', 'write', 'sns:Publish'),
  ...of('topic', 'change', 'sns:Subscribe', 'sns:SetTopicAttributes', 'sns:AddPermission'),
  ...of('stream', 'read', 'kinesis:GetRecords', 'kinesis:SubscribeToShard'),
  ...of('stream', 'write', 'kinesis:PutRecord', 'kinesis:PutRecords'),
  ...of('event bus', 'write', 'events:PutEvents'),
  ...of('event bus', 'change', 'events:PutPermission'),
  ...of('function', 'use', 'lambda:InvokeFunction', 'lambda:InvokeFunctionUrl'),
  ...of('function', 'read', 'lambda:GetFunction'),
  ...of(
    'function',
    'change',
    'lambda:UpdateFunctionCode',
    'lambda:UpdateFunctionConfiguration',
    'lambda:AddPermission',
  ),
  ...of('role', 'use', 'sts:AssumeRole', 'iam:PassRole'),
  ...of(
    'role',
    'change',
    'iam:PutRolePolicy',
    'iam:AttachRolePolicy',
    'iam:UpdateAssumeRolePolicy',
    'iam:DeleteRolePermissionsBoundary',
  ),
  ...of(
    'user',
    'change',
    'iam:CreateAccessKey',
    'iam:CreateLoginProfile',
    'iam:UpdateLoginProfile',
    'iam:PutUserPolicy',
    'iam:AttachUserPolicy',
  ),
];

/**
 * Actions by which a role gives itself what it has not (MITRE ATT&CK T1098, T1078.004): with one of them on anything, what
 * policies say it could reach is no bound.
 */
export const ESCALATES: readonly string[] = [
  'iam:PutRolePolicy',
  'iam:AttachRolePolicy',
  'iam:UpdateAssumeRolePolicy',
  'iam:CreatePolicyVersion',
  'iam:SetDefaultPolicyVersion',
  'iam:DeleteRolePermissionsBoundary',
  'iam:CreateAccessKey',
  'iam:CreateLoginProfile',
  'iam:UpdateLoginProfile',
  'iam:PutUserPolicy',
  'iam:AttachUserPolicy',
  'iam:PutGroupPolicy',
  'iam:AttachGroupPolicy',
  'iam:AddUserToGroup',
  'lambda:UpdateFunctionCode',
];

/** Of what kind an ARN is, and the resource that it counts as; null for what is none of them. */
export const resourceOf = (arn: string): { readonly kind: Kind; readonly arn: string } | null => {
  const [word, partition = '', service = '', region = '', account = '', ...rest] = arn.split(':');
  if (word !== 'arn' || rest.length === 0) return null;
  const resource = rest.join(':');
  const whole = (kind: Kind, name: string) => ({
    kind,
    arn: `arn:${partition}:${service}:${region}:${account}:${name}`,
  });
  const [type = '', name = ''] = resource.split(/[/:]/);
  switch (service) {
    case 'secretsmanager':
      return type === 'secret' ? whole('secret', resource) : null;
    case 'ssm':
      return type === 'parameter' ? whole('parameter', resource) : null;
    case 'kms':
      return type === 'key' ? whole('key', resource) : null;
    case 'dynamodb':
      return type === 'table' ? whole('table', `table/${name}`) : null;
    case 's3':
      return region === '' && account === '' ? whole('bucket', resource.split('/')[0] ?? '') : null;
    case 'sqs':
      return whole('queue', resource);
    case 'sns':
      return whole('topic', type);
    case 'kinesis':
      return type === 'stream' ? whole('stream', `stream/${name}`) : null;
    case 'events':
      return type === 'event-bus' ? whole('event bus', resource) : null;
    case 'lambda':
      return type === 'function' ? whole('function', `function:${name}`) : null;
    case 'iam':
      return type === 'role' ? whole('role', resource) : type === 'user' ? whole('user', resource) : null;
    default:
      return null;
  }
};
