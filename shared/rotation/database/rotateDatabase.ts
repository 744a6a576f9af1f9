import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { administratorOf, USER_TAG } from './administrator';
import { type Engine, LockedLoginError, NotRotatedError, RefusedLoginError, takes, using } from './engine';
import { type EngineName, type Login, otherUser, readLogin } from './login';
import {
  type Described,
  describe,
  isDone,
  loginAt,
  makeCurrent,
  putPending,
  textOf,
  versionAt,
} from './versions';

export type DatabaseTools = {
  readonly secrets: SecretsManagerClient;
  readonly engines: Readonly<Record<EngineName, Engine>>;
};

/** What was asked for. */
export type DatabaseOrder = {
  readonly secretArn: string;
  /** The ids of the versions that the new passwords go to, one after the other: of two users that alternate, two. */
  readonly tokens: readonly string[];
  /** Each time the password of the other user is changed, and this one's lives on until the next time. */
  readonly alternating: boolean;
};

/**
 * Changes the password of a database user and makes it current, as the four steps of AWS's rotation functions do
 * (Secrets Manager user guide, "Lambda rotation functions"): the new one is in the secret before it is in the database,
 * so that a try that dies anywhere is gone on with by the next one with the same tokens. Says in sentences what was
 * seen; no password leaves it. Throws {@link NotRotatedError}, `NotALoginError`, `RefusedLoginError`, `DatabaseError`.
 */
export const rotateDatabase = async (
  { secretArn, tokens, alternating }: DatabaseOrder,
  tools: DatabaseTools,
): Promise<readonly string[]> => {
  let replaced: Login | null = null;
  for (const [turn, token] of tokens.entries()) {
    const described = await describe(tools.secrets, secretArn);
    // What a later turn has done is not gone behind, though the labels of an earlier one may be off by now.
    if (tokens.slice(turn).some((one) => isDone(described, one))) continue;
    replaced = await rotateOnce(secretArn, token, described, alternating, tools);
  }
  return settle(secretArn, replaced, alternating, tools);
};

/** Gives the login that is dead now, as far as it is known. */
const rotateOnce = async (
  secretArn: string,
  token: string,
  described: Described,
  alternating: boolean,
  tools: DatabaseTools,
): Promise<Login | null> => {
  const { secrets } = tools;
  const current = versionAt(described, 'AWSCURRENT');
  if (current === null) throw new NotRotatedError('the secret has no current version');
  const before = await textOf(secrets, secretArn, current);
  const old = readLogin(before);
  const engine = tools.engines[old.engine];
  const isResumed = Object.hasOwn(described.stages, token);
  const next = isResumed
    ? readLogin(await textOf(secrets, secretArn, token))
    : await putPending(
        secrets,
        secretArn,
        token,
        before,
        alternating ? otherUser(old.username) : old.username,
      );
  const replaced = alternating ? await loginAt(secrets, secretArn, described, 'AWSPREVIOUS') : old;
  // Two that alternate are always seen to: the one that was made may not have all its rights yet.
  if (alternating || !isResumed || (await takes(engine, next)) === 'no')
    await setPassword(old, next, described, alternating, tools);
  if ((await takes(engine, next)) === 'no')
    throw new NotRotatedError('the database does not take the new password: the secret is as it was');
  await makeCurrent(secrets, secretArn, token, current);
  return replaced?.username === next.username ? replaced : null;
};

/**
 * The administrator changes it where there is one for this: a user of MySQL has a password for each host, of which it
 * can change one itself. Else the user does, and where it cannot log in any more, nobody.
 */
const setPassword = async (
  old: Login,
  next: Login,
  { tags }: Described,
  alternating: boolean,
  { secrets, engines }: DatabaseTools,
): Promise<void> => {
  const engine = engines[old.engine];
  if (!alternating && (old.masterArn === null || tags[USER_TAG] === undefined)) {
    try {
      return await using(engine, old, (session) => session.setOwnPassword(next.password));
    } catch (error) {
      // Somebody changed it, the thief perhaps, or it is locked: what is missing for that is said below.
      if (!(error instanceof RefusedLoginError || error instanceof LockedLoginError)) throw error;
    }
  }
  const administrator = await administratorOf(secrets, old, tags, alternating);
  await using(engine, administrator, async (session) => {
    if (alternating) await session.makeLike(next.username, next.password, old.username);
    if (!(await session.setPassword(next.username, next.password)))
      throw new NotRotatedError('the database has no user of the name in the secret');
  });
};

/**
 * What holds after it, whichever try did it: connections of before are ended, and the old password is refused.
 * `replaced`: the login that was changed last, where it was this try.
 */
const settle = async (
  secretArn: string,
  replaced: Login | null,
  alternating: boolean,
  { secrets, engines }: DatabaseTools,
): Promise<readonly string[]> => {
  const described = await describe(secrets, secretArn);
  const now = await loginAt(secrets, secretArn, described, 'AWSCURRENT');
  if (now === null) throw new NotRotatedError('the secret has no current version');
  const previous = await loginAt(secrets, secretArn, described, 'AWSPREVIOUS');
  const engine = engines[now.engine];
  // Of two users the other one's new password is alive: connections from before it are not to be.
  const users = alternating && previous !== null ? [now, previous] : [now];
  let ended = 0;
  let locked = false;
  for (const login of users) {
    try {
      ended += await using(engine, login, (session) => session.endOthers());
    } catch (error) {
      // Locking it has ended its connections.
      if (!(error instanceof LockedLoginError)) throw error;
      locked = true;
    }
  }
  const dead = alternating ? replaced : previous;
  const isDead = dead !== null && dead.password !== now.password;
  const taken = isDead ? await takes(engine, dead) : 'no';
  if (taken === 'yes')
    throw new NotRotatedError('the new password is current, and the database STILL takes the old one');
  return [
    locked
      ? 'the user is locked, and stays so: the new password counts once it is unlocked'
      : 'the database takes the new password',
    ...(isDead && taken === 'no' ? ['refuses the old one'] : []),
    ended === 0 ? 'no connection was open' : `${ended} open connection(s) of it were ended`,
  ];
};
