import { type LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import type { Suspect } from './describe';

/** The other functions that run under the suspect's role: a deny on the role stops them too. */
export const siblingsOf = async (suspect: Suspect, lambda: LambdaClient): Promise<readonly string[]> => {
  const names: string[] = [];
  for await (const page of paginateListFunctions({ client: lambda }, {})) {
    for (const { FunctionName, FunctionArn, Role } of page.Functions ?? []) {
      if (Role === suspect.roleArn && FunctionArn !== suspect.arn && FunctionName !== undefined)
        names.push(FunctionName);
    }
  }
  return names;
};
