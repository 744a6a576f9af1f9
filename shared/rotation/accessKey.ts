import {
  GetAccessKeyLastUsedCommand,
  type IAMClient,
  ListAccessKeysCommand,
  ListUserTagsCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { STRATEGY_TAG } from './ownership';

/** An id of a long-term access key; those of temporary ones begin with `ASIA`, and the deny of the role is for them. */
export const ACCESS_KEY_ID = /\bAKIA[A-Z2-7]{16}\b/;

/** What an IAM user's tag {@link STRATEGY_TAG} says where its access keys may be deactivated. */
const MAY_BE_DEACTIVATED = 'deactivate';

export type AccessKeyFacts = {
  /** Null where it is no key of this account, or of none that exists any more. */
  readonly user: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly mayBeDeactivated: boolean;
};

/** The deactivation was asked for, and the key is still active. */
export class StillActiveError extends Error {
  override readonly name = 'StillActiveError';
}

/** Whose key it is, by its id: the key itself is not needed, and not read. */
export const accessKeyFacts = async (iam: IAMClient, keyId: string): Promise<AccessKeyFacts> => {
  const unknown = { user: null, tags: {}, mayBeDeactivated: false };
  try {
    const { UserName } = await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: keyId }));
    if (UserName === undefined) return unknown;
    const { Tags = [] } = await iam.send(new ListUserTagsCommand({ UserName }));
    const tags = Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value]));
    return { user: UserName, tags, mayBeDeactivated: tags[STRATEGY_TAG] === MAY_BE_DEACTIVATED };
  } catch (error) {
    // IAM answers so for a key of another account as well as for one that is gone (API reference, GetAccessKeyLastUsed).
    if (error instanceof Error && /^(?:AccessDenied|NoSuchEntity)/.test(error.name)) return unknown;
    throw error;
  }
};

/**
 * Deactivates an access key, which activating it again undoes: it is never deleted. Throws {@link StillActiveError} where
 * IAM goes on calling it active.
 */
export const deactivate = async (iam: IAMClient, keyId: string): Promise<string> => {
  const { user } = await accessKeyFacts(iam, keyId);
  if (user === null) throw new StillActiveError(`${keyId} is no access key of this account`);
  await iam.send(new UpdateAccessKeyCommand({ AccessKeyId: keyId, UserName: user, Status: 'Inactive' }));
  const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName: user }));
  const status = AccessKeyMetadata.find(({ AccessKeyId }) => AccessKeyId === keyId)?.Status;
  if (status === 'Active') throw new StillActiveError(`${keyId} of ${user} is still active`);
  return `deactivated, not deleted; to take that back: aws iam update-access-key --user-name ${user} --access-key-id ${keyId} --status Active`;
};
