import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  type IAMClient,
  paginateListAttachedRolePolicies,
  paginateListRolePolicies,
} from '@aws-sdk/client-iam';
import { GetPolicyCommand as GetResourcePolicyCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { roleNameOf } from '../suspect/functionArn';
import {
  BOUNDARY,
  type Document,
  type Documents,
  isOfAws,
  resourceDocument,
  roleDocument,
  TRUST,
} from './documents';

/** What is not there has no answer but this error; every other flies. */
export const orNone = async <T>(ask: () => Promise<T>): Promise<T | null> => {
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

/** The policies of a function and of its aliases, of which each has its own. */
export const functionDocuments = async (
  arn: string,
  aliases: readonly string[],
  lambda: LambdaClient,
): Promise<Documents> => {
  const documents: Record<string, Document> = {};
  for (const Qualifier of [null, ...aliases]) {
    const policy = await orNone(() =>
      lambda.send(
        new GetResourcePolicyCommand({ FunctionName: arn, ...(Qualifier === null ? {} : { Qualifier }) }),
      ),
    );
    if (policy !== null) documents[resourceDocument(Qualifier)] = { text: policy.Policy ?? '' };
  }
  return documents;
};

/** The version of a managed policy that counts. */
export const managedDocument = async (PolicyArn: string, iam: IAMClient): Promise<Document> => {
  const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
  const { PolicyVersion } = await iam.send(
    new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId }),
  );
  return { text: PolicyVersion?.Document ?? '' };
};

/**
 * Everything that gives or takes a role's permissions, but for the denies that are ours: `ours` is how their names begin.
 */
export const roleDocuments = async (roleArn: string, ours: string, iam: IAMClient): Promise<Documents> => {
  const RoleName = roleNameOf(roleArn);
  const documents: Record<string, Document> = {};
  const found = await orNone(() => iam.send(new GetRoleCommand({ RoleName })));
  if (found === null) return { 'the role': { word: 'gone' } };
  documents[TRUST] = { text: found.Role?.AssumeRolePolicyDocument ?? '' };
  const boundary = found.Role?.PermissionsBoundary?.PermissionsBoundaryArn;
  if (boundary !== undefined) documents[BOUNDARY] = { word: boundary };
  for await (const { PolicyNames = [] } of paginateListRolePolicies({ client: iam }, { RoleName }))
    for (const PolicyName of PolicyNames.filter((name) => !name.startsWith(ours))) {
      const policy = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
      documents[roleDocument(PolicyName)] = { text: policy.PolicyDocument ?? '' };
    }
  for await (const { AttachedPolicies = [] } of paginateListAttachedRolePolicies(
    { client: iam },
    { RoleName },
  ))
    for (const { PolicyArn = '' } of AttachedPolicies.filter(
      ({ PolicyName = '' }) => !PolicyName.startsWith(ours),
    ))
      documents[roleDocument(PolicyArn)] = isOfAws(PolicyArn)
        ? { word: 'attached' }
        : await managedDocument(PolicyArn, iam);
  return documents;
};
