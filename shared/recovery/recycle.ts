import { setTimeout as pause } from 'node:timers/promises';
import {
  type FunctionConfiguration,
  GetFunctionConfigurationCommand,
  type LambdaClient,
  ResourceNotFoundException,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { z } from 'zod';
import { parseFunctionArn } from '../suspect/functionArn';

/** Which function, and the description that it has: what is written in between is undone to it. */
export const recycleRequest = z.strictObject({
  functionArn: z.string().refine((text) => parseFunctionArn(text)?.arn === text),
  // CreateFunction admits 256 characters.
  description: z.string().max(256),
});
export type RecycleRequest = z.infer<typeof recycleRequest>;

/** `changed`: somebody has deployed meanwhile, and with that the environments are new already. */
export type RecycleOutcome = 'done' | 'changed' | 'gone';

/** The function's update did not end, or ended badly. What runs is what ran before. */
export class NotRecycledError extends Error {
  override readonly name = 'NotRecycledError';
  constructor(functionArn: string, status: string) {
    super(`the environments of ${functionArn} could not be renewed: its update is ${status}`);
  }
}

/** Says itself what it is, should anybody see it before it is gone again. */
export const MARKER = 'Tourniquet is renewing the execution environments of this function';

/** Updates of functions in a VPC take up to a minute or two. */
const SECONDS = 120;

const settled = async (functionArn: string, lambda: LambdaClient): Promise<FunctionConfiguration> => {
  let live = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: functionArn }));
  for (let waited = 0; waited < SECONDS && live.LastUpdateStatus === 'InProgress'; waited++) {
    await pause(1000);
    live = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: functionArn }));
  }
  if (live.LastUpdateStatus !== undefined && live.LastUpdateStatus !== 'Successful')
    throw new NotRecycledError(functionArn, live.LastUpdateStatus);
  return live;
};

/**
 * Retires the environments of `$LATEST`, and their sessions with them, by a write of the configuration that ends at the
 * same configuration: the description there and back. A function's description changes nothing about how it runs.
 * Published versions cannot be changed, and their environments are not reached.
 */
export const recycle = async (
  { functionArn, description }: RecycleRequest,
  lambda: LambdaClient,
): Promise<RecycleOutcome> => {
  const write = async (
    Description: string,
    RevisionId: string | undefined,
  ): Promise<FunctionConfiguration> => {
    await lambda.send(
      // With the revision that was read: a deployment in between is not overwritten.
      new UpdateFunctionConfigurationCommand({ FunctionName: functionArn, Description, RevisionId }),
    );
    return settled(functionArn, lambda);
  };
  try {
    let live = await settled(functionArn, lambda);
    // Died in between, and is retried: the marker is there and the way back is not done.
    if (live.Description !== MARKER) {
      if ((live.Description ?? '') !== description) return 'changed';
      live = await write(MARKER, live.RevisionId);
    }
    await write(description, live.RevisionId);
    return 'done';
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return 'gone';
    throw error;
  }
};
