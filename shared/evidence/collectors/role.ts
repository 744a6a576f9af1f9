import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  type IAMClient,
  paginateListAttachedRolePolicies,
  paginateListRolePolicies,
} from '@aws-sdk/client-iam';
import { roleNameOf } from '../../suspect/functionArn';
import { type Artifact, type Collector, json } from '../collector';

// IAM gives policy documents URL-encoded (RFC 3986).
const decode = (document: string | undefined): unknown =>
  document === undefined ? null : JSON.parse(decodeURIComponent(document));

const inlinePolicies = async (iam: IAMClient, RoleName: string) => {
  const policies: unknown[] = [];
  for await (const page of paginateListRolePolicies({ client: iam }, { RoleName })) {
    for (const PolicyName of page.PolicyNames ?? []) {
      const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
      policies.push({ PolicyName, PolicyDocument: decode(PolicyDocument) });
    }
  }
  return policies;
};

const attachedPolicies = async (iam: IAMClient, RoleName: string) => {
  const policies: unknown[] = [];
  for await (const page of paginateListAttachedRolePolicies({ client: iam }, { RoleName })) {
    for (const { PolicyArn, PolicyName } of page.AttachedPolicies ?? []) {
      const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
      const { PolicyVersion } = await iam.send(
        new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId }),
      );
      policies.push({
        PolicyName,
        PolicyArn,
        VersionId: Policy?.DefaultVersionId,
        PolicyDocument: decode(PolicyVersion?.Document),
      });
    }
  }
  return policies;
};

/** The execution role with everything that gives or takes its permissions. */
export const role: Collector = {
  id: 'role',
  title: 'Execution role',
  permissions: [
    'iam:GetRole',
    'iam:ListRolePolicies',
    'iam:GetRolePolicy',
    'iam:ListAttachedRolePolicies',
    'iam:GetPolicy',
    'iam:GetPolicyVersion',
  ],
  async *collect({ suspect }, { iam }): AsyncIterable<Artifact> {
    const RoleName = roleNameOf(suspect.roleArn);
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    yield {
      name: 'identity/role.json',
      contentType: 'application/json',
      source: 'iam:GetRole, iam:GetRolePolicy, iam:GetPolicyVersion',
      body: json({
        role: { ...Role, AssumeRolePolicyDocument: decode(Role?.AssumeRolePolicyDocument) },
        inline: await inlinePolicies(iam, RoleName),
        attached: await attachedPolicies(iam, RoleName),
      }),
    };
  },
};
