'use strict';

/*
 * One least-privilege role per function, from one table. A statement that cannot name its resource says why: a suspect
 * is any function, role or secret of the account, and is not known before the finding.
 */

const { dependantStatements } = require('./dependants.cjs');
const { DRILLED } = require('./drill.cjs');
const { list } = require('./policySchema.cjs');
const { logFileArn, placeOf } = require('./trail.cjs');

const account = '${AWS::AccountId}';
const at = (service, rest) => ({
  'Fn::Sub': `arn:\${AWS::Partition}:${service}:\${AWS::Region}:${account}:${rest}`,
});
const iamArn = (rest) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:iam::${account}:${rest}` });
const arnOf = (resource) => ({ 'Fn::GetAtt': [resource, 'Arn'] });

const allow = (Action, Resource, Condition) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition ? { Condition } : {}),
});
const deny = (Action, Resource, Condition) => ({
  Effect: 'Deny',
  Action,
  Resource,
  ...(Condition ? { Condition } : {}),
});

const NETWORK_INTERFACES = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

const statementsFor = (
  prefix,
  {
    inlineRoles = [],
    narrowTrust = false,
    aliasSessions = 'accept',
    legalHold = false,
    trail = '',
    drillSchedule = '',
    rotationSubnets = '',
    dependants = [],
    memberAccounts = [],
    searchCode = false,
    advisories = 'none',
  },
) => {
  const anyFunction = at('lambda', 'function:*');
  const anyMapping = at('lambda', 'event-source-mapping:*');
  const anyRole = iamArn('role/*');
  // Of every stage: two deployments in one account must not contain each other.
  const service = prefix.split('-')[0];
  const ourFunctions = at('lambda', `function:${service}-*`);
  const ourRoles = iamArn(`role/${service}-*`);
  const table = arnOf('IncidentTable');
  const heldQueues = at('sqs', `${prefix}-held-*`);
  const openIndex = { 'Fn::Sub': '${IncidentTable.Arn}/index/open' };
  const trailPlace = placeOf(trail, prefix);
  const parameter = (name) => at('ssm', `parameter/${prefix.replace('-', '/')}/${name}`);

  // A history can be added to, and nothing in it can be changed: an INSERT fails where the key is taken.
  const appends = allow(['dynamodb:PartiQLInsert', 'dynamodb:Query'], arnOf('HistoryTable'));
  const records = [allow(['dynamodb:GetItem', 'dynamodb:UpdateItem'], table), appends];
  // An item as a whole: an incident, the first record of a ledger, a token, what is counted.
  const puts = allow(['dynamodb:PutItem'], table);
  const ledgers = [allow(['dynamodb:Query'], table)];
  // Step Functions knows a task by its token alone: SendTaskSuccess takes no resource.
  const wakes = [allow(['states:SendTaskSuccess'], '*'), allow(['dynamodb:DeleteItem'], table)];
  const sealed = { 'Fn::Sub': '${EvidenceBucket.Arn}/incidents/*' };
  const sealsEvidence = [
    // The tag says how long it is kept after its lock, for the bucket's lifecycle.
    allow(
      ['s3:PutObject', 's3:PutObjectRetention', 's3:PutObjectTagging', 's3:AbortMultipartUpload'],
      sealed,
    ),
    // To begin a hold, and never to end one.
    ...(legalHold
      ? [allow(['s3:PutObjectLegalHold'], sealed, { StringEquals: { 's3:object-lock-legal-hold': 'ON' } })]
      : []),
    allow(['kms:GenerateDataKey', 'kms:Decrypt'], arnOf('Key')),
    // The key's own policy names the roles that may sign (evidencePolicies.cjs).
    allow(['kms:Sign', 'kms:GetPublicKey'], arnOf('SigningKey')),
  ];
  const readsEvidence = [
    // By version id, which is a permission of its own.
    allow(['s3:GetObjectVersion'], { 'Fn::Sub': '${EvidenceBucket.Arn}/incidents/*' }),
  ];
  // Only the deployment's own deny policy can be attached or taken off, and never on our own roles (invariant 12).
  const onlyQuarantine = { ArnEquals: { 'iam:PolicyARN': { Ref: 'QuarantinePolicy' } } };
  const neverOurselves = [
    deny(
      [
        'lambda:PutFunctionConcurrency',
        'lambda:DeleteFunctionConcurrency',
        'lambda:UpdateFunctionUrlConfig',
        'lambda:AddPermission',
        'lambda:RemovePermission',
        'lambda:PutProvisionedConcurrencyConfig',
        'lambda:DeleteProvisionedConcurrencyConfig',
        'lambda:PutFunctionEventInvokeConfig',
        'lambda:DeleteFunctionEventInvokeConfig',
        'lambda:PutFunctionScalingConfig',
        'lambda:PauseDurableExecution',
        'lambda:ResumeDurableExecution',
      ],
      ourFunctions,
    ),
    // A mapping's ARN does not name its function; the condition key does.
    deny(['lambda:UpdateEventSourceMapping'], anyMapping, {
      ArnLike: { 'lambda:FunctionArn': ourFunctions },
    }),
    deny(['iam:AttachRolePolicy', 'iam:DetachRolePolicy'], ourRoles),
  ];
  // Of the two functions that may do what no other may; what they do is theirs to limit.
  const asks = (...names) =>
    allow(
      ['lambda:InvokeFunction'],
      names.map((name) => at('lambda', `function:${prefix}-${name}`)),
    );
  // A role's ARN has its path; the deployment lists names.
  const listedRoles = inlineRoles.flatMap((name) => [iamArn(`role/${name}`), iamArn(`role/*/${name}`)]);
  const cuts = dependantStatements(dependants, memberAccounts, parameter('dependants/*'), {
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
  });
  // A role with all its policies; those of AWS itself are known by their names.
  const readsRoles = [
    allow(
      ['iam:GetRole', 'iam:ListRolePolicies', 'iam:GetRolePolicy', 'iam:ListAttachedRolePolicies'],
      anyRole,
    ),
    allow(['iam:GetPolicy', 'iam:GetPolicyVersion'], iamArn('policy/*')),
  ];
  // Asked by whoever puts controls on and takes them off, where there is anything to ask for.
  const asksDependants = dependants.length === 0 ? [] : [asks('dependants')];
  // Without a list the two functions can do nothing.
  const unlessNone = (...statements) => (listedRoles.length === 0 ? [] : statements);
  // A scalable target's ARN is an opaque id, and no condition key names its function: ours have no scaling at all.
  const suspendsScaling = allow(
    ['application-autoscaling:RegisterScalableTarget'],
    at('application-autoscaling', 'scalable-target/*'),
    {
      StringEquals: {
        'application-autoscaling:service-namespace': 'lambda',
        'application-autoscaling:scalable-dimension': 'lambda:function:ProvisionedConcurrency',
      },
    },
  );
  // DescribeScalableTargets takes no resource.
  const readsScaling = allow(['application-autoscaling:DescribeScalableTargets'], '*');
  const capture = [
    allow(
      [
        'lambda:GetFunctionConcurrency',
        'lambda:GetFunctionConfiguration',
        'lambda:ListAliases',
        'lambda:ListVersionsByFunction',
        'lambda:ListFunctionUrlConfigs',
        'lambda:ListFunctionEventInvokeConfigs',
        'lambda:GetPolicy',
        'lambda:ListProvisionedConcurrencyConfigs',
        'lambda:GetFunctionScalingConfig',
        'lambda:ListDurableExecutionsByFunction',
      ],
      anyFunction,
    ),
    readsScaling,
    // ListEventSourceMappings takes no resource.
    allow(['lambda:ListEventSourceMappings'], '*'),
    // ListFunctions takes no resource.
    allow(['lambda:ListFunctions'], '*'),
    allow(['iam:ListAttachedRolePolicies', 'iam:GetRole'], anyRole),
  ];
  // Whoever looks after open incidents without an owner.
  const takesOver = [
    allow(['dynamodb:Query'], openIndex),
    allow(['states:StartExecution'], { Ref: 'StateMachine' }),
    allow(['states:DescribeExecution'], at('states', `execution:${prefix}-incident:*`)),
    asks('announce'),
  ];

  // What puts controls on, for containment and for what it must put back.
  const putsOn = [
    ...neverOurselves,
    asks('inlineDeny'),
    ...asksDependants,
    allow(
      [
        'lambda:GetFunction',
        'lambda:ListTags',
        'lambda:GetFunctionConfiguration',
        'lambda:PutFunctionConcurrency',
        'lambda:RemovePermission',
        'lambda:GetProvisionedConcurrencyConfig',
        'lambda:DeleteProvisionedConcurrencyConfig',
        // Application Auto Scaling asks the permissions of what it scales of whoever registers a target.
        'lambda:PutProvisionedConcurrencyConfig',
        'lambda:PutFunctionEventInvokeConfig',
        'lambda:PutFunctionScalingConfig',
        'lambda:GetDurableExecution',
        'lambda:PauseDurableExecution',
      ],
      anyFunction,
    ),
    suspendsScaling,
    // A URL can be closed and never opened (invariant 12): the key holds the type that the request asks for.
    allow(['lambda:UpdateFunctionUrlConfig'], anyFunction, {
      StringEquals: { 'lambda:FunctionUrlAuthType': 'AWS_IAM' },
    }),
    allow(['lambda:GetEventSourceMapping', 'lambda:UpdateEventSourceMapping'], anyMapping),
    allow(['iam:AttachRolePolicy'], anyRole, onlyQuarantine),
    allow(['iam:GetRolePolicy', 'iam:SimulatePrincipalPolicy'], anyRole),
    // Where events are held: a queue for each containment.
    allow(['sqs:GetQueueUrl', 'sqs:CreateQueue', 'sqs:TagQueue', 'sqs:SetQueueAttributes'], heldQueues),
  ];

  // What a containment loses: how long its sources keep what waits.
  const readsLosses = [
    allow(['lambda:GetEventSourceMapping'], anyMapping),
    allow(['sqs:GetQueueUrl', 'sqs:GetQueueAttributes'], at('sqs', '*')),
    allow(['kinesis:DescribeStreamSummary'], at('kinesis', 'stream/*')),
    // A metric has no resource.
    allow(['cloudwatch:GetMetricStatistics'], '*'),
  ];

  // What the collector of the configuration reads, wherever it runs.
  const readsConfiguration = [
    allow(
      [
        'lambda:ListTags',
        'lambda:GetFunctionConfiguration',
        'lambda:ListVersionsByFunction',
        'lambda:ListAliases',
        'lambda:ListFunctionUrlConfigs',
        'lambda:GetPolicy',
        'lambda:ListFunctionEventInvokeConfigs',
        'lambda:GetFunctionConcurrency',
        'lambda:ListProvisionedConcurrencyConfigs',
        'lambda:GetFunctionScalingConfig',
      ],
      anyFunction,
    ),
  ];

  return {
    assess: [
      ...records,
      puts,
      ...wakes,
      allow(['lambda:GetFunction', 'lambda:ListTags'], anyFunction),
      // Which functions have the role that a finding names: ListFunctions takes no resource.
      allow(['lambda:ListFunctions'], '*'),
    ],
    plan: [
      ...records,
      ...ledgers,
      ...capture,
      allow(
        ['lambda:GetFunction', 'lambda:ListTags', 'lambda:GetPolicy', 'lambda:ListFunctionUrlConfigs'],
        anyFunction,
      ),
      allow(['iam:GetRole'], anyRole),
      // Whom a containment would reach: lists over functions, buses and rules take no resource.
      allow(['lambda:ListFunctions', 'events:ListEventBuses', 'events:ListRuleNamesByTarget'], '*'),
      ...readsLosses,
      ...cuts.plan,
    ],
    contain: [
      ...records,
      puts,
      ...ledgers,
      // An incident in which nothing was changed ends here, and frees its suspect.
      allow(['dynamodb:DeleteItem'], table),
      ...capture,
      ...putsOn,
      // GetAccountSettings takes no resource.
      allow(['lambda:GetAccountSettings'], '*'),
    ],
    driftWatch: [
      ...records,
      puts,
      ...ledgers,
      ...capture,
      ...putsOn,
      ...takesOver,
      ...sealsEvidence,
      ...readsLosses,
      // To tell the playbook that contained code is back. Denies of sessions that have expired are forgotten.
      ...wakes,
      // LookupEvents takes no resource.
      allow(['cloudtrail:LookupEvents'], '*'),
    ],
    detect: [
      allow(['dynamodb:GetItem', 'dynamodb:UpdateItem'], arnOf('CountTable')),
      allow(['events:PutEvents'], arnOf('EventBus')),
    ],
    learn: [
      allow(['dynamodb:GetItem', 'dynamodb:UpdateItem'], arnOf('CountTable')),
      allow(['dynamodb:GetItem', 'dynamodb:PutItem'], arnOf('BaselineTable')),
      allow(['events:PutEvents'], arnOf('EventBus')),
      // Metrics have no resource.
      allow(['cloudwatch:ListMetrics', 'cloudwatch:GetMetricData'], '*'),
      ...(trailPlace === null ? [] : [allow(['s3:GetObject'], logFileArn(trailPlace))]),
    ],
    readFlows: [
      allow(['events:PutEvents'], arnOf('EventBus')),
      // Neither interfaces nor lists over functions take a resource.
      allow(['ec2:DescribeNetworkInterfaces', 'lambda:ListFunctions'], '*'),
    ],
    readLogs: [
      allow(['dynamodb:GetItem', 'dynamodb:UpdateItem'], arnOf('CountTable')),
      allow(['events:PutEvents'], arnOf('EventBus')),
    ],
    enrol: [
      // A metric has no resource, and a list of log groups none that is narrower than all of them.
      allow(['cloudwatch:GetMetricData', 'logs:DescribeLogGroups'], '*'),
      allow(
        ['logs:DescribeSubscriptionFilters', 'logs:PutSubscriptionFilter', 'logs:DeleteSubscriptionFilter'],
        at('logs', 'log-group:/aws/lambda/*'),
      ),
      allow(['lambda:ListTags'], anyFunction),
    ],
    sweep: [
      allow(
        ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem', 'dynamodb:Scan'],
        arnOf('ApprovedTable'),
      ),
      // Whether an incident of the function is open, or was closed since.
      allow(['dynamodb:GetItem'], table),
      allow(['events:PutEvents'], arnOf('EventBus')),
      // Lists over all functions and mappings, and CloudTrail's look-up, take no resource.
      allow(['lambda:ListFunctions', 'lambda:ListEventSourceMappings', 'cloudtrail:LookupEvents'], '*'),
      allow(
        [
          'lambda:GetFunctionConfiguration',
          'lambda:ListAliases',
          'lambda:GetPolicy',
          'lambda:GetFunctionUrlConfig',
          'lambda:ListTags',
        ],
        anyFunction,
      ),
      ...readsRoles,
    ],
    inlineDeny: unlessNone(
      allow(['iam:GetRolePolicy', 'iam:PutRolePolicy', 'iam:DeleteRolePolicy'], listedRoles),
      ...(narrowTrust
        ? [
            allow(['iam:GetRole', 'iam:UpdateAssumeRolePolicy'], listedRoles),
            // What it puts back is what it kept itself: nobody else may write here.
            allow(['ssm:GetParameter', 'ssm:PutParameter', 'ssm:DeleteParameter'], parameter('trust/*')),
          ]
        : []),
      // Whatever is listed: * too.
      deny(
        ['iam:PutRolePolicy', 'iam:DeleteRolePolicy', 'iam:UpdateAssumeRolePolicy'],
        [ourRoles, iamArn(`role/*/${service}-*`)],
      ),
    ),
    dependants: cuts.dependants,
    recycle: unlessNone(
      allow(
        [
          'lambda:GetFunction',
          'lambda:ListTags',
          'lambda:GetFunctionConfiguration',
          'lambda:UpdateFunctionConfiguration',
        ],
        anyFunction,
      ),
      // The same code again, under a new number, and the alias with it.
      ...(aliasSessions === 'publish'
        ? [allow(['lambda:GetAlias', 'lambda:PublishVersion', 'lambda:UpdateAlias'], anyFunction)]
        : []),
      deny(
        ['lambda:UpdateFunctionConfiguration', 'lambda:PublishVersion', 'lambda:UpdateAlias'],
        ourFunctions,
      ),
      // A layer is code. A write of the description names none. Without iam:PassRole no other role can be set.
      deny(['lambda:UpdateFunctionConfiguration'], anyFunction, { Null: { 'lambda:Layer': 'false' } }),
    ),
    gatherEvidence: [
      ...records,
      ...ledgers,
      ...sealsEvidence,
      // It writes what only the reader roles read: without kms:Decrypt.
      allow(['kms:GenerateDataKey'], arnOf('EvidenceSecretsKey')),
      ...readsConfiguration,
      allow(
        [
          'lambda:GetFunction',
          'lambda:GetFunctionCodeSigningConfig',
          'lambda:ListDurableExecutionsByFunction',
          'lambda:GetDurableExecutionHistory',
        ],
        anyFunction,
      ),
      // A layer may be another account's.
      allow(['lambda:GetLayerVersion'], {
        'Fn::Sub': 'arn:${AWS::Partition}:lambda:${AWS::Region}:*:layer:*:*',
      }),
      allow(['lambda:GetCodeSigningConfig'], at('lambda', 'code-signing-config:*')),
      // An environment under a customer's key: Lambda decrypts it for whoever may, and only Lambda is asked.
      allow(['kms:Decrypt'], at('kms', 'key/*'), {
        StringEquals: { 'kms:ViaService': { 'Fn::Sub': 'lambda.${AWS::Region}.amazonaws.com' } },
      }),
      // Lists over functions and mappings take no resource.
      allow(['lambda:ListEventSourceMappings', 'lambda:ListFunctions'], '*'),
      allow(
        ['iam:GetRole', 'iam:ListRolePolicies', 'iam:GetRolePolicy', 'iam:ListAttachedRolePolicies'],
        anyRole,
      ),
      // Policies of the account, and AWS's own, which belong to no account.
      allow(
        ['iam:GetPolicy', 'iam:GetPolicyVersion'],
        [iamArn('policy/*'), { 'Fn::Sub': 'arn:${AWS::Partition}:iam::aws:policy/*' }],
      ),
      // Who else may use what the suspect's configuration names, in this account or another: policies alone, no content.
      allow(['secretsmanager:GetResourcePolicy'], {
        'Fn::Sub': 'arn:${AWS::Partition}:secretsmanager:*:*:secret:*',
      }),
      allow(['kms:GetKeyPolicy', 'kms:ListGrants'], { 'Fn::Sub': 'arn:${AWS::Partition}:kms:*:*:key/*' }),
      allow(['s3:GetBucketPolicy'], { 'Fn::Sub': 'arn:${AWS::Partition}:s3:::*' }),
      allow(['sqs:GetQueueUrl', 'sqs:GetQueueAttributes'], { 'Fn::Sub': 'arn:${AWS::Partition}:sqs:*:*:*' }),
      // A function may log to any group, and a trail too.
      allow(['logs:FilterLogEvents'], at('logs', 'log-group:*')),
      // Neither metrics, nor traces, nor CloudTrail's event history have a resource; nor have lists over trails and machines.
      allow(
        [
          'cloudwatch:ListMetrics',
          'cloudwatch:GetMetricData',
          'xray:GetTraceSummaries',
          'xray:BatchGetTraces',
          'cloudtrail:LookupEvents',
          'cloudtrail:DescribeTrails',
          'states:ListStateMachines',
        ],
        '*',
      ),
      // Inspector's lists take no resource.
      ...(advisories === 'inspector'
        ? [allow(['inspector2:ListFindings', 'inspector2:ListCoverage'], '*')]
        : []),
      // An organization's trail belongs to another account.
      allow(['cloudtrail:GetEventSelectors', 'cloudtrail:GetTrailStatus'], {
        'Fn::Sub': 'arn:${AWS::Partition}:cloudtrail:*:*:trail/*',
      }),
      // Any state machine may have run the function.
      allow(['states:DescribeStateMachine', 'states:ListExecutions'], at('states', 'stateMachine:*')),
      allow(['states:GetExecutionHistory'], at('states', 'execution:*')),
    ],
    investigate: [
      ...records,
      ...sealsEvidence,
      ...readsEvidence,
      allow(['lambda:GetFunction', 'lambda:ListTags'], anyFunction),
      // LookupEvents takes no resource.
      allow(['cloudtrail:LookupEvents'], '*'),
      // What is known of its reach now makes cuts possible that were not before.
      ...(dependants.length === 0 ? [] : [asks('driftWatch')]),
    ],
    // The other functions as lists give them, and what was changed. Their code is a choice: it is the account's whole code.
    search: [
      ...records,
      ...sealsEvidence,
      ...readsEvidence,
      // Which pairs were asked about.
      allow(['dynamodb:GetItem', 'dynamodb:PutItem'], arnOf('CountTable')),
      allow(['events:PutEvents'], arnOf('EventBus')),
      // Neither takes a resource.
      allow(['lambda:ListFunctions', 'cloudtrail:LookupEvents'], '*'),
      ...(searchCode ? [allow(['lambda:GetFunction'], anyFunction)] : []),
    ],
    rotateSecrets: [
      ...records,
      allow(['lambda:GetFunction', 'lambda:ListTags', 'lambda:GetFunctionConfiguration'], anyFunction),
      allow(['lambda:ListFunctions', 'cloudtrail:LookupEvents'], '*'),
      // RotateSecret asks for it on the secret's rotation function, which may be any; of ours rotateDatabase alone
      // (`rolesOf` denies the others, by name).
      allow(['lambda:InvokeFunction'], anyFunction),
      // Never the value: there is no GetSecretValue here.
      allow(
        ['secretsmanager:DescribeSecret', 'secretsmanager:GetResourcePolicy', 'secretsmanager:RotateSecret'],
        at('secretsmanager', 'secret:*'),
      ),
      // A new random value, where the secret's own tag says that this is what it holds.
      allow(['secretsmanager:PutSecretValue'], at('secretsmanager', 'secret:*'), {
        StringEquals: { 'aws:ResourceTag/tourniquet:rotation': 'generated' },
      }),
      // In the same way: a parameter that says so, and the access keys of users that say so. Never a value.
      allow(['ssm:PutParameter'], at('ssm', 'parameter/*'), {
        StringEquals: { 'aws:ResourceTag/tourniquet:rotation': 'generated' },
      }),
      deny(['ssm:PutParameter'], at('ssm', `parameter/${service}/*`)),
      allow(['iam:UpdateAccessKey'], iamArn('user/*'), {
        StringEquals: { 'aws:ResourceTag/tourniquet:rotation': 'deactivate' },
      }),
      allow(['iam:ListUserTags', 'iam:ListAccessKeys'], iamArn('user/*')),
      // These take no resource.
      allow(['iam:GetAccessKeyLastUsed', 'secretsmanager:GetRandomPassword'], '*'),
      // Whether a parameter is a SecureString, and whose: never its value. DescribeParameters takes no resource.
      allow(['ssm:DescribeParameters'], '*'),
      allow(['ssm:ListTagsForResource'], at('ssm', 'parameter/*')),
      // The label of a rotation that hangs, and no other: which version is current is not ours to say.
      allow(['secretsmanager:UpdateSecretVersionStage'], at('secretsmanager', 'secret:*'), {
        StringEquals: { 'secretsmanager:VersionStage': 'AWSPENDING' },
      }),
    ],
    // The one that reads a value: of secrets that say by their own tag that they hold a database user's login, and of
    // an administrator's that says so. None under a customer's key: there is no kms:Decrypt.
    rotateDatabase: [
      allow(
        [
          'secretsmanager:DescribeSecret',
          'secretsmanager:GetSecretValue',
          'secretsmanager:PutSecretValue',
          'secretsmanager:UpdateSecretVersionStage',
        ],
        at('secretsmanager', 'secret:*'),
        {
          StringEquals: {
            'aws:ResourceTag/tourniquet:rotation': ['database', 'database-alternating'],
          },
        },
      ),
      allow(['secretsmanager:GetSecretValue'], at('secretsmanager', 'secret:*'), {
        StringEquals: { 'aws:ResourceTag/tourniquet:rotation': 'database-administrator' },
      }),
      // It takes no resource.
      allow(['secretsmanager:GetRandomPassword'], '*'),
      // Lambda makes the network interfaces of a function with its role; its code may not (Lambda developer guide,
      // "Giving Lambda functions access to resources in an Amazon VPC"). None of these takes a resource then.
      ...(rotationSubnets === ''
        ? []
        : [
            allow(NETWORK_INTERFACES, '*'),
            deny(NETWORK_INTERFACES, '*', {
              ArnEquals: { 'lambda:SourceFunctionArn': at('lambda', `function:${prefix}-rotateDatabase`) },
            }),
          ]),
    ],
    announce: [
      ...records,
      ...ledgers,
      allow(
        ['ssm:GetParameter'],
        [parameter('slack-bot-token'), parameter('pagerduty-routing-key'), parameter('webhook-secret')],
      ),
      allow(['sns:Publish'], { Ref: 'AlertTopic' }),
      allow(['kms:GenerateDataKey', 'kms:Decrypt'], arnOf('Key')),
      // Of the evidence the post-mortem alone, which is told with its file.
      allow(['s3:GetObjectVersion'], { 'Fn::Sub': '${EvidenceBucket.Arn}/incidents/*/post-mortem.md' }),
      // Of both versions, whose hubs are resources of their own.
      allow(['securityhub:BatchUpdateFindings'], [at('securityhub', 'hub/*'), at('securityhub', 'hubv2/*')]),
    ],
    awaitDecision: [allow(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], table), ...wakes],
    verify: [
      ...records,
      // Its package where the evidence names a dependency to look for, and its tags where policy names some.
      allow(
        [
          'lambda:GetFunction',
          'lambda:GetFunctionConfiguration',
          'lambda:ListAliases',
          'lambda:GetPolicy',
          'lambda:ListTags',
        ],
        anyFunction,
      ),
      // Which version an event source feeds that a release switches on again.
      allow(['lambda:GetEventSourceMapping'], anyMapping),
      ...ledgers,
      // What was added to its role; read alone.
      ...readsRoles,
      // How it ran where policy has it run first: metrics take no resource.
      allow(['cloudwatch:GetMetricData'], '*'),
      allow(['dynamodb:GetItem'], arnOf('ApprovedTable')),
    ],
    release: [
      ...records,
      puts,
      ...ledgers,
      ...neverOurselves,
      asks('inlineDeny', 'recycle'),
      ...asksDependants,
      allow(['dynamodb:DeleteItem'], table),
      // To know whose environments hold old sessions.
      allow(['lambda:GetFunctionConfiguration', 'lambda:ListAliases'], anyFunction),
      // ListFunctions takes no resource.
      allow(['lambda:ListFunctions'], '*'),
      allow(
        [
          'lambda:GetFunctionConcurrency',
          'lambda:PutFunctionConcurrency',
          'lambda:DeleteFunctionConcurrency',
          'lambda:ListFunctionUrlConfigs',
          'lambda:UpdateFunctionUrlConfig',
          'lambda:GetPolicy',
          'lambda:RemovePermission',
          // The one way to put a statement back; only what the ledger holds is added.
          'lambda:AddPermission',
          'lambda:ListProvisionedConcurrencyConfigs',
          'lambda:GetProvisionedConcurrencyConfig',
          'lambda:PutProvisionedConcurrencyConfig',
          'lambda:GetFunctionEventInvokeConfig',
          'lambda:PutFunctionEventInvokeConfig',
          'lambda:DeleteFunctionEventInvokeConfig',
          'lambda:GetFunctionScalingConfig',
          'lambda:PutFunctionScalingConfig',
          'lambda:GetDurableExecution',
          'lambda:ResumeDurableExecution',
        ],
        anyFunction,
      ),
      readsScaling,
      suspendsScaling,
      // Whether an alarm of the function's own went off in a step: alarms of a metric take no resource.
      allow(['cloudwatch:DescribeAlarmsForMetric'], '*'),
      // And whether it is over.
      allow(['cloudwatch:DescribeAlarmHistory'], at('cloudwatch', 'alarm:*')),
      allow(['lambda:GetEventSourceMapping', 'lambda:UpdateEventSourceMapping'], anyMapping),
      allow(['iam:ListAttachedRolePolicies', 'iam:GetRole'], anyRole),
      allow(['iam:AttachRolePolicy', 'iam:DetachRolePolicy'], anyRole, onlyQuarantine),
    ],
    replay: [
      ...records,
      ...ledgers,
      // The suspect's held events, to the suspect; never to one of ours.
      allow(['lambda:InvokeFunction'], anyFunction),
      deny(['lambda:InvokeFunction'], ourFunctions),
      allow(
        [
          'sqs:GetQueueUrl',
          'sqs:GetQueueAttributes',
          'sqs:SetQueueAttributes',
          'sqs:ReceiveMessage',
          'sqs:DeleteMessage',
        ],
        heldQueues,
      ),
    ],
    watch: [allow(['dynamodb:GetItem', 'dynamodb:PutItem'], table), ...wakes],
    // For the stack's outputs.
    readSigningKey: [allow(['kms:GetPublicKey'], arnOf('SigningKey'))],
    postMortem: [
      ...records,
      ...ledgers,
      ...sealsEvidence,
      allow(['dynamodb:DeleteItem'], table),
      // The quarantine queues of what is closed.
      allow(
        ['sqs:GetQueueUrl', 'sqs:GetQueueAttributes', 'sqs:SetQueueAttributes', 'sqs:DeleteQueue'],
        heldQueues,
      ),
    ],
    slackInteractions: [
      ...records,
      ...ledgers,
      ...wakes,
      allow(
        ['ssm:GetParameter'],
        [
          parameter('slack-bot-token'),
          parameter('slack-signing-secret'),
          parameter('slack-signing-secret-previous'),
        ],
      ),
      // The open incidents, for the slash command.
      allow(['dynamodb:Query'], openIndex),
      // That each request is taken once.
      allow(['dynamodb:PutItem'], arnOf('CountTable')),
      asks('rotateSecrets', 'announce', 'driftWatch'),
    ],
    decide: [...records, ...wakes, asks('announce', 'driftWatch')],
    pagerDutyWebhook: [
      allow(['dynamodb:GetItem'], table),
      appends,
      allow(['dynamodb:PutItem'], arnOf('CountTable')),
      allow(['ssm:GetParameter'], [parameter('pagerduty-webhook-secret')]),
      asks('announce'),
    ],
    resume: [...records, ...takesOver],
    drill:
      drillSchedule === ''
        ? []
        : [
            allow(
              [
                'lambda:CreateFunction',
                'lambda:TagResource',
                'lambda:DeleteFunction',
                'lambda:GetFunction',
                'lambda:GetFunctionConcurrency',
              ],
              at('lambda', `function:${DRILLED}*`),
            ),
            // To functions that may do nothing, and to Lambda alone.
            allow(['iam:PassRole'], iamArn(`role/${DRILLED}${prefix}-*`), {
              StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' },
            }),
            allow(['iam:ListAttachedRolePolicies'], iamArn(`role/${DRILLED}${prefix}-*`)),
            allow(['events:PutEvents'], arnOf('EventBus')),
            allow(['dynamodb:GetItem', 'dynamodb:Query'], table),
            allow(['dynamodb:Query'], openIndex),
            allow(['dynamodb:Query'], arnOf('HistoryTable')),
            asks('decide'),
          ],
  };
};

