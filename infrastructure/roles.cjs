'use strict';

/*
 * One least-privilege role per function, from one table. A statement that cannot name its resource says why: a suspect
 * is any function, role or secret of the account, and is not known before the finding.
 */

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

const statementsFor = (prefix) => {
  const anyFunction = at('lambda', 'function:*');
  const anyMapping = at('lambda', 'event-source-mapping:*');
  const anyRole = iamArn('role/*');
  // Of every stage: two deployments in one account must not contain each other.
  const service = prefix.split('-')[0];
  const ourFunctions = at('lambda', `function:${service}-*`);
  const ourRoles = iamArn(`role/${service}-*`);
  const table = arnOf('IncidentTable');
  const index = { 'Fn::Sub': '${IncidentTable.Arn}/index/by-opened' };
  const parameter = (name) => at('ssm', `parameter/${prefix.replace('-', '/')}/${name}`);

  const records = [allow(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], table)];
  const ledgers = [allow(['dynamodb:Query'], table)];
  // Step Functions knows a task by its token alone: SendTaskSuccess takes no resource.
  const wakes = [allow(['states:SendTaskSuccess'], '*'), allow(['dynamodb:DeleteItem'], table)];
  const sealsEvidence = [
    allow(['s3:PutObject', 's3:PutObjectRetention', 's3:AbortMultipartUpload'], {
      'Fn::Sub': '${EvidenceBucket.Arn}/incidents/*',
    }),
    allow(['kms:GenerateDataKey', 'kms:Decrypt'], arnOf('Key')),
  ];
  const readsEvidence = [
    allow(['s3:GetObject', 's3:GetObjectVersion'], { 'Fn::Sub': '${EvidenceBucket.Arn}/incidents/*' }),
  ];
  // Only the deployment's own deny policy can be attached or taken off, and never on our own roles (invariant 12).
  const onlyQuarantine = { ArnEquals: { 'iam:PolicyARN': { Ref: 'QuarantinePolicy' } } };
  const neverOurselves = [
    deny(['lambda:PutFunctionConcurrency', 'lambda:DeleteFunctionConcurrency'], ourFunctions),
    // A mapping's ARN does not name its function; the condition key does.
    deny(['lambda:UpdateEventSourceMapping'], anyMapping, {
      ArnLike: { 'lambda:FunctionArn': ourFunctions },
    }),
    deny(['iam:AttachRolePolicy', 'iam:DetachRolePolicy'], ourRoles),
    deny(
      [
        'lambda:PutProvisionedConcurrencyConfig',
        'lambda:DeleteProvisionedConcurrencyConfig',
        'lambda:PutFunctionScalingConfig',
        'lambda:PauseDurableExecution',
        'lambda:ResumeDurableExecution',
      ],
      ourFunctions,
    ),
  ];
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
        'lambda:ListAliases',
        'lambda:ListVersionsByFunction',
        'lambda:ListProvisionedConcurrencyConfigs',
        'lambda:GetFunctionScalingConfig',
        'lambda:ListDurableExecutionsByFunction',
      ],
      anyFunction,
    ),
    readsScaling,
    // ListEventSourceMappings takes no resource.
    allow(['lambda:ListEventSourceMappings'], '*'),
    allow(['iam:ListAttachedRolePolicies'], anyRole),
  ];

  return {
    assess: [...records, ...wakes, allow(['lambda:GetFunction', 'lambda:ListTags'], anyFunction)],
    plan: [...records, ...capture, allow(['lambda:GetFunction', 'lambda:ListTags'], anyFunction)],
    contain: [
      ...records,
      ...ledgers,
      // An incident in which nothing was changed ends here, and frees its suspect.
      allow(['dynamodb:DeleteItem'], table),
      ...capture,
      ...neverOurselves,
      allow(
        [
          'lambda:GetFunction',
          'lambda:ListTags',
          'lambda:GetFunctionConfiguration',
          'lambda:PutFunctionConcurrency',
          'lambda:GetProvisionedConcurrencyConfig',
          'lambda:PutProvisionedConcurrencyConfig',
          'lambda:DeleteProvisionedConcurrencyConfig',
          'lambda:PutFunctionScalingConfig',
          'lambda:GetDurableExecution',
          'lambda:PauseDurableExecution',
        ],
        anyFunction,
      ),
      suspendsScaling,
      allow(['lambda:GetEventSourceMapping', 'lambda:UpdateEventSourceMapping'], anyMapping),
      allow(['iam:AttachRolePolicy'], anyRole, onlyQuarantine),
      // ListFunctions takes no resource.
      allow(['lambda:ListFunctions'], '*'),
    ],
    gatherEvidence: [
      ...records,
      ...ledgers,
      ...sealsEvidence,
      allow(
        [
          'lambda:GetFunction',
          'lambda:ListTags',
          'lambda:GetFunctionConfiguration',
          'lambda:GetFunctionUrlConfig',
          'lambda:GetPolicy',
          'lambda:ListAliases',
        ],
        anyFunction,
      ),
      allow(['lambda:ListEventSourceMappings'], '*'),
      allow(
        ['iam:GetRole', 'iam:ListRolePolicies', 'iam:GetRolePolicy', 'iam:ListAttachedRolePolicies'],
        anyRole,
      ),
      // Policies of the account, and AWS's own, which belong to no account.
      allow(
        ['iam:GetPolicy', 'iam:GetPolicyVersion'],
        [iamArn('policy/*'), { 'Fn::Sub': 'arn:${AWS::Partition}:iam::aws:policy/*' }],
      ),
      // A function may log to any group.
      allow(['logs:FilterLogEvents'], at('logs', 'log-group:*')),
    ],
    investigate: [
      ...records,
      ...sealsEvidence,
      ...readsEvidence,
      allow(['lambda:GetFunction', 'lambda:ListTags'], anyFunction),
      // LookupEvents takes no resource.
      allow(['cloudtrail:LookupEvents'], '*'),
    ],
    rotateSecrets: [
      ...records,
      allow(['lambda:GetFunction', 'lambda:ListTags', 'lambda:GetFunctionConfiguration'], anyFunction),
      allow(['lambda:ListFunctions', 'cloudtrail:LookupEvents'], '*'),
      // RotateSecret asks for it on the secret's rotation function, which may be any; never one of ours.
      allow(['lambda:InvokeFunction'], anyFunction),
      deny(['lambda:InvokeFunction'], ourFunctions),
      // Never the value: there is no GetSecretValue here.
      allow(
        ['secretsmanager:DescribeSecret', 'secretsmanager:GetResourcePolicy', 'secretsmanager:RotateSecret'],
        at('secretsmanager', 'secret:*'),
      ),
    ],
    announce: [
      ...records,
      ...ledgers,
      allow(['ssm:GetParameter'], [parameter('slack-bot-token'), parameter('pagerduty-routing-key')]),
      allow(['sns:Publish'], { Ref: 'AlertTopic' }),
      allow(['kms:GenerateDataKey', 'kms:Decrypt'], arnOf('Key')),
    ],
    awaitDecision: [...records, ...wakes],
    verify: [...records, allow(['lambda:GetFunctionConfiguration', 'lambda:ListAliases'], anyFunction)],
    release: [
      ...records,
      ...ledgers,
      ...neverOurselves,
      allow(['dynamodb:DeleteItem'], table),
      allow(
        [
          'lambda:GetFunctionConcurrency',
          'lambda:PutFunctionConcurrency',
          'lambda:DeleteFunctionConcurrency',
          'lambda:ListProvisionedConcurrencyConfigs',
          'lambda:GetProvisionedConcurrencyConfig',
          'lambda:PutProvisionedConcurrencyConfig',
          'lambda:GetFunctionScalingConfig',
          'lambda:PutFunctionScalingConfig',
          'lambda:GetDurableExecution',
          'lambda:ResumeDurableExecution',
        ],
        anyFunction,
      ),
      readsScaling,
      suspendsScaling,
      allow(['lambda:GetEventSourceMapping', 'lambda:UpdateEventSourceMapping'], anyMapping),
      allow(['iam:ListAttachedRolePolicies'], anyRole),
      allow(['iam:AttachRolePolicy', 'iam:DetachRolePolicy'], anyRole, onlyQuarantine),
    ],
    watch: [...records, ...wakes],
    postMortem: [...records, ...ledgers, ...sealsEvidence, allow(['dynamodb:DeleteItem'], table)],
    slackInteractions: [
      ...records,
      ...wakes,
      allow(['ssm:GetParameter'], [parameter('slack-bot-token'), parameter('slack-signing-secret')]),
      allow(['lambda:InvokeFunction'], at('lambda', `function:${prefix}-rotateSecrets`)),
    ],
    decide: [...records, ...wakes],
    resume: [
      ...records,
      allow(['dynamodb:Query'], index),
      allow(['states:StartExecution'], { Ref: 'StateMachine' }),
      allow(['lambda:InvokeFunction'], at('lambda', `function:${prefix}-announce`)),
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
const rolesOf = (prefix, rolePrefix = prefix) => {
  const steps = statementsFor(prefix);
  const Resources = {};
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
    'rotateSecrets',
    'announce',
    'awaitDecision',
    'verify',
    'release',
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
  const [prefix, region] = await Promise.all([
    resolveVariable('self:custom.names.prefix'),
    resolveVariable('aws:region'),
  ]);
  return rolesOf(prefix, `${prefix}-${region}`);
};
module.exports.rolesOf = rolesOf;
