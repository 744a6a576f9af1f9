import {
  GetFunctionConfigurationCommand,
  type LambdaClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';

export type LiveCode = { readonly codeSha256: string; readonly updateStatus: string };

/**
 * The code that starts when the suspect is invoked as the finding says: `$LATEST`, or what its alias points at. The
 * digest that is contained and the one that a release is judged by come from here, so that they are comparable.
 * A published version never changes: what a finding about one is judged by is what will be published next.
 */
export const liveCode = async (
  { arn, qualifier }: { readonly arn: string; readonly qualifier: string | null },
  lambda: LambdaClient,
): Promise<LiveCode> => {
  const isVersion = qualifier !== null && /^\d+$/.test(qualifier);
  const FunctionName = qualifier === null || isVersion ? arn : `${arn}:${qualifier}`;
  try {
    const live = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    return { codeSha256: live.CodeSha256 ?? '', updateStatus: live.LastUpdateStatus ?? 'Successful' };
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    // Deleted while contained: the code is gone for good, and what we changed beside it (its role) can be put back.
    return { codeSha256: 'none: the function was deleted', updateStatus: 'Successful' };
  }
};