const trusted = (service) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
});

const role = (rolePrefix, name, service, Statement) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    RoleName: `${rolePrefix}-${name}`,
    AssumeRolePolicyDocument: trusted(service),
    Policies: [{ PolicyName: name, PolicyDocument: { Version: '2012-10-17', Statement } }],
  },
});

// IAM is global: with the region in its roles' names, the same stage can be deployed in several regions.
/** `inlineRoles`: names of the roles into which a deny may be written; `*` is a wildcard. The rest as in `params`. */
const rolesOf = (prefix, rolePrefix = prefix, choices = {}) => {
  const steps = statementsFor(prefix, choices);
  const Resources = {};
  const service = prefix.split('-')[0];
  // Of every stage, and by name, as a deny of all of them would be one of rotateDatabase too.
  const others = Object.keys(steps).filter((name) => name !== 'rotateDatabase');
  steps.rotateSecrets.push(
    deny(
      ['lambda:InvokeFunction'],
      others.map((name) => at('lambda', `function:${service}-*-${name}`)),
    ),
  );
  for (const [name, statements] of Object.entries(steps)) {
    const writesItsLog = allow(
      ['logs:CreateLogStream', 'logs:PutLogEvents'],
      at('logs', `log-group:/aws/lambda/${prefix}-${name}:*`),
    );
    Resources[`${name}Role`] = role(rolePrefix, name, 'lambda.amazonaws.com', [writesItsLog, ...statements]);
  }
  const playbook = [
    'assess',
    'plan',
    'contain',
    'gatherEvidence',
    'investigate',
    'search',
    'rotateSecrets',
    'announce',
    'awaitDecision',
    'verify',
    'release',
    'replay',
    'watch',
    'postMortem',
  ];
  Resources.stateMachineRole = role(rolePrefix, 'stateMachine', 'states.amazonaws.com', [
    allow(
      ['lambda:InvokeFunction'],
      playbook.map((name) => at('lambda', `function:${prefix}-${name}`)),
    ),
    // X-Ray takes no resource.
    allow(
      [
        'xray:PutTraceSegments',
        'xray:PutTelemetryRecords',
        'xray:GetSamplingRules',
        'xray:GetSamplingTargets',
      ],
      '*',
    ),
  ]);
  Resources.startIncidentRole = role(rolePrefix, 'startIncident', 'events.amazonaws.com', [
    allow(['states:StartExecution'], { Ref: 'StateMachine' }),
  ]);
  return { Resources };
};

/** For `${file(infrastructure/roles.cjs)}`. */
module.exports = async ({ resolveVariable }) => {
  const [prefix, region, config] = await Promise.all([
    resolveVariable('self:custom.names.prefix'),
    resolveVariable('aws:region'),
    resolveVariable('self:custom.config'),
  ]);
  const inlineRoles = config.inlineRoles.split(',').map((name) => name.trim());
  return rolesOf(prefix, `${prefix}-${region}`, {
    inlineRoles: inlineRoles.filter((name) => name !== ''),
    narrowTrust: config.narrowTrust !== 'false',
    aliasSessions: config.aliasSessions,
    legalHold: config.legalHold === 'true',
    trail: config.trail,
    drillSchedule: config.drillSchedule,
    rotationSubnets: config.rotationSubnets,
    dependants: list(config.dependants).map((entry) => entry.split(':')[0]),
    memberAccounts: list(config.memberAccounts),
    searchCode: config.searchCode === 'true',
    advisories: config.advisories,
  });
};
module.exports.rolesOf = rolesOf;
