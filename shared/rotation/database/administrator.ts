import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { STRATEGY_TAG } from '../ownership';
import { NotRotatedError } from './engine';
import { type Login, otherUser, readLogin } from './login';

/** The tag by which a secret says whose login it holds. Who may tag it answers for that; who may write it does not. */
export const USER_TAG = 'tourniquet:database-user';

/** What the tag {@link STRATEGY_TAG} of a secret says that may be used as an administrator's. */
export const ADMINISTRATOR = 'database-administrator';

/**
 * The login of the administrator that a secret names. What is in the secret may be a thief's words. So the user must be
 * the one that the secret's own tag names, else whoever may write one secret would be given the password of any user of
 * the database; and the administrator's secret must be for the same database, else its password went to a host of his.
 * Which secrets may be read as an administrator's is for the role to say. Throws {@link NotRotatedError}.
 */
export const administratorOf = async (
  secrets: SecretsManagerClient,
  { username, masterArn, host, port, engine }: Login,
  tags: Readonly<Record<string, string>>,
  alternating: boolean,
): Promise<Login> => {
  if (masterArn === null)
    throw new NotRotatedError(
      "it needs an administrator: put the ARN of the administrator's secret into masterarn",
    );
  const vouched = tags[USER_TAG];
  if (vouched === undefined || !(vouched === username || (alternating && vouched === otherUser(username))))
    throw new NotRotatedError(
      `the administrator does nothing to a user that the secret's tag ${USER_TAG} does not name`,
    );
  const administrator = readLogin(await readAdministrator(secrets, masterArn));
  if (
    administrator.host.toLowerCase() !== host.toLowerCase() ||
    administrator.port !== port ||
    administrator.engine !== engine
  )
    throw new NotRotatedError("the administrator's secret is for another database than this one");
  if (administrator.username === username || administrator.username === otherUser(username))
    throw new NotRotatedError('the administrator itself is not touched');
  return administrator;
};

const readAdministrator = async (secrets: SecretsManagerClient, SecretId: string): Promise<string> => {
  try {
    return (await secrets.send(new GetSecretValueCommand({ SecretId }))).SecretString ?? '';
  } catch (error) {
    // IAM's words name what was asked for, which anybody may have written.
    if (
      error instanceof Error &&
      /^(?:AccessDenied|ResourceNotFound|Validation|InvalidParameter)/.test(error.name)
    )
      throw new NotRotatedError(
        `the secret that masterarn names cannot be read: there is none, or its tag ${STRATEGY_TAG} is not ${ADMINISTRATOR}`,
      );
    throw error;
  }
};
