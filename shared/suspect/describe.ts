import {
  GetFunctionCommand,
  type GetFunctionCommandOutput,
  type LambdaClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import type { FunctionArn } from './functionArn';

/** The function a finding is about, as it stands now. */
export type Suspect = {
  readonly arn: string;
  readonly accountId: string;
  readonly region: string;
  readonly functionName: string;
  readonly qualifier: string | null;
  readonly roleArn: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly codeSha256: string;
  readonly lastModified: string;
  readonly timeoutSeconds: number;
  readonly logGroup: string;
  /** The capacity provider whose instances it runs on; absent where Lambda's own do. */
  readonly capacityProvider?: string;
  /** Whether its invocations may be durable executions, which live on between invocations. */
  readonly durable?: boolean;
};

const fromAnswer = (name: FunctionArn, answer: GetFunctionCommandOutput): Suspect => {
  const { Configuration: configuration, Tags } = answer;
  const capacity = configuration?.CapacityProviderConfig?.LambdaManagedInstancesCapacityProviderConfig;
  return {
    arn: name.arn,
    accountId: name.accountId,
    region: name.region,
    functionName: name.functionName,
    qualifier: name.qualifier,
    roleArn: configuration?.Role ?? '',
    tags: Tags ?? {},
    codeSha256: configuration?.CodeSha256 ?? '',
    lastModified: configuration?.LastModified ?? '',
    // 900 s is Lambda's maximum: without an answer we assume the longest that an invocation can live.
    timeoutSeconds: configuration?.Timeout ?? 900,
    logGroup: configuration?.LoggingConfig?.LogGroup ?? `/aws/lambda/${name.functionName}`,
    ...(capacity === undefined ? {} : { capacityProvider: capacity.CapacityProviderArn ?? 'unnamed' }),
    ...(configuration?.DurableConfig === undefined ? {} : { durable: true }),
  };
};

/**
 * Looks the suspect up by its unqualified ARN, or gives null when no such function exists (any more).
 * Needs `lambda:GetFunction` (and `lambda:ListTags`, without which the answer has no tags).
 */
export const describeSuspect = async (name: FunctionArn, lambda: LambdaClient): Promise<Suspect | null> => {
  try {
    return fromAnswer(name, await lambda.send(new GetFunctionCommand({ FunctionName: name.arn })));
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  }
};
