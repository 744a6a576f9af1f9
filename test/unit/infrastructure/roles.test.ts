import { CONTROLS } from '../../../shared/containment/controls';
import { COLLECTORS } from '../../../shared/evidence/collectors';
import { readYaml } from '../../fixtures/repository';

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
type RolesOf = (prefix: string) => { readonly Resources: Readonly<Record<string, Role>> };

const { rolesOf } = require('../../../infrastructure/roles.cjs') as { rolesOf: RolesOf };

const { Resources } = rolesOf('tourniquet-test');
const roles = Object.entries(Resources);
const statementsOf = (name: string): readonly Statement[] =>
  Resources[name]?.Properties.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement) ?? [];
const all = roles.flatMap(([name]) => statementsOf(name).map((statement) => ({ name, ...statement })));
const allowed = all.filter(({ Effect }) => Effect === 'Allow');

const { functions } = readYaml('serverless.yml') as { functions: Record<string, { role: string }> };

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
    /^iam:Update/,
    /^iam:SetDefaultPolicyVersion$/,
    /^iam:PassRole$/,
    /^iam:Delete/,
    /^iam:Add/,
    /^sts:/,
    /^secretsmanager:(GetSecretValue|BatchGetSecretValue|PutSecretValue|UpdateSecret|PutResourcePolicy)/,
    /^lambda:(UpdateFunction|CreateFunction|AddPermission|PublishLayerVersion|CreateEventSourceMapping)/,
    /^kms:(CreateGrant|PutKeyPolicy|ScheduleKeyDeletion|DisableKey)/,
    /^s3:(Delete|BypassGovernanceRetention|PutBucket|PutObjectLegalHold)/,
    /\*/,
    /^NotAction$/,
  ])('allows no role %s', (forbidden) => {
    const found = allowed.flatMap(({ name, Action }) =>
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

    expect(changes.map(({ name }) => name).toSorted()).toEqual(['containRole', 'releaseRole']);
    for (const { Action, Condition } of changes) {
      expect(Action.every((action) => /^iam:(Attach|Detach)RolePolicy$/.test(action))).toBe(true);
      expect(Condition).toEqual({ ArnEquals: { 'iam:PolicyARN': { Ref: 'QuarantinePolicy' } } });
    }
  });

  it('deploys a policy that denies and allows nothing', () => {
    const { Resources: template } = readYaml('infrastructure/quarantine.yml') as {
      Resources: { QuarantinePolicy: { Properties: { PolicyDocument: { Statement: Statement[] } } } };
    };

    expect(template.QuarantinePolicy.Properties.PolicyDocument.Statement.map(({ Effect }) => Effect)).toEqual(
      ['Deny'],
    );
  });

  /** What may be changed in the account, and by whom: anything beyond is a decision to be made here. */
  it('lets only containment and release change a function', () => {
    const writes = allowed.flatMap(({ name, Action }) =>
      Action.filter((action) =>
        /^(lambda:(Put|Update|Delete|Pause|Resume|Stop)|application-autoscaling:(?!Describe))/.test(action),
      ).map((action) => `${name} ${action}`),
    );

    expect(writes.toSorted()).toEqual([
      'containRole application-autoscaling:RegisterScalableTarget',
      'containRole lambda:DeleteProvisionedConcurrencyConfig',
      'containRole lambda:PauseDurableExecution',
      'containRole lambda:PutFunctionConcurrency',
      'containRole lambda:PutFunctionScalingConfig',
      'containRole lambda:PutProvisionedConcurrencyConfig',
      'containRole lambda:UpdateEventSourceMapping',
      'releaseRole application-autoscaling:RegisterScalableTarget',
      'releaseRole lambda:DeleteFunctionConcurrency',
      'releaseRole lambda:PutFunctionConcurrency',
      'releaseRole lambda:PutFunctionScalingConfig',
      'releaseRole lambda:PutProvisionedConcurrencyConfig',
      'releaseRole lambda:ResumeDurableExecution',
      'releaseRole lambda:UpdateEventSourceMapping',
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
      'slackInteractionsRole',
      'watchRole',
    ]);
  });
});

describe('the responder never acts on itself', () => {
  it.each(['containRole', 'releaseRole'])('denies %s our own functions and roles', (name) => {
    const denied = statementsOf(name).filter(({ Effect }) => Effect === 'Deny');
    const denies = (action: string) => denied.find(({ Action }) => Action.includes(action));

    for (const action of [
      'lambda:PutFunctionConcurrency',
      'lambda:DeleteFunctionConcurrency',
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

  it.each(['containRole', 'releaseRole'])(
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

describe('a statement that names no resource', () => {
  /** Actions that IAM gives no resource type: the service authorization reference. */
  const REASONS: Readonly<Record<string, string>> = {
    'states:SendTaskSuccess': 'a task is known by its token alone',
    'lambda:ListEventSourceMappings': 'lists over all functions',
    'lambda:ListFunctions': 'lists over all functions',
    'application-autoscaling:DescribeScalableTargets': 'lists over all targets',
    'cloudtrail:LookupEvents': 'looks into the whole trail',
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
    'is allowed to containment and to release: control %s',
    (_id, { contain, release }) => {
      expect(contain.filter((action) => !allows('containRole', action))).toEqual([]);
      expect(release.filter((action) => !allows('releaseRole', action))).toEqual([]);
    },
  );

  it.each(CONTROLS.map(({ id, permissions }) => [id, permissions] as const))(
    'lets Plan read what control %s would change, and change nothing',
    (_id, { contain }) => {
      const writes =
        /^(?:lambda:(?:Put|Update|Delete|Pause)|iam:(?:Attach|Detach)|application-autoscaling:Register)/;
      /** What is read only after something was changed. */
      const later = [
        'lambda:GetEventSourceMapping',
        'lambda:GetDurableExecution',
        'lambda:GetProvisionedConcurrencyConfig',
      ];
      const reads = contain.filter((action) => !writes.test(action) && !later.includes(action));

      expect(reads.filter((action) => !allows('planRole', action))).toEqual([]);
      expect(contain.filter((action) => writes.test(action) && allows('planRole', action))).toEqual([]);
    },
  );

  it.each(COLLECTORS.map(({ id, permissions }) => [id, permissions] as const))(
    'is allowed to the gathering of evidence: collector %s',
    (_id, permissions) => {
      expect(permissions.filter((action) => !allows('gatherEvidenceRole', action))).toEqual([]);
    },
  );

  /** What the two steps do beside the controls. */
  const BESIDE: Readonly<Record<string, string>> = {
    'lambda:GetFunction': 'to look the suspect up',
    'lambda:ListTags': 'to look the suspect up, with its tags',
    'lambda:GetFunctionConfiguration': 'to keep the digest of the code that is contained',
    'lambda:ListFunctions': 'to say whom a deny on the role also stops',
  };

  it('allows containment and release nothing on functions and roles beyond what the controls declare', () => {
    const declared = new Set(
      CONTROLS.flatMap(({ permissions }) => [...permissions.contain, ...permissions.release]),
    );
    const extra = ['containRole', 'releaseRole'].flatMap((role) =>
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
