import { CONTROLS } from '../../../shared/containment/controls';
import { LOSS_PERMISSIONS } from '../../../shared/containment/lossFacts';
import { CUTS } from '../../../shared/dependants/cuts';
import { COLLECTORS } from '../../../shared/evidence/collectors';
import { DEPENDANT_KINDS, DEPENDANTS } from '../../../shared/policy/dependants';
import { readYaml } from '../../fixtures/repository';
import { defectsOf, granted, NOT_EVALUATED } from '../../permissions';

type Statement = {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};
type Role = {
  readonly Properties: {
    readonly RoleName: string;
    readonly AssumeRolePolicyDocument: {
      readonly Statement: readonly { readonly Principal: { readonly Service: string } }[];
    };
    readonly Policies: readonly { readonly PolicyDocument: { readonly Statement: readonly Statement[] } }[];
  };
};
type RolesOf = (
  prefix: string,
  rolePrefix?: string,
  choices?: {
    readonly inlineRoles?: readonly string[];
    readonly narrowTrust?: boolean;
    readonly aliasSessions?: string;
    readonly drillSchedule?: string;
    readonly rotationSubnets?: string;
    readonly dependants?: readonly string[];
    readonly memberAccounts?: readonly string[];
    readonly searchCode?: boolean;
    readonly advisories?: string;
  },
) => { readonly Resources: Readonly<Record<string, Role>> };

const { rolesOf } = require('../../../infrastructure/roles.cjs') as { rolesOf: RolesOf };

const { quarantineDocument } = require('../../../infrastructure/quarantine.cjs') as {
  quarantineDocument: (prefix: string, denyLogs: boolean) => { readonly Statement: readonly Statement[] };
};

const { Resources } = rolesOf('tourniquet-test');
const roles = Object.entries(Resources);
const statementsOf = (name: string): readonly Statement[] =>
  Resources[name]?.Properties.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement) ?? [];
const all = roles.flatMap(([name]) => statementsOf(name).map((statement) => ({ name, ...statement })));
const allowed = all.filter(({ Effect }) => Effect === 'Allow');

const { functions } = readYaml('serverless.yml') as { functions: Record<string, { role: string }> };

const readsValue = (action: string): boolean => action === 'secretsmanager:GetSecretValue';

/** Roles of the deployment that no function has. */
const NOT_OF_A_FUNCTION = ['stateMachineRole', 'startIncidentRole'];

describe('the roles', () => {
  it.each(Object.entries(functions))('gives %s a role of its own', (name, { role }) => {
    expect(role).toBe(`${name}Role`);
    expect(Resources[role]?.Properties.RoleName).toBe(`tourniquet-test-${name}`);
  });

  it('has no role that nothing takes', () => {
    const taken = [...Object.values(functions).map(({ role }) => role), ...NOT_OF_A_FUNCTION];

    expect(roles.map(([name]) => name).filter((name) => !taken.includes(name))).toEqual([]);
  });

  it.each(roles)('lets only an AWS service take %s', (_name, { Properties }) => {
    const principals = Properties.AssumeRolePolicyDocument.Statement.map(({ Principal }) => Principal);

    expect(principals).toEqual([
      { Service: expect.stringMatching(/^(lambda|states|events)\.amazonaws\.com$/) },
    ]);
  });

  it.each(roles)('names %s so that a guard knows it as our own', (_name, { Properties }) => {
    expect(Properties.RoleName).toMatch(/^tourniquet-test-\w+$/);
  });
});

