'use strict';

/*
 * What the cuts need (shared/dependants/cuts), by kind: `reads` to find, which the plan has too, and `writes` to cut and
 * to mend, which the function `dependants` alone has. `denies` keep it off our own, of every stage. A statement that names
 * no resource says why: a dependant is anything of the account, and is not known before the finding.
 */
const s3Arn = (rest) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:s3:::${rest}` });
const apiGatewayArn = (rest) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:apigateway:\${AWS::Region}::${rest}` });

/** As infrastructure/keys.yml names them. */
const OUR_KEYS = ['Key', 'SigningKey', 'EvidenceSecretsKey'].map((name) => ({ 'Fn::GetAtt': [name, 'Arn'] }));

/** What has no name in its ARN is known as ours by the stack that CloudFormation notes on it. */
const ofOurStacks = (service) => ({
  StringLike: { 'aws:ResourceTag/aws:cloudformation:stack-name': `${service}-*` },
});

const cutsOf = ({
  allow,
  deny,
  at,
  iamArn,
  anyRole,
  anyMapping,
  listedRoles,
  ourFunctions,
  service,
  prefix,
}) => ({
  'trusting-roles': {
    reads: [
      // ListRoles takes no resource that is narrower than all.
      allow(['iam:ListRoles'], '*'),
      allow(['iam:GetRole'], anyRole),
    ],
    writes: listedRoles.length === 0 ? [] : [allow(['iam:UpdateAssumeRolePolicy'], listedRoles)],
    denies: [
      deny(['iam:UpdateAssumeRolePolicy'], [iamArn(`role/${service}-*`), iamArn(`role/*/${service}-*`)]),
    ],
  },
  consumers: {
    reads: [
      // ListEventSourceMappings takes no resource.
      allow(['lambda:ListEventSourceMappings'], '*'),
      allow(['lambda:GetEventSourceMapping'], anyMapping),
    ],
    writes: [allow(['lambda:UpdateEventSourceMapping'], anyMapping)],
    denies: [
      // A mapping's ARN does not name its function; the condition key does.
      deny(['lambda:UpdateEventSourceMapping'], anyMapping, {
        ArnLike: { 'lambda:FunctionArn': ourFunctions },
      }),
    ],
  },
  rules: {
    reads: [
      // ListRules takes no resource that is narrower than all rules.
      allow(['events:ListRules'], '*'),
      allow(['events:DescribeRule'], at('events', 'rule/*')),
    ],
    writes: [allow(['events:DisableRule', 'events:EnableRule'], at('events', 'rule/*'))],
    denies: [
      // Ours on the default bus, all on our bus, and ours on another.
      deny(
        ['events:DisableRule', 'events:EnableRule'],
        [at('events', `rule/${service}-*`), at('events', `rule/*/${service}-*`)],
      ),
    ],
  },
  subscriptions: {
    // What is about one subscription takes no resource that is narrower than all: that of ours none is paused is also
    // for the function itself to see (isOurs), by the topic's name, which is in a subscription's ARN.
    reads: [
      allow(['sns:ListSubscriptionsByTopic'], at('sns', '*')),
      allow(['sns:GetSubscriptionAttributes'], '*'),
    ],
    writes: [allow(['sns:SetSubscriptionAttributes'], '*')],
    denies: [deny(['sns:SetSubscriptionAttributes'], at('sns', `${service}-*`))],
  },
  'api-keys': {
    reads: [allow(['apigateway:GET'], [apiGatewayArn('/apikeys'), apiGatewayArn('/apikeys/*')])],
    writes: [allow(['apigateway:PATCH'], apiGatewayArn('/apikeys/*'))],
    denies: [deny(['apigateway:PATCH'], apiGatewayArn('/apikeys/*'), ofOurStacks(service))],
  },
  'resource-policies': {
    reads: [
      allow(['sqs:GetQueueUrl', 'sqs:GetQueueAttributes'], at('sqs', '*')),
      // ListAllMyBuckets and ListAliases take no resource.
      allow(['s3:ListAllMyBuckets', 'kms:ListAliases'], '*'),
      allow(['s3:GetBucketPolicy'], s3Arn('*')),
      allow(['secretsmanager:GetResourcePolicy'], at('secretsmanager', 'secret:*')),
      allow(['dynamodb:GetResourcePolicy', 'dynamodb:DescribeTable'], at('dynamodb', 'table/*')),
      allow(['kinesis:GetResourcePolicy'], at('kinesis', 'stream/*')),
      allow(['sns:GetTopicAttributes'], at('sns', '*')),
      allow(['kms:DescribeKey', 'kms:GetKeyPolicy'], at('kms', 'key/*')),
    ],
    writes: [
      allow(['sqs:SetQueueAttributes'], at('sqs', '*')),
      allow(['s3:PutBucketPolicy', 's3:DeleteBucketPolicy'], s3Arn('*')),
      allow(
        ['secretsmanager:PutResourcePolicy', 'secretsmanager:DeleteResourcePolicy'],
        at('secretsmanager', 'secret:*'),
      ),
      allow(['dynamodb:PutResourcePolicy', 'dynamodb:DeleteResourcePolicy'], at('dynamodb', 'table/*')),
      allow(['kinesis:PutResourcePolicy', 'kinesis:DeleteResourcePolicy'], at('kinesis', 'stream/*')),
      allow(['sns:SetTopicAttributes'], at('sns', '*')),
      allow(['kms:PutKeyPolicy'], at('kms', 'key/*')),
    ],
    denies: [
      deny(['sqs:SetQueueAttributes'], at('sqs', `${service}-*`)),
      deny(['s3:PutBucketPolicy', 's3:DeleteBucketPolicy'], s3Arn(`${service}-*`)),
      deny(
        ['secretsmanager:PutResourcePolicy', 'secretsmanager:DeleteResourcePolicy'],
        at('secretsmanager', `secret:${service}-*`),
      ),
      deny(
        ['dynamodb:PutResourcePolicy', 'dynamodb:DeleteResourcePolicy'],
        at('dynamodb', `table/${service}-*`),
      ),
      deny(
        ['kinesis:PutResourcePolicy', 'kinesis:DeleteResourcePolicy'],
        at('kinesis', `stream/${service}-*`),
      ),
      deny(['sns:SetTopicAttributes'], at('sns', `${service}-*`)),
      // A key's ARN has no name: this stage's own are said, those of other stages are known by an alias.
      deny(['kms:PutKeyPolicy'], OUR_KEYS),
      deny(['kms:PutKeyPolicy'], at('kms', 'key/*'), {
        'ForAnyValue:StringLike': { 'kms:ResourceAliases': `alias/${service}-*` },
      }),
    ],
  },
  'security-groups': {
    reads: [
      // Neither of these takes a resource that is narrower than all.
      allow(['lambda:ListFunctions', 'ec2:DescribeSecurityGroupRules'], '*'),
      allow(['lambda:ListVersionsByFunction'], at('lambda', 'function:*')),
    ],
    writes: [
      allow(
        ['ec2:RevokeSecurityGroupIngress', 'ec2:AuthorizeSecurityGroupIngress'],
        [at('ec2', 'security-group/*'), at('ec2', 'security-group-rule/*')],
      ),
      // Tags of a rule that is made again, and no others.
      allow(['ec2:CreateTags'], at('ec2', 'security-group-rule/*'), {
        StringEquals: { 'ec2:CreateAction': 'AuthorizeSecurityGroupIngress' },
      }),
    ],
    denies: [
      deny(
        ['ec2:RevokeSecurityGroupIngress', 'ec2:AuthorizeSecurityGroupIngress', 'ec2:CreateTags'],
        at('ec2', 'security-group/*'),
        ofOurStacks(service),
      ),
    ],
  },
  'database-users': {
    reads: [allow(['secretsmanager:DescribeSecret'], at('secretsmanager', 'secret:*'))],
    // It alone logs in to databases, and locks no user of ours: those are in no database.
    writes: [allow(['lambda:InvokeFunction'], at('lambda', `function:${prefix}-rotateDatabase`))],
    denies: [],
  },
});

