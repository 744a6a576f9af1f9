import { GetFunctionConfigurationCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { readSettings, type Settings } from '../shared/aws/settings';
import { NoTargetError } from './target';

/**
 * What the deployment was configured with, as its own function `plan` has it: what the command line plans is what the
 * playbook would do.
 */
export const deployedSettings = async (lambda: LambdaClient, prefix: string): Promise<Settings> => {
  const FunctionName = `${prefix}-plan`;
  const { Environment } = await lambda
    .send(new GetFunctionConfigurationCommand({ FunctionName }))
    .catch((error: unknown) => {
      throw new NoTargetError(
        `the deployment's settings could not be read from ${FunctionName}: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    });
  for (const [name, value] of Object.entries(Environment?.Variables ?? {}))
    if (name.startsWith('TOURNIQUET_')) process.env[name] = value;
  return readSettings();
};