describe('nobody gains by the responder', () => {
  it.each([
    /^iam:Put(Role|User|Group)Policy$/,
    /^iam:Create/,
    // A key is deactivated: whose activating would be of use has it already.
    /^iam:Update(?!AccessKey$)/,
    /^iam:SetDefaultPolicyVersion$/,
    /^iam:PassRole$/,
    /^iam:Delete/,
    /^iam:Add/,
    /^sts:/,
    /^secretsmanager:(GetSecretValue|BatchGetSecretValue|UpdateSecret(?!VersionStage)|PutResourcePolicy)/,
    /^lambda:(UpdateFunction(?!UrlConfig)|CreateFunction|PublishLayerVersion|CreateEventSourceMapping)/,
    /^kms:(CreateGrant|PutKeyPolicy|ScheduleKeyDeletion|DisableKey)/,
    /^s3:(Delete|BypassGovernanceRetention|PutBucket|PutObjectLegalHold)/,
    /\*/,
    /^NotAction$/,
  ])('allows no role %s', (forbidden) => {
    // The one that reads values, of secrets whose tag says so: held below.
    const found = allowed
      .filter(({ name, Action }) => name !== 'rotateDatabaseRole' || !Action.some(readsValue))
      .flatMap(({ name, Action }) =>
        Action.filter((action) => forbidden.test(action)).map((action) => `${name}: ${action}`),
      );

    expect(found).toEqual([]);
  });

  it('writes every statement as what is allowed, never as what is not', () => {
    expect(all.filter((statement) => 'NotAction' in statement || 'NotResource' in statement)).toEqual([]);
    expect(all.every(({ Action }) => Array.isArray(Action) && Action.length > 0)).toBe(true);
  });

  it("lets a policy be attached or taken off only if it is the deployment's own deny", () => {
    const changes = allowed.filter(({ Action }) =>
      Action.some((action) => /^iam:(Attach|Detach)/.test(action)),
    );

    expect(changes.map(({ name }) => name).toSorted()).toEqual([
      'containRole',
      'driftWatchRole',
      'releaseRole',
    ]);
    for (const { Action, Condition } of changes) {
      expect(Action.every((action) => /^iam:(Attach|Detach)RolePolicy$/.test(action))).toBe(true);
      expect(Condition).toEqual({ ArnEquals: { 'iam:PolicyARN': { Ref: 'QuarantinePolicy' } } });
    }
  });

  it('deploys a policy that denies, and allows nothing but to send to held queues of its own', () => {
    for (const denyLogs of [true, false]) {
      const { Statement } = quarantineDocument('tourniquet-test', denyLogs);

      expect(Statement.length).toBeGreaterThan(0);
      expect(Statement.filter(({ Effect }) => Effect !== 'Deny')).toEqual([
        expect.objectContaining({
          Action: ['sqs:SendMessage'],
          Resource: { 'Fn::Sub': expect.stringMatching(/:tourniquet-test-held-\*$/) },
        }),
      ]);
    }
  });

  /** What may be changed in the account, and by whom: anything beyond is a decision to be made here. */
  it('lets only containment, the watch over it and release change a function', () => {
    const writes = allowed.flatMap(({ name, Action }) =>
      Action.filter((action) =>
        /^(lambda:(Put|Update|Delete|Add|Remove|Pause|Resume|Stop)|application-autoscaling:(?!Describe))/.test(
          action,
        ),
      ).map((action) => `${name} ${action}`),
    );

    // AddPermission puts back the statements that containment removed: nobody but release has it.
    expect(writes.toSorted()).toEqual([
      'containRole application-autoscaling:RegisterScalableTarget',
      'containRole lambda:DeleteProvisionedConcurrencyConfig',
      'containRole lambda:PauseDurableExecution',
      'containRole lambda:PutFunctionConcurrency',
      'containRole lambda:PutFunctionEventInvokeConfig',
      'containRole lambda:PutFunctionScalingConfig',
      'containRole lambda:PutProvisionedConcurrencyConfig',
      'containRole lambda:RemovePermission',
      'containRole lambda:UpdateEventSourceMapping',
      'containRole lambda:UpdateFunctionUrlConfig',
      'driftWatchRole application-autoscaling:RegisterScalableTarget',
      'driftWatchRole lambda:DeleteProvisionedConcurrencyConfig',
      'driftWatchRole lambda:PauseDurableExecution',
      'driftWatchRole lambda:PutFunctionConcurrency',
      'driftWatchRole lambda:PutFunctionEventInvokeConfig',
      'driftWatchRole lambda:PutFunctionScalingConfig',
      'driftWatchRole lambda:PutProvisionedConcurrencyConfig',
      'driftWatchRole lambda:RemovePermission',
      'driftWatchRole lambda:UpdateEventSourceMapping',
      'driftWatchRole lambda:UpdateFunctionUrlConfig',
      'releaseRole application-autoscaling:RegisterScalableTarget',
      'releaseRole lambda:AddPermission',
      'releaseRole lambda:DeleteFunctionConcurrency',
      'releaseRole lambda:DeleteFunctionEventInvokeConfig',
      'releaseRole lambda:PutFunctionConcurrency',
      'releaseRole lambda:PutFunctionEventInvokeConfig',
      'releaseRole lambda:PutFunctionScalingConfig',
      'releaseRole lambda:PutProvisionedConcurrencyConfig',
      'releaseRole lambda:RemovePermission',
      'releaseRole lambda:ResumeDurableExecution',
      'releaseRole lambda:UpdateEventSourceMapping',
      'releaseRole lambda:UpdateFunctionUrlConfig',
    ]);
  });

  it.each(['containRole', 'driftWatchRole'])('lets %s close a function URL and never open one', (role) => {
    const allows = statementsOf(role).filter(
      ({ Effect, Action }) => Effect === 'Allow' && Action.includes('lambda:UpdateFunctionUrlConfig'),
    );

    expect(allows.map(({ Condition }) => Condition)).toEqual([
      { StringEquals: { 'lambda:FunctionUrlAuthType': 'AWS_IAM' } },
    ]);
  });

  it('lets only those who may wake the playbook answer a task token', () => {
    const names = allowed
      .filter(({ Action }) => Action.includes('states:SendTaskSuccess'))
      .map(({ name }) => name);

    expect(names.toSorted()).toEqual([
      'assessRole',
      'awaitDecisionRole',
      'decideRole',
      'driftWatchRole',
      'slackInteractionsRole',
      'watchRole',
    ]);
  });
});

