import {
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  GetSecretValueCommand,
  InvalidParameterException,
  InvalidRequestException,
  PutSecretValueCommand,
  ResourceExistsException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { RANDOM_VALUE } from '../generate';
import { NotRotatedError } from './engine';
import { type Login, readLogin, withLogin } from './login';

/** What a secret says of itself, without its value. */
export type Described = {
  readonly tags: Readonly<Record<string, string>>;
  /** The labels of each version, by its id. */
  readonly stages: Readonly<Record<string, readonly string[]>>;
};

export const describe = async (secrets: SecretsManagerClient, SecretId: string): Promise<Described> => {
  const { Tags = [], VersionIdsToStages = {} } = await secrets.send(new DescribeSecretCommand({ SecretId }));
  return {
    tags: Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value])),
    stages: VersionIdsToStages,
  };
};

export const versionAt = ({ stages }: Described, stage: string): string | null =>
  Object.entries(stages).find(([, labels]) => labels.includes(stage))?.[0] ?? null;

/** Its version is current, or was: only one that is pending alone waits to be gone on with. */
export const isDone = ({ stages }: Described, token: string): boolean => {
  const labels = stages[token];
  if (labels === undefined) return false;
  return !labels.includes('AWSPENDING') || labels.some((label) => label !== 'AWSPENDING');
};

export const textOf = async (
  secrets: SecretsManagerClient,
  SecretId: string,
  VersionId: string,
): Promise<string> =>
  (await secrets.send(new GetSecretValueCommand({ SecretId, VersionId }))).SecretString ?? '';

/** The login of a version with a label; null where no version has it. */
export const loginAt = async (
  secrets: SecretsManagerClient,
  secretArn: string,
  described: Described,
  stage: string,
): Promise<Login | null> => {
  const version = versionAt(described, stage);
  return version === null ? null : readLogin(await textOf(secrets, secretArn, version));
};

/** Puts into the secret what it is going to hold: a new password for a user, all else as it stands. */
export const putPending = async (
  secrets: SecretsManagerClient,
  secretArn: string,
  token: string,
  before: string,
  username: string,
): Promise<Login> => {
  const { RandomPassword } = await secrets.send(new GetRandomPasswordCommand(RANDOM_VALUE));
  if (RandomPassword === undefined || RandomPassword.length < RANDOM_VALUE.PasswordLength)
    throw new NotRotatedError('there is no random password to be had');
  const SecretString = withLogin(before, username, RandomPassword);
  try {
    await secrets.send(
      new PutSecretValueCommand({
        SecretId: secretArn,
        ClientRequestToken: token,
        SecretString,
        VersionStages: ['AWSPENDING'],
      }),
    );
    return readLogin(SecretString);
  } catch (error) {
    // A try beside this one was first: a version's value cannot be changed, so that one counts (API reference, PutSecretValue).
    if (!(error instanceof ResourceExistsException)) throw error;
    // One without labels is of long ago: what it holds is old.
    if (!Object.hasOwn((await describe(secrets, secretArn)).stages, token))
      throw new NotRotatedError('others have rotated it meanwhile: look at it, and rotate it anew');
    return readLogin(await textOf(secrets, secretArn, token));
  }
};

/** Makes a version current, which makes the one before it AWSPREVIOUS (API reference, UpdateSecretVersionStage). */
export const makeCurrent = async (
  secrets: SecretsManagerClient,
  secretArn: string,
  token: string,
  before: string,
): Promise<void> => {
  try {
    await secrets.send(
      new UpdateSecretVersionStageCommand({
        SecretId: secretArn,
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: token,
        RemoveFromVersionId: before,
      }),
    );
  } catch (error) {
    // A try beside this one may have been first.
    if (!(error instanceof InvalidParameterException || error instanceof InvalidRequestException))
      throw error;
    if (!isDone(await describe(secrets, secretArn), token)) throw error;
  }
};
