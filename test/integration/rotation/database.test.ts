import { randomBytes, randomUUID } from 'node:crypto';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { type Engine, type Session, takes } from '../../../shared/rotation/database/engine';
import { lockDatabase } from '../../../shared/rotation/database/lockDatabase';
import type { Login } from '../../../shared/rotation/database/login';
import { mysqlEngine } from '../../../shared/rotation/database/mysql';
import { postgres } from '../../../shared/rotation/database/postgres';
import { type DatabaseOrder, rotateDatabase } from '../../../shared/rotation/database/rotateDatabase';
import { fetchMariaDb, fetchPostgres, whyNot } from '../../fixtures/databases/fetched';
import { PASSWORD, type Server, startMariaDb, startPostgres } from '../../fixtures/databases/server';
import { type Sql, sqlOf } from '../../fixtures/databases/sql';
import { type Stage, startStage } from '../containment/stage';

/*
 * Against real servers, and against the local AWS's Secrets Manager under the role that the template gives
 * `rotateDatabase`.
 */

const SERVERS = [
  { name: 'postgres', fetch: fetchPostgres, start: startPostgres, engine: postgres },
  { name: 'mariadb', fetch: fetchMariaDb, start: startMariaDb, engine: mysqlEngine },
] as const;
const engines = { postgres, mysql: mysqlEngine };
const HOST = '127.0.0.1';

/** Names and passwords that are no good for a statement unless they are quoted. */
const HOSTILE = [`o'"\`r%\\'?; -- `, `ünï \${x} "" '' ?? %s`, `\\`];

let stage: Stage;
beforeAll(async () => {
  stage = await startStage('database');
});
afterAll(() => stage.stop());