describe('what depends on a suspect', () => {
  const MEMBER = '210987654321';
  const cutting = rolesOf('tourniquet-test', 'tourniquet-test', {
    inlineRoles: ['mailer'],
    dependants: DEPENDANT_KINDS,
    memberAccounts: [MEMBER],
  }).Resources;
  const of = (name: string, effect: string, resources = cutting) =>
    (resources[name]?.Properties.Policies ?? [])
      .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
      .filter(({ Effect, Action }) => Effect === effect && !Action.includes('logs:PutLogEvents'));
  const actionsOf = (name: string, resources = cutting): readonly string[] =>
    of(name, 'Allow', resources).flatMap(({ Action }) => Action);
  const isRead = (action: string): boolean => /^\w+:(?:Get|GET$|List|Describe)/.test(action);

  it('is of the kinds that the policy file knows, each called the same everywhere', () => {
    const { KINDS } = require('../../../infrastructure/dependants.cjs') as { KINDS: readonly string[] };

    expect(CUTS.map(({ kind }) => kind)).toEqual(DEPENDANT_KINDS);
    expect(KINDS).toEqual(DEPENDANT_KINDS);
    expect(CUTS.map(({ title }) => title)).toEqual(DEPENDANT_KINDS.map((kind) => DEPENDANTS[kind].title));
  });

  it('gives nobody anything where policy leaves every kind off', () => {
    expect(of('dependantsRole', 'Allow', Resources)).toEqual([]);
    const others = Object.keys(Resources).filter(
      (name) => !['dependantsRole', 'inlineDenyRole', 'recycleRole'].includes(name),
    );
    const listed = rolesOf('tourniquet-test', 'tourniquet-test', { inlineRoles: ['mailer'] }).Resources;
    expect(others.map((name) => listed[name])).toEqual(others.map((name) => Resources[name]));
  });

  it.each(CUTS.map(({ kind, permissions }) => [kind, permissions] as const))(
    'is allowed to the function that cuts, as far as the kind is on, and its reads to the plan: %s',
    (kind, permissions) => {
      const alone = rolesOf('tourniquet-test', 'tourniquet-test', {
        inlineRoles: ['mailer'],
        dependants: [kind],
      }).Resources;
      const keeps = ['ssm:GetParametersByPath', 'ssm:PutParameter', 'ssm:DeleteParameter'];

      expect([...actionsOf('dependantsRole', alone)].toSorted()).toEqual(
        [...permissions, ...keeps].toSorted(),
      );
      const plan = actionsOf('planRole', alone);
      expect(permissions.filter((action) => isRead(action) && !plan.includes(action))).toEqual([]);
      expect(permissions.filter((action) => !isRead(action) && plan.includes(action))).toEqual([]);
    },
  );

  it('is changed by no other role, and what was there before is kept by no other', () => {
    const writes = CUTS.flatMap(({ permissions }) => permissions.filter((action) => !isRead(action)));
    // Of any function's mappings, and of roles that are listed: held to by the tests of those.
    const others = ['containRole', 'driftWatchRole', 'releaseRole'];
    // Of functions and of held queues that are our own.
    const ours = ['lambda:InvokeFunction', 'sqs:SetQueueAttributes'];
    const found = Object.keys(cutting).flatMap((name) =>
      actionsOf(name)
        .filter((action) => writes.includes(action) && !ours.includes(action))
        .filter((action) => !(action === 'lambda:UpdateEventSourceMapping' && others.includes(name)))
        .map((action) => `${name} ${action}`),
    );
    expect(found.filter((line) => !line.startsWith('dependantsRole '))).toEqual([]);
    const keepers = Object.keys(cutting).filter((name) =>
      of(name, 'Allow').some(({ Resource }) => JSON.stringify(Resource).includes('/dependants/*')),
    );
    expect(keepers).toEqual(['planRole', 'dependantsRole']);
  });

  it('is asked for by those alone who put controls on or take them off', () => {
    const askers = Object.keys(cutting).filter((name) =>
      of(name, 'Allow').some(
        ({ Action, Resource }) =>
          Action.includes('lambda:InvokeFunction') && JSON.stringify(Resource).includes('-dependants"'),
      ),
    );
    expect(new Set(askers)).toEqual(new Set(['containRole', 'driftWatchRole', 'releaseRole']));
  });

  it('is never one of ours: each change is denied on them, whatever is listed', () => {
    const denied = of('dependantsRole', 'Deny').flatMap(({ Action }) => Action);
    const writes = CUTS.flatMap(({ permissions }) => permissions.filter((action) => !isRead(action)));

    // It asks one function, and that is ours.
    const asked = 'lambda:InvokeFunction';
    expect(writes.filter((action) => action !== asked && !denied.includes(action))).toEqual([]);
    // What has no name in its ARN is named by what it is in the template.
    for (const { Resource, Condition } of of('dependantsRole', 'Deny'))
      expect(JSON.stringify([Resource, Condition])).toMatch(/tourniquet-\*|"Fn::GetAtt":\["Key","Arn"\]/);
  });

  it('is taken to another account only where policy lists it, under one role by name', () => {
    const taken = of('dependantsRole', 'Allow').filter(({ Action }) => Action.includes('sts:AssumeRole'));

    expect(taken.map(({ Resource }) => Resource)).toEqual([
      [{ 'Fn::Sub': `arn:\${AWS::Partition}:iam::${MEMBER}:role/tourniquet-member` }],
    ]);
  });
});

