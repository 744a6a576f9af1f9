import {
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  PutSecretValueCommand,
  ResourceExistsException,
} from '@aws-sdk/client-secrets-manager';
import type { RotationTools } from './secretFacts';

/** Letters and digits alone, which every consumer takes; 48 of them are 285 bits. */
export const RANDOM_VALUE = { PasswordLength: 48, ExcludePunctuation: true } as const;

/**
 * Puts a new random value into a secret that has no rotation function, and makes it current. `token` is the id of the new
 * version, so that asking again with the same one changes nothing. The value comes from Secrets Manager and goes back
 * there: it is in no log, no state and no answer.
 */
export const generate = async (
  { secrets }: Pick<RotationTools, 'secrets'>,
  secretArn: string,
  token: string,
): Promise<void> => {
  const { VersionIdsToStages = {} } = await secrets.send(new DescribeSecretCommand({ SecretId: secretArn }));
  if (Object.hasOwn(VersionIdsToStages, token)) return;
  const { RandomPassword } = await secrets.send(new GetRandomPasswordCommand(RANDOM_VALUE));
  try {
    await secrets.send(
      new PutSecretValueCommand({
        SecretId: secretArn,
        ClientRequestToken: token,
        SecretString: RandomPassword,
      }),
    );
  } catch (error) {
    // A try beside this one was first: a version's value cannot be changed (API reference, PutSecretValue).
    if (!(error instanceof ResourceExistsException)) throw error;
  }
};
