import { STRATEGY_TAG } from '../ownership';
import { administratorOf } from './administrator';
import { NotRotatedError, using } from './engine';
import { otherUser } from './login';
import type { DatabaseTools } from './rotateDatabase';
import { describe, loginAt } from './versions';

export type LockOrder = {
  readonly action: 'lock' | 'unlock' | 'isLocked';
  readonly secretArn: string;
};

/**
 * Locks the database user of a secret, or both that alternate, and ends their connections; or unlocks them; or tells.
 * Unlocking undoes locking exactly, as where only some of their logins are locked, by somebody else, nothing is done.
 * Both may be done twice. Throws {@link NotRotatedError}, `NotALoginError`, `RefusedLoginError`, `DatabaseError`.
 */
export const lockDatabase = async (
  { action, secretArn }: LockOrder,
  { secrets, engines }: DatabaseTools,
): Promise<{ readonly locked: boolean }> => {
  const described = await describe(secrets, secretArn);
  const login = await loginAt(secrets, secretArn, described, 'AWSCURRENT');
  if (login === null) throw new NotRotatedError('the secret has no current version');
  const alternating = described.tags[STRATEGY_TAG] === 'database-alternating';
  const users = alternating ? [login.username, otherUser(login.username)] : [login.username];
  const administrator = await administratorOf(secrets, login, described.tags, alternating);
  return using(engines[login.engine], administrator, async (session) => {
    const isLocked = async (): Promise<boolean> => {
      const locks = await session.locks(users);
      if (locks.length === 0) throw new NotRotatedError('the database has no user of the name in the secret');
      if (new Set(locks).size > 1)
        throw new NotRotatedError(
          'some of its logins are locked and some are not: nothing is done, as that could not be put back',
        );
      return locks[0] === true;
    };
    const before = await isLocked();
    if (action === 'isLocked') return { locked: before };
    const locked = action === 'lock';
    if (before !== locked) await session.setLocked(users, locked);
    // Also where it was locked already: a try before this one may have died here.
    if (locked) await session.endAll(users);
    return { locked: await isLocked() };
  });
};
