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
  const named = qualifier === null || isVersion ? null : await codeOf(`${arn}:${qualifier}`, lambda);
  // Deleted while contained: the code is gone for good, and what we changed beside it (its role) can be put back. An
  // alias that alone is gone says nothing of the kind: the same code may still start.
  return (
    named ??
    (await codeOf(arn, lambda)) ?? {
      codeSha256: 'none: the function was deleted',
      updateStatus: 'Successful',
    }
  );
};

/** The code behind a name, or null when there is none of that name. */
const codeOf = async (FunctionName: string, lambda: LambdaClient): Promise<LiveCode | null> => {
  try {
    const live = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    return { codeSha256: live.CodeSha256 ?? '', updateStatus: live.LastUpdateStatus ?? 'Successful' };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  }
};
