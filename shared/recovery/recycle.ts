import { setTimeout as pause } from 'node:timers/promises';
import {
  type FunctionConfiguration,
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  type LambdaClient,
  PublishVersionCommand,
  ResourceNotFoundException,
  UpdateAliasCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { parseFunctionArn } from '../suspect/functionArn';

/** Which function, and the description that it has: what is written in between is undone to it. */
export const recycleRequest = z.strictObject({
  functionArn: z.string().refine((text) => parseFunctionArn(text)?.arn === text),
  // CreateFunction admits 256 characters.
  description: z.string().max(256),
  /** Aliases to be moved to a new version of the same code, and the version that each is known to point at. */
  aliases: z
    .array(z.strictObject({ name: z.string().max(128), version: z.string().regex(/^\d+$/) }))
    .max(1000)
    .default([]),
});
export type RecycleRequest = z.input<typeof recycleRequest>;

/** `changed`: somebody has deployed meanwhile, and with that the environments are new already. */
export type RecycleOutcome = 'done' | 'changed' | 'gone';

/** The function's update did not end, or ended badly. What runs is what ran before. */
export class NotRecycledError extends Error {
  override readonly name = 'NotRecycledError';
  constructor(functionArn: string, status: string) {
    super(`the environments of ${functionArn} could not be renewed: it is ${status}`);
  }
}

/** Says itself what it is, should anybody see it before it is gone again. */
export const MARKER = 'Tourniquet is renewing the execution environments of this function';

const AGAIN = 'The same code and configuration as before, published again by Tourniquet';

/** Updates of functions in a VPC take up to a minute or two. */
const SECONDS = 120;

/** Of an update, and of a version that was just published: with SnapStart that takes minutes. */
const isBusy = ({ LastUpdateStatus, State }: FunctionConfiguration): boolean =>
  LastUpdateStatus === 'InProgress' || State === 'Pending';

const settled = async (functionArn: string, lambda: LambdaClient): Promise<FunctionConfiguration> => {
  const read = () => lambda.send(new GetFunctionConfigurationCommand({ FunctionName: functionArn }));
  let live = await read();
  for (let waited = 0; waited < SECONDS && isBusy(live); waited++) {
    await pause(1000);
    live = await read();
  }
  const { LastUpdateStatus = 'Successful', State = 'Active' } = live;
  if (isBusy(live) || LastUpdateStatus === 'Failed' || State === 'Failed')
    throw new NotRecycledError(functionArn, `${LastUpdateStatus}, ${State}`);
  return live;
};

/** A version of what `$LATEST` is now. Published twice is once: Lambda publishes nothing that has not changed. */
const publish = async (functionArn: string, description: string, lambda: LambdaClient): Promise<string> => {
  // Without one the version would keep the marker for ever.
  const Description = description === '' ? AGAIN : description;
  const { Version = '' } = await lambda.send(
    new PublishVersionCommand({ FunctionName: functionArn, Description }),
  );
  await settled(`${functionArn}:${Version}`, lambda);
  return Version;
};

/** An alias that somebody has moved meanwhile, or that the try before this one has moved, stays where it is. */
const move = async (
  FunctionName: string,
  { name, version }: { readonly name: string; readonly version: string },
  to: string,
  lambda: LambdaClient,
): Promise<void> => {
  const live = await lambda.send(new GetAliasCommand({ FunctionName, Name: name }));
  if (live.FunctionVersion !== version) return;
  await lambda.send(
    new UpdateAliasCommand({
      FunctionName,
      Name: name,
      FunctionVersion: to,
      RevisionId: live.RevisionId,
    }),
  );
};

/**
 * Retires the environments of `$LATEST`, and their sessions with them, by a write of the configuration that ends at the
 * same configuration: the description there and back. A function's description changes nothing about how it runs.
 * Published versions cannot be changed, and their environments are not reached: where aliases are named, the same code
 * is published again, while the marker makes it differ from the last version, and they are moved to it.
 */
export const recycle = async (
  { functionArn, description, aliases = [] }: RecycleRequest,
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
    if (aliases.length > 0) {
      const version = await publish(functionArn, description, lambda);
      for (const alias of aliases) await move(functionArn, alias, version, lambda);
      // Publishing gives $LATEST a new revision.
      live = await settled(functionArn, lambda);
    }
    await write(description, live.RevisionId);
    return 'done';
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return 'gone';
    throw error;
  }
};