/** The kinds that can be cut, as in shared/policy/dependants.ts. */
const KINDS = [
  'trusting-roles',
  'consumers',
  'rules',
  'subscriptions',
  'api-keys',
  'resource-policies',
  'security-groups',
  'database-users',
];

/** The role of that name in a member account (infrastructure/member/memberRole.yml). */
const MEMBER_ROLE = 'tourniquet-member';

/**
 * The statements of the function `dependants` and those of the plan, for the kinds that policy does not leave off. `kept`:
 * the parameters with what was there before.
 */
const dependantStatements = (kinds, memberAccounts, kept, names) => {
  const cuts = cutsOf(names);
  const of = (what) => kinds.flatMap((kind) => cuts[kind][what]);
  if (kinds.length === 0) return { dependants: [], plan: [] };
  const members = memberAccounts.map((id) => ({
    'Fn::Sub': `arn:\${AWS::Partition}:iam::${id}:role/${MEMBER_ROLE}`,
  }));
  const takesMember = members.length === 0 ? [] : [names.allow(['sts:AssumeRole'], members)];
  // Of a path, with what is under it.
  const readsKept = names.allow(['ssm:GetParametersByPath'], kept);
  return {
    dependants: [
      ...of('reads'),
      ...of('writes'),
      ...of('denies'),
      readsKept,
      // What it puts back is what it kept itself: nobody else may write here.
      names.allow(['ssm:PutParameter', 'ssm:DeleteParameter'], kept),
      ...takesMember,
    ],
    plan: [...of('reads'), readsKept],
  };
};

module.exports = { KINDS, MEMBER_ROLE, dependantStatements };
