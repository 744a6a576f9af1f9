import { AttachRolePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient, PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';

const lambda = new LambdaClient();
const iam = new IAMClient();

type Order = { readonly functionName: string; readonly roleName: string; readonly denyPolicyArn: string };

/** What one writes on the day of the incident: two calls, nothing remembered, nothing verified. */
export const handler = async ({ detail }: { readonly detail: Order }): Promise<void> => {
  const { functionName, roleName, denyPolicyArn } = detail;
  await lambda.send(
    new PutFunctionConcurrencyCommand({ FunctionName: functionName, ReservedConcurrentExecutions: 0 }),
  );
  await iam.send(new AttachRolePolicyCommand({ RoleName: roleName, PolicyArn: denyPolicyArn }));
};
