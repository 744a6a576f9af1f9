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
import { siblingsOf } from '../../suspect/siblings';
import { attempt, type Gaps, sayGaps } from '../attempt';
import { type Artifact, type Collector, json } from '../collector';

/** IAM gives policy documents URL-encoded (RFC 3986). What is no JSON is kept as it is. */
const decode = (document: string | undefined): unknown => {
  if (document === undefined) return null;
  try {
    return JSON.parse(decodeURIComponent(document));
  } catch {
    return document;
  }
};

type Asked = { readonly iam: IAMClient; readonly signal: AbortSignal };

const inlinePolicies = async (RoleName: string, { iam, signal }: Asked, gaps: Gaps) => {
  const policies: unknown[] = [];
  for await (const page of paginateListRolePolicies({ client: iam }, { RoleName }, { abortSignal: signal })) {
    for (const PolicyName of page.PolicyNames ?? []) {
      const found = await attempt(`the inline policy ${PolicyName}`, gaps, signal, () =>
        iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }), { abortSignal: signal }),
      );
      policies.push({ PolicyName, PolicyDocument: decode(found?.PolicyDocument) });
    }
  }
  return policies;
};

/** A managed policy with the version of it that counts. */
const managed = async (PolicyArn: string, { iam, signal }: Asked, gaps: Gaps) => {
  const found = await attempt(`the policy ${PolicyArn}`, gaps, signal, async () => {
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }), { abortSignal: signal });
    const { PolicyVersion } = await iam.send(
      new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId }),
      { abortSignal: signal },
    );
    return { Policy, PolicyVersion };
  });
  return {
    PolicyName: found?.Policy?.PolicyName,
    PolicyArn,
    VersionId: found?.Policy?.DefaultVersionId,
    CreateDate: found?.Policy?.CreateDate,
    UpdateDate: found?.Policy?.UpdateDate,
    PolicyDocument: decode(found?.PolicyVersion?.Document),
  };
};

const attachedPolicies = async (RoleName: string, asked: Asked, gaps: Gaps) => {
  const policies: unknown[] = [];
  const { iam: client, signal } = asked;
  for await (const page of paginateListAttachedRolePolicies(
    { client },
    { RoleName },
    { abortSignal: signal },
  ))
    for (const { PolicyArn = '' } of page.AttachedPolicies ?? [])
      policies.push(await managed(PolicyArn, asked, gaps));
  return policies;
};

/** The execution role with everything that gives or takes its permissions, when it was last used, and who else runs on it. */
export const role: Collector = {
  id: 'role',
  title: 'Execution role',
  first: true,
  permissions: [
    'iam:GetRole',
    'iam:ListRolePolicies',
    'iam:GetRolePolicy',
    'iam:ListAttachedRolePolicies',
    'iam:GetPolicy',
    'iam:GetPolicyVersion',
    'lambda:ListFunctions',
  ],
  async *collect({ suspect }, { iam, lambda, signal }): AsyncIterable<Artifact> {
    const asked = { iam, signal };
    const RoleName = roleNameOf(suspect.roleArn);
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }), { abortSignal: signal });
    const gaps: Gaps = [];
    const boundaryArn = Role?.PermissionsBoundary?.PermissionsBoundaryArn;
    yield {
      name: 'identity/role.json',
      contentType: 'application/json',
      source:
        'iam:GetRole, iam:ListRolePolicies, iam:GetRolePolicy, iam:ListAttachedRolePolicies, iam:GetPolicy, iam:GetPolicyVersion',
      body: json({
        role: { ...Role, AssumeRolePolicyDocument: decode(Role?.AssumeRolePolicyDocument) },
        boundary: boundaryArn === undefined ? null : await managed(boundaryArn, asked, gaps),
        inline: await attempt('inline policies', gaps, signal, () => inlinePolicies(RoleName, asked, gaps)),
        attached: await attempt('attached policies', gaps, signal, () =>
          attachedPolicies(RoleName, asked, gaps),
        ),
      }),
      // IAM reports a use some hours late, and forgets it after 400 days (API reference, RoleLastUsed).
      completeness: () => sayGaps(gaps, 'last use as IAM reports it, up to some hours late'),
    };
    yield {
      name: 'identity/functions.json',
      contentType: 'application/json',
      source: 'lambda:ListFunctions',
      body: json({ role: suspect.roleArn, otherFunctions: await siblingsOf(suspect, lambda) }),
      completeness: () => `the functions of ${suspect.region} whose $LATEST has the role`,
    };
  },
};
