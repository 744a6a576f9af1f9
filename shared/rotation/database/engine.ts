import type { Login } from './login';

/** A connection as one user. */
export type Session = {
  /** Sets the password of the user that is logged in. */
  readonly setOwnPassword: (password: string) => Promise<void>;
  /** As an administrator: sets the password of another user; false where there is none of that name. Locks stay. */
  readonly setPassword: (username: string, password: string) => Promise<boolean>;
  /**
   * As an administrator: sees to it that there is a user that may do what another one may, and is locked where that one
   * is. The password is that of a new one. Doing it twice changes nothing.
   */
  readonly makeLike: (username: string, password: string, model: string) => Promise<void>;
  /** Ends the other connections of the user that is logged in; says how many. */
  readonly endOthers: () => Promise<number>;
  /** As an administrator: which of the logins of these users are locked. Of names that do not exist there are none. */
  readonly locks: (usernames: readonly string[]) => Promise<readonly boolean[]>;
  /** As an administrator: locks or unlocks all of their logins, or, where it fails, none. */
  readonly setLocked: (usernames: readonly string[], locked: boolean) => Promise<void>;
  /** As an administrator: ends all their connections; says how many. */
  readonly endAll: (usernames: readonly string[]) => Promise<number>;
  readonly close: () => Promise<void>;
};

/** A kind of database. `connect` throws {@link RefusedLoginError}, {@link LockedLoginError} or {@link DatabaseError}. */
export type Engine = {
  readonly connect: (login: Login) => Promise<Session>;
};

/** The database knows no such user with that password. */
export class RefusedLoginError extends Error {
  override readonly name = 'RefusedLoginError';
}

/** The user is locked. */
export class LockedLoginError extends Error {
  override readonly name = 'LockedLoginError';
}

/** Anything else that the database, or the way to it, has refused: its code alone, since its words may hold a value. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
}

/** The database still takes what it must not take any more, or something is missing without which nothing is done. */
export class NotRotatedError extends Error {
  override readonly name = 'NotRotatedError';
}

/** Milliseconds until a database that does not answer is given up. */
export const CONNECT_MS = 5000;

/** A code of an error, where it looks like one: whatever else is there may be anybody's words. */
export const codeOf = (error: unknown): string => {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && /^[\w.-]{1,60}$/.test(code) ? code : 'unknown';
};

/** Works in a session, and ends it. */
export const using = async <T>(
  { connect }: Engine,
  login: Login,
  work: (session: Session) => Promise<T>,
): Promise<T> => {
  const session = await connect(login);
  try {
    return await work(session);
  } finally {
    // It is over either way; what the work came to is what counts.
    await session.close().catch(() => undefined);
  }
};

/** Whether the database takes a login, as far as it can be seen. What cannot be found out is thrown. */
export const takes = async (engine: Engine, login: Login): Promise<'yes' | 'no' | 'locked'> => {
  try {
    return await using(engine, login, async () => 'yes' as const);
  } catch (error) {
    if (error instanceof RefusedLoginError) return 'no';
    if (error instanceof LockedLoginError) return 'locked';
    throw error;
  }
};
