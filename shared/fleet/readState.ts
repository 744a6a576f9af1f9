import { createHash } from 'node:crypto';
import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  type IAMClient,
  paginateListAttachedRolePolicies,
  paginateListRolePolicies,
} from '@aws-sdk/client-iam';
import {
  GetFunctionUrlConfigCommand,
  GetPolicyCommand as GetResourcePolicyCommand,
  type LambdaClient,
  ListTagsCommand,
  paginateListEventSourceMappings,
} from '@aws-sdk/client-lambda';
import { MODE_TAG } from '../policy/mode';
import { readDeployed } from '../suspect/deployed';
import { roleNameOf } from '../suspect/functionArn';
import type { State } from './state';

export type Clients = { readonly lambda: LambdaClient; readonly iam: IAMClient };

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

/** A document whose fields came in another order, or URL-encoded, is the same document. */
const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, canonical(inner)]),
  );
};

const documentDigest = (document: string | undefined): string => {
  const text = document ?? '';
  try {
    return digest(
      JSON.stringify(canonical(JSON.parse(text.startsWith('%') ? decodeURIComponent(text) : text))),
    );
  } catch {
    return digest(text);
  }
};

/** What is not there has no answer but this error; every other flies. */
const orNone = async <T>(ask: () => Promise<T>): Promise<T | null> => {
  try {
    return await ask();
  } catch (error) {
    if (
      error instanceof Error &&
      /^(?:ResourceNotFoundException|NoSuchEntity(?:Exception)?)$/.test(error.name)
    )
      return null;
    throw error;
  }
};

type Access = Readonly<Record<string, string>>;

const ofFunction = async (arn: string, lambda: LambdaClient): Promise<Access> => {
  const access: Record<string, string> = {};
  const [policy, url, tags] = await Promise.all([
    orNone(() => lambda.send(new GetResourcePolicyCommand({ FunctionName: arn }))),
    orNone(() => lambda.send(new GetFunctionUrlConfigCommand({ FunctionName: arn }))),
    lambda.send(new ListTagsCommand({ Resource: arn })),
  ]);
  if (policy !== null) access['resource policy'] = documentDigest(policy.Policy);
  if (url !== null) access['function URL'] = `${url.AuthType}`;
  const mode = tags.Tags?.[MODE_TAG];
  if (mode !== undefined) access[`tag ${MODE_TAG}`] = mode;
  for await (const { EventSourceMappings = [] } of paginateListEventSourceMappings(
    { client: lambda },
    { FunctionName: arn },
  ))
    for (const { EventSourceArn, UUID } of EventSourceMappings)
      access[`event source ${EventSourceArn ?? UUID}`] = 'there';
  return access;
};

/** Everything that gives or takes a role's permissions, but for the denies that are ours. */
const ofRole = async (roleArn: string, ours: string, iam: IAMClient): Promise<Access> => {
  const RoleName = roleNameOf(roleArn);
  const access: Record<string, string> = {};
  const found = await orNone(() => iam.send(new GetRoleCommand({ RoleName })));
  if (found === null) return { 'the role': 'gone' };
  access['trust of the role'] = documentDigest(found.Role?.AssumeRolePolicyDocument);
  const boundary = found.Role?.PermissionsBoundary?.PermissionsBoundaryArn;
  if (boundary !== undefined) access['permissions boundary of the role'] = boundary;
  for await (const { PolicyNames = [] } of paginateListRolePolicies({ client: iam }, { RoleName }))
    for (const PolicyName of PolicyNames.filter((name) => !name.startsWith(ours))) {
      const policy = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
      access[`policy ${PolicyName} of the role`] = documentDigest(policy.PolicyDocument);
    }
  for await (const { AttachedPolicies = [] } of paginateListAttachedRolePolicies(
    { client: iam },
    { RoleName },
  ))
    for (const { PolicyArn = '' } of AttachedPolicies.filter(
      ({ PolicyName = '' }) => !PolicyName.startsWith(ours),
    )) {
      const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
      const { PolicyVersion } = await iam.send(
        new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId }),
      );
      // AWS's own change without anybody of the account.
      access[`policy ${PolicyArn} of the role`] = PolicyArn.startsWith('arn:aws:iam::aws:')
        ? 'attached'
        : documentDigest(PolicyVersion?.Document);
    }
  return access;
};

/**
 * Reads functions one after the other; roles that several share are asked about once. Gives null where a function does
 * not exist (any more). `ours`: how the names of policies begin that Tourniquet itself puts on roles.
 */
export const stateReader = ({ lambda, iam }: Clients, ours: string) => {
  const roles = new Map<string, Promise<Access>>();
  return async (arn: string): Promise<State | null> =>
    orNone(async () => {
      const [deployed, access] = await Promise.all([
        readDeployed({ arn, qualifier: null }, arn, '', lambda),
        ofFunction(arn, lambda),
      ]);
      const { role } = deployed;
      const known = roles.get(role) ?? ofRole(role, ours, iam);
      roles.set(role, known);
      return { deployed, access: { ...access, ...(await known) } };
    });
};
