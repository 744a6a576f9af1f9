import { type IAMClient, IAMServiceException, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';

/** What IAM says of the role: `unknown` where we may not ask. */
export type Denial = 'denied' | 'not-denied' | 'unknown';

/** Something that takes no resource, changes nothing, and that every suspect is to be denied. */
const CANARY = 's3:ListAllMyBuckets';

/**
 * Whether IAM itself, asked to evaluate everything that is on the role now, answers an explicit deny. That is more than
 * reading back that a policy is attached: one that was emptied is seen too. Each service learns of it within seconds.
 * With a function's ARN: for what that function calls.
 */
export const observeDenial = async (
  iam: IAMClient,
  roleArn: string,
  functionArn: string | null,
): Promise<Denial> => {
  try {
    const { EvaluationResults = [] } = await iam.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: roleArn,
        ActionNames: [CANARY],
        ContextEntries:
          functionArn === null
            ? []
            : [
                {
                  ContextKeyName: 'lambda:SourceFunctionArn',
                  ContextKeyType: 'string',
                  ContextKeyValues: [functionArn],
                },
              ],
      }),
    );
    return EvaluationResults.some(({ EvalDecision }) => EvalDecision === 'explicitDeny')
      ? 'denied'
      : 'not-denied';
  } catch (error) {
    // The SDK has no class of its own for it.
    if (error instanceof IAMServiceException && error.name.startsWith('AccessDenied')) return 'unknown';
    throw error;
  }
};
