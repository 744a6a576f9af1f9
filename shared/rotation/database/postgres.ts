import pg from 'pg';
import {
  CONNECT_MS,
  codeOf,
  DatabaseError,
  type Engine,
  LockedLoginError,
  RefusedLoginError,
  type Session,
} from './engine';
import type { Login } from './login';
import { scramVerifier } from './scram';

const NO_TLS = /does not support SSL/;

const open = async (
  { host, port, username, password, database }: Login,
  tls: boolean,
): Promise<pg.Client> => {
  const client = new pg.Client({
    host,
    port,
    user: username,
    password,
    database: database ?? 'postgres',
    // The certificate and its name are checked, against what Node.js trusts and NODE_EXTRA_CA_CERTS adds.
    ssl: tls ? { rejectUnauthorized: true } : false,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: CONNECT_MS,
  });
  // A connection that is ended from the other side is an event, and one without a listener ends the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
};

/**
 * What a refused login means (PostgreSQL manual, appendix A). 28000 is said of a role that may not log in, after its
 * password was found right, and of a client that no line of pg_hba.conf lets in, which tells nothing of the password.
 */
const meaningOf = (error: unknown): Error => {
  const code = codeOf(error);
  if (code === '28P01') return new RefusedLoginError('the database refuses the login');
  const { routine } = (error ?? {}) as { routine?: unknown };
  if (code === '28000' && routine === 'InitializeSessionUserId')
    return new LockedLoginError('the user may not log in');
  const why = error instanceof Error && NO_TLS.test(error.message) ? 'it offers no TLS' : code;
  return new DatabaseError(`the database cannot be logged in to: ${why}`);
};

const connect = async (login: Login): Promise<Session> => {
  const client = await open(login, login.tls !== 'off')
    .catch((error: unknown) => {
      // Only where it says that it has none: a certificate that is not trusted is no reason to go without.
      if (login.tls !== 'preferred' || !(error instanceof Error) || !NO_TLS.test(error.message)) throw error;
      return open(login, false);
    })
    .catch((error: unknown) => {
      throw meaningOf(error);
    });
  const run = async (sql: string, values?: readonly unknown[]) => {
    try {
      return await client.query(sql, values === undefined ? undefined : [...values]);
    } catch (error) {
      throw new DatabaseError(`the database refused a statement: ${codeOf(error)}`);
    }
  };
  // Statements about users take no parameters.
  const named = (name: string): string => client.escapeIdentifier(name);
  const kept = async (password: string): Promise<string> => {
    const { rows } = await run('SHOW password_encryption');
    const isScram = rows[0]?.password_encryption === 'scram-sha-256';
    return client.escapeLiteral(isScram ? scramVerifier(password) : password);
  };
  const rolesOf = async (usernames: readonly string[]) =>
    (await run('SELECT rolname, rolcanlogin FROM pg_roles WHERE rolname = ANY($1)', [usernames]))
      .rows as readonly { readonly rolname: string; readonly rolcanlogin: boolean }[];
  const endedIn = ({ rows }: { readonly rows: readonly { readonly ended?: unknown }[] }): number =>
    rows.filter(({ ended }) => ended === true).length;
  const setPassword = async (username: string, password: string) => {
    await run(`ALTER ROLE ${named(username)} WITH PASSWORD ${await kept(password)}`);
  };
  return {
    setOwnPassword: (password) => setPassword(login.username, password),
    setPassword: async (username, password) => {
      if ((await rolesOf([username])).length === 0) return false;
      await setPassword(username, password);
      return true;
    },
    makeLike: async (username, password, model) => {
      const roles = await rolesOf([username, model]);
      if (roles.some(({ rolname }) => rolname === username)) return;
      const may = roles.some(({ rolname, rolcanlogin }) => rolname === model && !rolcanlogin)
        ? 'NOLOGIN'
        : 'LOGIN';
      // In one go, which is one transaction: there is no user without its rights.
      await run(
        `CREATE ROLE ${named(username)} WITH ${may} PASSWORD ${await kept(password)}; GRANT ${named(model)} TO ${named(username)}`,
      );
    },
    endOthers: async () =>
      endedIn(
        await run(
          'SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity WHERE usename = session_user AND pid <> pg_backend_pid()',
        ),
      ),
    locks: async (usernames) => (await rolesOf(usernames)).map(({ rolcanlogin }) => !rolcanlogin),
    setLocked: async (usernames, locked) => {
      const roles = await rolesOf(usernames);
      const changes = roles.map(
        ({ rolname }) => `ALTER ROLE ${named(rolname)} ${locked ? 'NOLOGIN' : 'LOGIN'}`,
      );
      if (changes.length > 0) await run(changes.join('; '));
    },
    endAll: async (usernames) =>
      endedIn(
        await run(
          'SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity WHERE usename = ANY($1) AND pid <> pg_backend_pid()',
          [usernames],
        ),
      ),
    close: () => client.end(),
  };
};

export const postgres: Engine = { connect };