describe('the two functions that may do what no other may', () => {
  const listed = rolesOf('tourniquet-test', 'tourniquet-test', {
    inlineRoles: ['order-*', 'mailer'],
  }).Resources;
  const of = (resources: typeof listed, name: string, effect: string) =>
    (resources[name]?.Properties.Policies ?? [])
      .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
      .filter(({ Effect, Action }) => Effect === effect && !Action.includes('logs:PutLogEvents'));
  const iamArn = (rest: string) => ({ 'Fn::Sub': expect.stringMatching(new RegExp(`:${rest}$`)) });

  it.each(['inlineDenyRole', 'recycleRole'])(
    'gives %s nothing where the deployment lists no role',
    (name) => {
      expect(of(Resources, name, 'Allow')).toEqual([]);
    },
  );

  it('gives no other role anything more where it lists some', () => {
    const others = Object.keys(listed).filter((name) => !['inlineDenyRole', 'recycleRole'].includes(name));

    expect(others.map((name) => listed[name])).toEqual(others.map((name) => Resources[name]));
  });

  /** The one exception to "no role may write a policy": a deny of one function, or of old sessions, has to be inline. */
  it('lets inlineDeny write into the listed roles alone, whatever their path, and never into our own', () => {
    expect(of(listed, 'inlineDenyRole', 'Allow')).toEqual([
      {
        Effect: 'Allow',
        Action: ['iam:GetRolePolicy', 'iam:PutRolePolicy', 'iam:DeleteRolePolicy'],
        Resource: ['role/order-\\*', 'role/\\*/order-\\*', 'role/mailer', 'role/\\*/mailer'].map(iamArn),
      },
    ]);
    expect(of(listed, 'inlineDenyRole', 'Deny')).toEqual([
      {
        Effect: 'Deny',
        Action: ['iam:PutRolePolicy', 'iam:DeleteRolePolicy', 'iam:UpdateAssumeRolePolicy'],
        Resource: ['role/tourniquet-\\*', 'role/\\*/tourniquet-\\*'].map(iamArn),
      },
    ]);
  });

  const LOGINS = {
    StringEquals: { 'aws:ResourceTag/tourniquet:rotation': ['database', 'database-alternating'] },
  };

  it('lets rotateDatabase alone read values, of secrets whose tag says what they hold, and use no key', () => {
    const found = all.filter(({ Effect, Action }) => Effect === 'Allow' && Action.some(readsValue));

    expect(found.map(({ name, Condition }) => [name, Condition])).toEqual([
      ['rotateDatabaseRole', LOGINS],
      [
        'rotateDatabaseRole',
        { StringEquals: { 'aws:ResourceTag/tourniquet:rotation': 'database-administrator' } },
      ],
    ]);
    expect(JSON.stringify(statementsOf('rotateDatabaseRole'))).not.toMatch(/kms:|dynamodb:|lambda:Invoke/);
  });

  it('lets rotateSecrets invoke no function of ours but rotateDatabase', () => {
    const denied = statementsOf('rotateSecretsRole').find(
      ({ Effect, Action }) => Effect === 'Deny' && Action.includes('lambda:InvokeFunction'),
    );
    const text = JSON.stringify(denied?.Resource ?? []);
    const names = [...text.matchAll(/:function:tourniquet-\*-(\w+)"/g)].map(([, name = '']) => name);

    expect(new Set(names)).toEqual(
      new Set(Object.keys(functions).filter((name) => name !== 'rotateDatabase')),
    );
  });

  it('lets rotateDatabase be put into a VPC only where the deployment says so, and its code make no interface', () => {
    expect(JSON.stringify(statementsOf('rotateDatabaseRole'))).not.toContain('ec2:');
    const { rotateDatabaseRole } = rolesOf('tourniquet-test', 'tourniquet-test', {
      rotationSubnets: 'subnet-0123456789abcdef0',
    }).Resources;
    const inside = (rotateDatabaseRole?.Properties.Policies ?? [])
      .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
      .filter(({ Action }) => Action.includes('ec2:CreateNetworkInterface'));

    expect(inside.map(({ Effect }) => Effect)).toEqual(['Allow', 'Deny']);
    expect(inside[0]?.Action).toEqual(inside[1]?.Action);
    expect(JSON.stringify(inside[1]?.Condition)).toContain('function:tourniquet-test-rotateDatabase');
  });

  it('lets rotateSecrets take the label off a rotation that hangs, and no other label', () => {
    const found = all.filter(({ Action }) => Action.includes('secretsmanager:UpdateSecretVersionStage'));

    expect(found.map(({ name, Condition }) => [name, Condition])).toEqual([
      ['rotateSecretsRole', { StringEquals: { 'secretsmanager:VersionStage': 'AWSPENDING' } }],
      ['rotateDatabaseRole', LOGINS],
    ]);
  });

  it('lets rotateSecrets write a value where the tag of the secret says that a random one will do; besides it rotateDatabase, where it says a login', () => {
    const found = all.filter(({ Action }) => Action.includes('secretsmanager:PutSecretValue'));

    expect(found.map(({ name, Condition }) => [name, Condition])).toEqual([
      ['rotateSecretsRole', { StringEquals: { 'aws:ResourceTag/tourniquet:rotation': 'generated' } }],
      ['rotateDatabaseRole', LOGINS],
    ]);
  });

  it('lets the drill make functions of its own name alone, under its own role, and nobody where no schedule asks for it', () => {
    expect(statementsOf('drillRole').length).toBe(1);
    const drilling = rolesOf('tourniquet-test', 'tourniquet-test', {
      drillSchedule: 'rate(7 days)',
    }).Resources;
    const found = Object.keys(drilling).flatMap((name) =>
      of(drilling, name, 'Allow')
        .filter(({ Action }) =>
          Action.some((action) => /^(?:lambda:CreateFunction|iam:PassRole)$/.test(action)),
        )
        .map(({ Resource, Condition }) => [name, Resource, Condition]),
    );

    expect(found).toEqual([
      [
        'drillRole',
        expect.objectContaining({ 'Fn::Sub': expect.stringMatching(/:function:drill-of-tourniquet-\*$/) }),
        undefined,
      ],
      [
        'drillRole',
        expect.objectContaining({
          'Fn::Sub': expect.stringMatching(/:role\/drill-of-tourniquet-tourniquet-test-\*$/),
        }),
        { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
      ],
    ]);
  });

  it('lets inlineDeny narrow who may assume a role only where policy says so, and keep what it found for itself', () => {
    const narrowing = rolesOf('tourniquet-test', 'tourniquet-test', {
      inlineRoles: ['mailer'],
      narrowTrust: true,
    }).Resources;
    const added = of(narrowing, 'inlineDenyRole', 'Allow').slice(1);

    expect(added).toEqual([
      {
        Effect: 'Allow',
        Action: ['iam:GetRole', 'iam:UpdateAssumeRolePolicy'],
        Resource: ['role/mailer', 'role/\\*/mailer'].map(iamArn),
      },
      {
        Effect: 'Allow',
        Action: ['ssm:GetParameter', 'ssm:PutParameter', 'ssm:DeleteParameter'],
        Resource: iamArn('parameter/tourniquet/test/trust/\\*'),
      },
    ]);
    const writers = Object.keys(narrowing).filter((name) =>
      of(narrowing, name, 'Allow').some(({ Action }) =>
        Action.some((action) => /^ssm:(?!Get|Describe|List)/.test(action)),
      ),
    );
    // Of values that a tag says are random, rotateSecrets: never of ours.
    expect(writers).toEqual(['inlineDenyRole', 'rotateSecretsRole']);
  });

  it('lets recycle write a configuration, but no layer, and never of our own functions', () => {
    const writes = of(listed, 'recycleRole', 'Allow').flatMap(({ Action }) =>
      Action.filter((action) => !/^lambda:(?:Get|List)/.test(action)),
    );

    expect(writes).toEqual(['lambda:UpdateFunctionConfiguration']);
    expect(of(listed, 'recycleRole', 'Deny')).toEqual([
      {
        Effect: 'Deny',
        Action: ['lambda:UpdateFunctionConfiguration', 'lambda:PublishVersion', 'lambda:UpdateAlias'],
        Resource: iamArn('function:tourniquet-\\*'),
      },
      {
        Effect: 'Deny',
        Action: ['lambda:UpdateFunctionConfiguration'],
        Resource: iamArn('function:\\*'),
        Condition: { Null: { 'lambda:Layer': 'false' } },
      },
    ]);
  });

  it('lets recycle publish and move an alias only where policy says so', () => {
    const actions = (aliasSessions: string) =>
      of(
        rolesOf('tourniquet-test', 'tourniquet-test', { inlineRoles: ['mailer'], aliasSessions }).Resources,
        'recycleRole',
        'Allow',
      ).flatMap(({ Action }) => Action);

    for (const choice of ['accept', 'wait']) expect(actions(choice).join()).not.toMatch(/Publish|Alias/);
    expect(actions('publish')).toEqual(
      expect.arrayContaining(['lambda:PublishVersion', 'lambda:UpdateAlias']),
    );
  });

  it.each([
    ['inlineDeny', ['containRole', 'driftWatchRole', 'releaseRole']],
    ['recycle', ['releaseRole']],
  ])('lets nobody ask %s but %j', (asked, roleNames) => {
    const askers = allowed.filter(({ Resource }) => JSON.stringify(Resource).includes(`-${asked}"`));

    expect(askers.map(({ name, Action }) => [name, Action])).toEqual(
      roleNames.map((name) => [name, ['lambda:InvokeFunction']]),
    );
  });
});

/** The roles that may change a function or its role. */
const CHANGING = ['containRole', 'driftWatchRole', 'releaseRole'];

describe('the responder never acts on itself', () => {
  it.each(CHANGING)('denies %s our own functions and roles', (name) => {
    const denied = statementsOf(name).filter(({ Effect }) => Effect === 'Deny');
    const denies = (action: string) => denied.find(({ Action }) => Action.includes(action));

    for (const action of [
      'lambda:PutFunctionConcurrency',
      'lambda:DeleteFunctionConcurrency',
      'lambda:UpdateFunctionUrlConfig',
      'lambda:AddPermission',
      'lambda:RemovePermission',
      'lambda:PutProvisionedConcurrencyConfig',
      'lambda:DeleteProvisionedConcurrencyConfig',
      'lambda:PutFunctionScalingConfig',
      'lambda:PauseDurableExecution',
      'lambda:ResumeDurableExecution',
    ])
      expect(JSON.stringify(denies(action)?.Resource)).toContain('function:tourniquet-*');
    expect(JSON.stringify(denies('iam:AttachRolePolicy')?.Resource)).toContain('role/tourniquet-*');
    expect(JSON.stringify(denies('iam:DetachRolePolicy')?.Resource)).toContain('role/tourniquet-*');
  });

  it.each(CHANGING)(
    'denies %s the mappings of our own functions: IAM knows a mapping by its own ARN and its function by a condition',
    (name) => {
      const deny = statementsOf(name).find(
        ({ Effect, Action }) => Effect === 'Deny' && Action.includes('lambda:UpdateEventSourceMapping'),
      );

      expect(JSON.stringify(deny?.Resource)).toMatch(/event-source-mapping|"\*"/);
      expect(JSON.stringify(deny?.Condition)).toContain('lambda:FunctionArn');
      expect(JSON.stringify(deny?.Condition)).toContain('function:tourniquet-*');
    },
  );
});

describe('a tag raises the mode', () => {
  it('and none of our roles may set or take one off: what watches the tag cannot start itself', () => {
    const tags = allowed.flatMap(({ name, Action }) =>
      Action.filter(
        (action) => /^(?:lambda|tag):(?:\*|.*tag)/i.test(action) && action !== 'lambda:ListTags',
      ).map((action) => `${name}: ${action}`),
    );

    expect(tags).toEqual([]);
  });
});

describe('a statement that names no resource', () => {
  /** Actions that IAM gives no resource type: the service authorization reference. */
  const REASONS: Readonly<Record<string, string>> = {
    'ec2:DescribeNetworkInterfaces': 'a list, and takes no resource',
    'states:SendTaskSuccess': 'a task is known by its token alone',
    'lambda:ListEventSourceMappings': 'lists over all functions',
    'lambda:GetAccountSettings': 'counts all functions',
    'lambda:ListFunctions': 'lists over all functions',
    'application-autoscaling:DescribeScalableTargets': 'lists over all targets',
    'secretsmanager:GetRandomPassword': 'makes a value of nothing',
    'iam:GetAccessKeyLastUsed': 'takes no resource: tells whose a key is, and nothing of the key',
    'ssm:DescribeParameters': 'a list, and takes no resource',
    'cloudtrail:LookupEvents': 'looks into the whole trail',
    'events:ListEventBuses': 'lists over all buses',
    'events:ListRuleNamesByTarget': 'lists over all rules',
    'cloudwatch:GetMetricStatistics': 'a metric has no resource',
    'cloudwatch:DescribeAlarmsForMetric': 'asks for the alarms of a metric, which has no resource',
    'cloudwatch:ListMetrics': 'a metric has no resource',
    'cloudwatch:GetMetricData': 'a metric has no resource',
    'logs:DescribeLogGroups': 'of a list of log groups there is no narrower resource than all',
    'xray:GetTraceSummaries': 'X-Ray has no resource for traces',
    'xray:BatchGetTraces': 'X-Ray has no resource for traces',
    'cloudtrail:DescribeTrails': 'lists over all trails',
    'states:ListStateMachines': 'lists over all state machines',
    'xray:PutTraceSegments': 'X-Ray has no resource for traces',
    'xray:PutTelemetryRecords': 'X-Ray has no resource for traces',
    'xray:GetSamplingRules': 'X-Ray has no resource for traces',
    'xray:GetSamplingTargets': 'X-Ray has no resource for traces',
  };
  const unnamed = allowed.filter(({ Resource }) => Resource === '*' || [Resource].flat().includes('*'));

  it('is only about actions that take none', () => {
    const found = unnamed.flatMap(({ name, Action }) =>
      Action.filter((action) => !(action in REASONS)).map((action) => `${name}: ${action}`),
    );

    expect(found).toEqual([]);
  });

  it.each(Object.keys(REASONS))('is still needed for %s', (action) => {
    expect(unnamed.some(({ Action }) => Action.includes(action))).toBe(true);
  });
});

describe('what the plug-ins declare', () => {
  const allows = (role: string, action: string): boolean =>
    statementsOf(role).some(({ Effect, Action }) => Effect === 'Allow' && Action.includes(action));

  it.each(CONTROLS.map(({ id, permissions }) => [id, permissions] as const))(
    'is allowed to containment, the watch over it, and release: control %s',
    (_id, { contain, release }) => {
      expect(contain.filter((action) => !allows('containRole', action))).toEqual([]);
      expect(contain.filter((action) => !allows('driftWatchRole', action))).toEqual([]);
      expect(release.filter((action) => !allows('releaseRole', action))).toEqual([]);
    },
  );

  it.each(CONTROLS.map(({ id, permissions }) => [id, permissions] as const))(
    'lets Plan read what control %s would change, and change nothing',
    (_id, { contain }) => {
      const writes =
        /^(?:lambda:(?:Put|Update|Delete|Add|Remove|Invoke|Pause)|iam:(?:Attach|Detach)|application-autoscaling:Register|sqs:(?:Create|Set|Tag))/;
      /** What is read only after something was changed. */
      const later = [
        'lambda:GetProvisionedConcurrencyConfig',
        'lambda:GetDurableExecution',
        'lambda:GetEventSourceMapping',
        'iam:GetRolePolicy',
        'iam:SimulatePrincipalPolicy',
        'sqs:GetQueueUrl',
      ];
      const reads = contain.filter((action) => !writes.test(action) && !later.includes(action));

      expect(reads.filter((action) => !allows('planRole', action))).toEqual([]);
      expect(contain.filter((action) => writes.test(action) && allows('planRole', action))).toEqual([]);
    },
  );

  it('is allowed to the gathering of evidence only where policy names the source: collector advisories', () => {
    const permissions = COLLECTORS.find(({ id }) => id === 'advisories')?.permissions ?? [];
    const chosen = rolesOf('tourniquet-test', 'tourniquet-test', { advisories: 'inspector' }).Resources;
    const given = (chosen.gatherEvidenceRole?.Properties.Policies ?? [])
      .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
      .flatMap(({ Action }) => Action);

    expect(permissions).toHaveLength(2);
    expect(given).toEqual(expect.arrayContaining([...permissions]));
    expect(permissions.filter((action) => allows('gatherEvidenceRole', action))).toEqual([]);
  });

  it('lets the search read other functions’ code only where policy says so', () => {
    const chosen = rolesOf('tourniquet-test', 'tourniquet-test', { searchCode: true }).Resources;

    expect(JSON.stringify(chosen.searchRole)).toContain('lambda:GetFunction');
    expect(allows('searchRole', 'lambda:GetFunction')).toBe(false);
  });

  it.each(
    COLLECTORS.filter(({ id }) => id !== 'advisories').map(
      ({ id, permissions }) => [id, permissions] as const,
    ),
  )('is allowed to the gathering of evidence: collector %s', (_id, permissions) => {
    expect(permissions.filter((action) => !allows('gatherEvidenceRole', action))).toEqual([]);
  });

  it.each(['code', 'configuration'])(
    'is allowed to the watch, which seals what is deployed meanwhile: collector %s',
    (id) => {
      const permissions = COLLECTORS.find((collector) => collector.id === id)?.permissions ?? [];

      expect(permissions.length).toBeGreaterThan(0);
      expect(permissions.filter((action) => !allows('driftWatchRole', action))).toEqual([]);
    },
  );

  it.each(['planRole', 'driftWatchRole'])('lets %s read what a containment loses', (role) => {
    expect(LOSS_PERMISSIONS.filter((action) => !allows(role, action))).toEqual([]);
  });

  /** What these steps do beside the controls. */
  const BESIDE: Readonly<Record<string, string>> = {
    'lambda:GetFunction': 'to look the suspect up',
    'lambda:ListTags': 'to look the suspect up, with its tags',
    'lambda:GetFunctionConfiguration': 'to keep the digest of what is contained; to know old environments',
    'lambda:ListAliases': 'to know old environments at the release',
    'lambda:GetAccountSettings': 'to know what share of the functions is contained',
    'lambda:ListFunctions': 'to say whom a deny on the role also stops',
  };

  it('allows containment, the watch and release nothing on functions and roles beyond what the controls declare', () => {
    const declared = new Set(
      CONTROLS.flatMap(({ permissions }) => [...permissions.contain, ...permissions.release]),
    );
    const extra = CHANGING.flatMap((role) =>
      statementsOf(role)
        .filter(({ Effect }) => Effect === 'Allow')
        .flatMap(({ Action }) => Action)
        .filter(
          (action) =>
            /^(?:lambda|iam|application-autoscaling):/.test(action) &&
            !declared.has(action) &&
            !(action in BESIDE),
        )
        .map((action) => `${role}: ${action}`),
    );

    expect(extra).toEqual([]);
  });
});

describe('a permission that no test uses, for a reason', () => {
  it.each(
    Object.entries(NOT_EVALUATED).flatMap(([action, { roles: holders }]) =>
      (holders === 'all' ? [...new Set(granted().map(({ role }) => role))] : holders).map(
        (role) => [action, role] as const,
      ),
    ),
  )('is still there: %s of %s', (action, role) => {
    expect(granted()).toContainEqual({ role, action });
  });
});

describe('the check after a whole run', () => {
  const permissions = [
    { role: 'contain', action: 'lambda:PutFunctionConcurrency' },
    { role: 'contain', action: 'logs:PutLogEvents' },
  ];
  const used = new Set(['contain lambda:PutFunctionConcurrency']);

  it('finds nothing where every permission was used or is excused', () => {
    expect(defectsOf(permissions, { used, refused: new Set() })).toEqual([]);
  });

  it('names a permission that nothing used', () => {
    expect(defectsOf(permissions, { used: new Set(), refused: new Set() })).toEqual([
      'contain has lambda:PutFunctionConcurrency, which no test uses',
    ]);
  });

  it('names a permission that was taken away and is wanting', () => {
    const refused = new Set(['contain lambda:PutFunctionConcurrency', 'contain iam:GetRole']);

    expect(defectsOf(permissions, { used, refused })).toEqual([
      'contain was refused iam:GetRole, which it does not have',
    ]);
  });
});
