import {
  GetRolePolicyCommand,
  type IAMClient,
  NoSuchEntityException,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import * as z from 'zod';

/** What one of the deployment's roles lacks. */
export type RoleFacts = {
  readonly role: string;
  /** Of what the template gives it, what it has no more; null where the role or its policy is gone. */
  readonly missing: readonly string[] | null;
  /** What it has and IAM still refuses: by a service control policy, a permissions boundary, or a deny that was added. */
  readonly refused: readonly string[];
};

const oneOrMore = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (typeof value === 'string' ? [value] : value));
const documentSchema = z.object({
  Statement: z.array(
    z.object({
      Effect: z.string(),
      Action: oneOrMore,
      Resource: oneOrMore,
      Condition: z.unknown().optional(),
    }),
  ),
});
type Statement = z.infer<typeof documentSchema>['Statement'][number];

/** On the way from a finding to a contained function and people who know of it. */
const ASKED_OF_IAM: readonly string[] = ['assess', 'contain', 'gatherEvidence', 'announce', 'release'];

/** What a role is given by the template, by its function's name. */
export type Given = Readonly<Record<string, readonly string[]>>;

const statementsOf = async (
  iam: IAMClient,
  RoleName: string,
  PolicyName: string,
): Promise<readonly Statement[] | null> => {
  try {
    const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    return documentSchema.parse(JSON.parse(decodeURIComponent(PolicyDocument))).Statement;
  } catch (error) {
    if (error instanceof NoSuchEntityException) return null;
    throw error;
  }
};

/** Asks IAM of each statement by the first resource that it names; what has a condition needs a call that meets it. */
const refusedOf = async (
  iam: IAMClient,
  roleArn: string,
  statements: readonly Statement[],
): Promise<readonly string[]> => {
  const refused: string[] = [];
  for (const { Action, Resource } of statements.filter(
    ({ Effect, Condition }) => Effect === 'Allow' && Condition === undefined,
  )) {
    const { EvaluationResults = [] } = await iam.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: roleArn,
        ActionNames: Action,
        ResourceArns: Resource.slice(0, 1),
      }),
    );
    for (const { EvalActionName = '', EvalDecision } of EvaluationResults)
      if (EvalDecision !== 'allowed') refused.push(EvalActionName);
  }
  return [...new Set(refused)].toSorted();
};

/** Looks at every role of the deployment's functions: what of the template it lacks, and what IAM refuses it. */
export const rolesOfDeployment = async (
  iam: IAMClient,
  { accountId, partition, rolePrefix }: { accountId: string; partition: string; rolePrefix: string },
  given: Given,
): Promise<readonly RoleFacts[]> => {
  const found: RoleFacts[] = [];
  for (const [name, actions] of Object.entries(given)) {
    const role = `${rolePrefix}-${name}`;
    const statements = await statementsOf(iam, role, name);
    if (statements === null) {
      found.push({ role, missing: null, refused: [] });
      continue;
    }
    const has = new Set(
      statements.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action }) => Action),
    );
    found.push({
      role,
      missing: actions.filter((action) => !has.has(action)),
      refused: ASKED_OF_IAM.includes(name)
        ? await refusedOf(iam, `arn:${partition}:iam::${accountId}:role/${role}`, statements)
        : [],
    });
  }
  return found;
};