for (const { name, fetch, start, engine } of SERVERS) {
  const reason = whyNot(fetch);
  if (reason !== null) process.stderr.write(`${reason}: the tests with ${name} are skipped\n`);
  (reason === null ? describe : describe.skip)(`the password of a database user of ${name}`, () => {
    let server: Server;
    let sql: Sql;
    let secrets: SecretsManagerClient;
    let administratorArn: string;
    beforeAll(async () => {
      server = await start();
      sql = sqlOf(server);
      ({ secrets } = await stage.as('rotateDatabase'));
      administratorArn = await put(
        { username: server.administrator, password: PASSWORD },
        'database-administrator',
      );
    });
    afterAll(() => server.stop());

    const put = async (
      more: Readonly<Record<string, unknown>>,
      tag: string,
      user?: string,
    ): Promise<string> => {
      const { ARN = '' } = await stage.clients.secrets.send(
        new CreateSecretCommand({
          Name: `s${randomUUID()}`,
          SecretString: JSON.stringify({
            engine: name,
            host: HOST,
            port: server.port,
            ssl: false,
            mine: 'stays',
            ...more,
          }),
          Tags: [
            { Key: 'tourniquet:rotation', Value: tag },
            ...(user === undefined ? [] : [{ Key: 'tourniquet:database-user', Value: user }]),
          ],
        }),
      );
      return ARN;
    };
    /** A user with a table of its own that it may read, and its secret. */
    const make = async (
      options: {
        readonly username?: string;
        readonly password?: string;
        readonly alternating?: boolean;
        readonly master?: string | null;
        readonly vouched?: string | null;
      } = {},
    ) => {
      const username = options.username ?? `u${randomBytes(4).toString('hex')}`;
      const first = { username, password: options.password ?? `first of ${username}` };
      const alternating = options.alternating ?? false;
      await sql.makeUser(first.username, first.password);
      const master = options.master === undefined ? administratorArn : options.master;
      const vouched = options.vouched === undefined ? username : options.vouched;
      const secretArn = await put(
        { ...first, ...(master === null ? {} : { masterarn: master }) },
        alternating ? 'database-alternating' : 'database',
        vouched ?? undefined,
      );
      const tokens = (alternating ? ['a', 'b'] : ['a']).map((letter) => letter.repeat(32));
      const order: DatabaseOrder = { secretArn, tokens, alternating };
      return {
        username,
        first,
        secretArn,
        order,
        current: async () => {
          const { SecretString = '' } = await stage.clients.secrets.send(
            new GetSecretValueCommand({ SecretId: secretArn }),
          );
          return JSON.parse(SecretString) as { username: string; password: string; mine: string };
        },
      };
    };
    const loginOf = ({ username, password }: { username: string; password: string }): Login => ({
      engine: name === 'postgres' ? 'postgres' : 'mysql',
      host: HOST,
      port: server.port,
      username,
      password,
      database: null,
      masterArn: null,
      tls: 'off',
    });
    const works = (login: { username: string; password: string }) => takes(engine, loginOf(login));
    const rotate = (order: DatabaseOrder, client = secrets, all = engines) =>
      rotateDatabase(order, { secrets: client, engines: all });

    it('is changed by the user itself: the new one works, the old one is refused, and no connection stays open', async () => {
      const { first, current, order } = await make({ master: null, vouched: null });
      const thief = await engine.connect(loginOf(first));

      const said = await rotate(order);

      const now = await current();
      expect(now).toMatchObject({ username: first.username, mine: 'stays' });
      expect(now.password).toMatch(/^[A-Za-z0-9]{48}$/);
      expect(await works(now)).toBe('yes');
      expect(await works(first)).toBe('no');
      await expect(thief.endOthers()).rejects.toThrow();
      expect(said).toEqual([
        'the database takes the new password',
        'refuses the old one',
        '1 open connection(s) of it were ended',
      ]);
      expect(JSON.stringify(said)).not.toContain(now.password);
    });

    it('is the same after a second order with the same tokens', async () => {
      const { current, order } = await make();
      await rotate(order);
      const now = await current();

      await rotate(order);

      expect(await current()).toEqual(now);
      expect(await works(now)).toBe('yes');
    });

    it('is taken back from a thief who changed it, by the administrator', async () => {
      const { username, current, order } = await make();
      await sql.setPassword(username, 'of the thief');

      await rotate(order);

      expect(await works(await current())).toBe('yes');
      expect(await works({ username, password: 'of the thief' })).toBe('no');
    });

    it('is dead after two rotations where two users alternate; the other one is made with the same rights', async () => {
      const { username, first, current, order } = await make({ alternating: true });
      const [once = '', twice = ''] = order.tokens;

      await rotate({ ...order, tokens: [once] });
      const clone = await current();
      expect(clone.username).toBe(`${username}_clone`);
      expect(await works(clone)).toBe('yes');
      expect(await works(first)).toBe('yes');
      expect(await sql.mayRead(clone, username)).toBe(true);

      const said = await rotate({ ...order, tokens: [once, twice] });
      const now = await current();
      expect(now.username).toBe(username);
      expect(await works(now)).toBe('yes');
      expect(await works(first)).toBe('no');
      expect(await works(clone)).toBe('yes');
      expect(said).toContain('refuses the old one');
    });

    it.each(HOSTILE)('is changed for a user whose name and password are %j', async (hostile) => {
      for (const alternating of [false, true]) {
        const username = `${hostile}${alternating ? 2 : 1}`;
        const { first, current, order } = await make({ username, password: hostile, alternating });

        await rotate(order);

        expect(await works(await current())).toBe('yes');
        expect(await works(first)).toBe('no');
      }
    });

    it('stays as it is where only an administrator could change it, and none may be used for that', async () => {
      const elsewhere = await put(
        { username: server.administrator, password: PASSWORD, host: 'localhost' },
        'database-administrator',
      );
      const untagged = await put({ username: server.administrator, password: PASSWORD }, 'database-somebody');
      for (const [options, why] of [
        [{ master: null }, 'needs an administrator'],
        [{ master: elsewhere }, 'for another database'],
        [{ master: untagged }, 'is not database-administrator'],
        [{ vouched: null }, 'tourniquet:database-user does not name'],
        [{ vouched: 'somebody' }, 'tourniquet:database-user does not name'],
      ] as const) {
        const { username, current, order } = await make(options);
        await sql.setPassword(username, 'of the thief');
        const before = await current();

        await expect(rotate(order)).rejects.toThrow(why);

        expect(await current()).toEqual(before);
        expect(await works({ username, password: 'of the thief' })).toBe('yes');
      }
    });

    it('is not given to whoever writes the name of another user into the secret', async () => {
      const { secretArn, order, current } = await make();
      const other = await make();
      await stage.clients.secrets.send(
        new PutSecretValueCommand({
          SecretId: secretArn,
          SecretString: JSON.stringify({
            ...(await current()),
            username: other.username,
            masterarn: administratorArn,
          }),
        }),
      );

      await expect(rotate(order)).rejects.toThrow('does not name');

      expect(await works(other.first)).toBe('yes');
    });

    it('cannot be read by the role where the tag of the secret does not say that it is one', async () => {
      const { order } = await make();
      const secretArn = await put({ username: 'u', password: 'p' }, 'generated');

      await expect(rotate({ ...order, secretArn })).rejects.toMatchObject({
        name: expect.stringMatching(/AccessDenied/),
      });
    });

    /** Dies once the nth call to Secrets Manager or the database was made: before the one after it, that is. */
    const failing = (at: number) => {
      let calls = 0;
      const counted = async <T>(work: () => Promise<T>): Promise<T> => {
        calls += 1;
        const dies = calls === at;
        const result = await work();
        if (dies) throw new Error('died');
        return result;
      };
      const of = ({ connect }: Engine): Engine => ({
        connect: async (login) => {
          const session = await counted(() => connect(login));
          const wrapped = Object.entries(session).map(([key, call]) => [
            key,
            key === 'close'
              ? call
              : (...args: readonly unknown[]) =>
                  counted(() => (call as (...given: readonly unknown[]) => Promise<unknown>)(...args)),
          ]);
          return Object.fromEntries(wrapped) as Session;
        },
      });
      const client = {
        send: (command: Parameters<SecretsManagerClient['send']>[0]) => counted(() => secrets.send(command)),
      } as unknown as SecretsManagerClient;
      return { client, engines: { postgres: of(postgres), mysql: of(mysqlEngine) } };
    };

    it.each([false, true])(
      'comes to the same end wherever a try died, once it is tried again (two users alternate: %j)',
      async (alternating) => {
        for (let at = 1, over = false; !over; at++) {
          const { username, first, current, order } = await make({ alternating });
          const broken = failing(at);
          const outcome = await rotate(order, broken.client, broken.engines).catch((error: Error) => error);
          over = !(outcome instanceof Error);
          if (outcome instanceof Error) {
            expect(outcome.message).toBe('died');
            await rotate(order);
          }

          const now = await current();
          expect(now.username).toBe(username);
          expect(await works(now)).toBe('yes');
          expect(await works(first)).toBe('no');
          if (alternating)
            expect(await sql.rightsOf(`${username}_clone`)).toEqual(await sql.expectedOfClone(username));
        }
      },
    );

    it('stands in no error: of a wrong secret, a server that is not there, a refused statement', async () => {
      const canary = 'canary-of-a-password';
      for (const more of [
        { username: 'nobody', password: canary },
        { username: 'nobody', password: canary, port: 1 },
        { username: 'nobody', password: canary, engine: 'oracle' },
        { username: 7, password: canary },
        { username: `x\0user\0${server.administrator}`, password: canary },
        { username: 'nobody', password: canary, ssl: true },
      ]) {
        const secretArn = await put(more, 'database', 'nobody');
        const error = await rotate({ secretArn, tokens: ['c'.repeat(32)], alternating: false }).then(
          () => null,
          (failed: unknown) => failed,
        );

        expect(error).toBeInstanceOf(Error);
        const { message, stack, cause } = error as Error;
        expect(`${message} ${stack} ${JSON.stringify(cause ?? '')} ${JSON.stringify(error)}`).not.toContain(
          canary,
        );
      }
    });

    const lock = (secretArn: string, action: 'lock' | 'unlock' | 'isLocked') =>
      lockDatabase({ action, secretArn }, { secrets, engines });

    it.each([false, true])(
      'does nothing for a locked user, whose connections are ended, until it is unlocked (two alternate: %j)',
      async (alternating) => {
        const { secretArn, first, order, current } = await make({ alternating });
        const thief = await engine.connect(loginOf(first));
        expect(await lock(secretArn, 'isLocked')).toEqual({ locked: false });

        expect(await lock(secretArn, 'lock')).toEqual({ locked: true });
        expect(await lock(secretArn, 'lock')).toEqual({ locked: true });

        expect(await works(first)).not.toBe('yes');
        await expect(thief.endOthers()).rejects.toThrow();
        await rotate(order);
        expect(await works(await current())).toBe('locked');
        expect(await lock(secretArn, 'isLocked')).toEqual({ locked: true });

        expect(await lock(secretArn, 'unlock')).toEqual({ locked: false });
        expect(await works(await current())).toBe('yes');
        expect(await works(first)).toBe('no');
      },
    );

    it('is not locked where only some of its logins are, as that could not be put back', async () => {
      const { secretArn, username, order } = await make({ alternating: true });
      await rotate(order);
      await sql.lock(username);

      for (const action of ['lock', 'unlock', 'isLocked'] as const)
        await expect(lock(secretArn, action)).rejects.toThrow('some of its logins are locked');
    });

    it('is kept with TLS where the secret asks for it, and never sent to a server whose certificate is not trusted', async () => {
      const { username, password } = (await make()).first;
      const connects = (tls: Login['tls']) =>
        engine.connect({ ...loginOf({ username, password }), host: 'localhost', tls }).then(
          async (session) => {
            await session.close();
            return 'connected';
          },
          (error: Error) => error.message,
        );
      expect(await connects('required')).toContain('it offers no TLS');
      expect(await connects('preferred')).toBe('connected');

      await server.withTls();

      expect(await connects('off')).toBe('connected');
      for (const tls of ['required', 'preferred'] as const)
        expect(await connects(tls)).toMatch(
          /cannot be logged in to: (?:DEPTH_ZERO_SELF_SIGNED_CERT|HANDSHAKE_SSL_ERROR)/,
        );
    });
  });
}
