import mysql, { type Connection, type RowDataPacket } from 'mysql2/promise';
import {
  CONNECT_MS,
  codeOf,
  DatabaseError,
  type Engine,
  LockedLoginError,
  RefusedLoginError,
  type Session,
} from './engine';
import { loginIn, rightsIn } from './grants';
import type { Login } from './login';

const REFUSED = 'ER_ACCESS_DENIED_ERROR';
const NO_TLS = 'HANDSHAKE_NO_SSL_SUPPORT';
/** ER_ACCOUNT_HAS_BEEN_LOCKED of MySQL, and of MariaDB (their error references), which MySQL's names know otherwise. */
const LOCKED = [3118, 4151];
/** ER_NO_SUCH_THREAD: it was over before it was ended. */
const GONE = 1094;

const open = ({ host, port, username, password, database }: Login, tls: boolean): Promise<Connection> =>
  mysql.createConnection({
    host,
    port,
    user: username,
    password,
    ...(database === null ? {} : { database }),
    // Without `verifyIdentity` the certificate of any server at all would do.
    ...(tls ? { ssl: { rejectUnauthorized: true, verifyIdentity: true } } : {}),
    connectTimeout: CONNECT_MS,
  });

const numberOf = (error: unknown): number => {
  const { errno } = (error ?? {}) as { errno?: unknown };
  return typeof errno === 'number' ? errno : 0;
};

const meaningOf = (error: unknown): Error => {
  const code = codeOf(error);
  if (code === REFUSED) return new RefusedLoginError('the database refuses the login');
  if (LOCKED.includes(numberOf(error))) return new LockedLoginError('the user is locked');
  return new DatabaseError(
    `the database cannot be logged in to: ${code === NO_TLS ? 'it offers no TLS' : code}`,
  );
};

type Account = { readonly username: string; readonly host: string };

const connect = async (login: Login): Promise<Session> => {
  const connection = await open(login, login.tls !== 'off')
    .catch((error: unknown) => {
      // Only where it says that it has none: a certificate that is not trusted is no reason to go without.
      if (login.tls !== 'preferred' || codeOf(error) !== NO_TLS) throw error;
      return open(login, false);
    })
    .catch((error: unknown) => {
      throw meaningOf(error);
    });
  connection.on('error', () => undefined);
  /** Values are put in by the driver, as statements about users are not prepared. Without values nothing is. */
  const attempt = async (sql: string, values?: readonly (string | number | readonly string[])[]) => {
    const [rows] = await connection.query(
      { sql, timeout: CONNECT_MS },
      values === undefined ? undefined : [...values],
    );
    return Array.isArray(rows) ? (rows as RowDataPacket[]) : [];
  };
  const run = async (...statement: Parameters<typeof attempt>) => {
    try {
      return await attempt(...statement);
    } catch (error) {
      throw new DatabaseError(`the database refused a statement: ${codeOf(error)}`);
    }
  };
  // The driver quotes with backslashes and backticks: a server's mode may give either another meaning.
  await run("SET SESSION sql_mode = ''").catch(async (error: unknown) => {
    await connection.end().catch(() => undefined);
    throw error;
  });
  const isMariaDb = async () =>
    /mariadb/i.test(String((await run('SELECT VERSION() AS version'))[0]?.version ?? ''));
  const accountsOf = async (usernames: readonly string[]): Promise<readonly Account[]> =>
    (
      await run(
        'SELECT user AS username, host AS place FROM mysql.user WHERE user IN (?) ORDER BY user, host',
        [usernames],
      )
    ).map(({ username, place }) => ({ username: String(username), host: String(place) }));
  const firstOf = (row: RowDataPacket | undefined): string => String(Object.values(row ?? {})[0] ?? '');
  const loginOf = async ({ username, host }: Account) =>
    loginIn(firstOf((await run('SHOW CREATE USER ?@?', [username, host]))[0]));
  /** Ends those that are there; says how many. */
  const end = async (threads: readonly RowDataPacket[]): Promise<number> => {
    let ended = 0;
    for (const { thread } of threads) {
      try {
        await attempt('KILL ?', [Number(thread)]);
        ended += 1;
      } catch (error) {
        if (numberOf(error) !== GONE)
          throw new DatabaseError(`the database refused to end a connection: ${codeOf(error)}`);
      }
    }
    return ended;
  };
  return {
    setOwnPassword: async (password) => {
      // MariaDB takes a hash here, which MySQL has no function for any more.
      await run((await isMariaDb()) ? 'SET PASSWORD = PASSWORD(?)' : 'SET PASSWORD = ?', [password]);
    },
    setPassword: async (name, password) => {
      const accounts = await accountsOf([name]);
      for (const { username, host } of accounts)
        await run('ALTER USER ?@? IDENTIFIED BY ?', [username, host, password]);
      return accounts.length > 0;
    },
    makeLike: async (username, password, model) => {
      for (const account of await accountsOf([model])) {
        const { host } = account;
        const { locked, needsTls } = await loginOf(account);
        const how = `${needsTls ? ' REQUIRE SSL' : ''}${locked ? ' ACCOUNT LOCK' : ''}`;
        await run(`CREATE USER IF NOT EXISTS ?@? IDENTIFIED BY ?${how}`, [username, host, password]);
        const grants = await run('SHOW GRANTS FOR ?@?', [model, host]);
        for (const grant of grants) {
          const rights = rightsIn(firstOf(grant), model, host);
          // What stands in a grant is no place for a value, whatever it looks like.
          const whom = mysql.format('?@?', [username, host]);
          if (rights !== null)
            await run(`${rights.sql} TO ${whom}${rights.grantable ? ' WITH GRANT OPTION' : ''}`);
        }
      }
    },
    endOthers: async () =>
      end(
        await run(
          'SELECT id AS thread FROM information_schema.processlist WHERE user = ? AND id <> CONNECTION_ID()',
          [login.username],
        ),
      ),
    locks: async (usernames) => {
      const locks: boolean[] = [];
      for (const account of await accountsOf(usernames)) locks.push((await loginOf(account)).locked);
      return locks;
    },
    setLocked: async (usernames, locked) => {
      const accounts = await accountsOf(usernames);
      if (accounts.length === 0) return;
      // In one statement: a try that dies leaves no part of it.
      await run(
        `ALTER USER ${accounts.map(() => '?@?').join(', ')} ACCOUNT ${locked ? 'LOCK' : 'UNLOCK'}`,
        accounts.flatMap(({ username, host }) => [username, host]),
      );
    },
    endAll: async (usernames) =>
      end(
        await run(
          'SELECT id AS thread FROM information_schema.processlist WHERE user IN (?) AND id <> CONNECTION_ID()',
          [usernames],
        ),
      ),
    close: () => connection.end(),
  };
};

export const mysqlEngine: Engine = { connect };
