import { GetAccountSettingsCommand, type LambdaClient } from '@aws-sdk/client-lambda';

/** How many functions the account has in the region, as Lambda counts them. */
export const functionCount = async (lambda: LambdaClient): Promise<number> => {
  const { AccountUsage } = await lambda.send(new GetAccountSettingsCommand({}));
  return AccountUsage?.FunctionCount ?? 0;
};
