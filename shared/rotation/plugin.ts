import { InvokeCommand } from '@aws-sdk/client-lambda';
import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { currentOf } from './rotate';
import type { RotationTools } from './secretFacts';

/** The plug-in failed, or said that it is done and the secret has no new version. */
export class PluginFailedError extends Error {
  override readonly name = 'PluginFailedError';
}

/** What a plug-in answers: whether it saw the old value refused. Anything else that it says is not looked at. */
const answerSchema = z.object({ oldRefused: z.boolean() });

/**
 * Has a secret replaced by a function of the deployment's own, for what only its issuer can replace (an API token, a
 * webhook's key). It gets the secret's ARN and the id that the new version is to have, and puts the new value into the
 * secret itself: no value passes through here. Asking again with the same `token` changes nothing.
 */
export const rotateByPlugin = async (
  { secrets, lambda }: Pick<RotationTools, 'secrets' | 'lambda'>,
  secretArn: string,
  plugin: string,
  token: string,
): Promise<string> => {
  const current = async () =>
    currentOf(await secrets.send(new DescribeSecretCommand({ SecretId: secretArn })));
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({
      FunctionName: plugin,
      Payload: JSON.stringify({ secretArn, clientRequestToken: token }),
    }),
  );
  // What it threw may hold the value: its own log has it.
  if (FunctionError !== undefined) throw new PluginFailedError(`${plugin} failed: see its log`);
  if ((await current()) !== token)
    throw new PluginFailedError(`${plugin} is done, and the secret's current version is not the new one`);
  const answer = answerSchema.safeParse(readJson(Payload));
  return answer.success && answer.data.oldRefused
    ? `rotated by ${plugin}; it saw the old value refused`
    : `rotated by ${plugin}; that the old value is refused is NOT known`;
};

const readJson = (bytes: Uint8Array | undefined): unknown => {
  try {
    return JSON.parse(Buffer.from(bytes ?? []).toString('utf8'));
  } catch {
    return null;
  }
};
