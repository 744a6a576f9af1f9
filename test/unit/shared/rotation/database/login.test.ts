import fc from 'fast-check';
import { loginIn, rightsIn } from '../../../../../shared/rotation/database/grants';
import { otherUser, readLogin, withLogin } from '../../../../../shared/rotation/database/login';
import { scramVerifier } from '../../../../../shared/rotation/database/scram';

const good = { engine: 'postgres', host: 'db.internal', username: 'app', password: 'p' };
const read = (more: Readonly<Record<string, unknown>>) => readLogin(JSON.stringify({ ...good, ...more }));

describe("a database user's secret", () => {
  it.each([
    ['aurora-postgresql', 'postgres', 5432],
    ['mariadb', 'mysql', 3306],
    ['aurora-mysql', 'mysql', 3306],
  ])('of %s is read as AWS writes it', (engine, spoken, port) => {
    expect(read({ engine })).toMatchObject({ engine: spoken, port, tls: 'preferred', masterArn: null });
  });

  it.each([
    [true, 'required'],
    ['true', 'required'],
    [false, 'off'],
    ['false', 'off'],
  ])('with ssl %j means %s', (ssl, tls) => {
    expect(read({ ssl }).tls).toBe(tls);
  });

  it.each([
    { username: 'app\0user\0postgres' },
    { host: '/var/run/postgresql' },
    { host: 'db\nelse' },
    { port: 70_000 },
    { engine: 'toString' },
    { ssl: 'perhaps' },
    { password: '' },
    { password: { toString: 'x' } },
  ])('that holds %j is refused by the name of its field, and none of its words', (more) => {
    const [field = ''] = Object.keys(more);
    expect(() => read(more)).toThrow(
      new RegExp(`^the secret's field ${field} is missing or not what it must be$`),
    );
  });

  it.each(['', 'null', '[]', '"text"', 'a password'])('that is no object (%j) is refused', (text) => {
    expect(() => readLogin(text)).toThrow('the secret holds no JSON object');
  });

  it('keeps all else where its password is changed', () => {
    const before = JSON.stringify({ ...good, mine: [1] });

    expect(JSON.parse(withLogin(before, 'app_clone', 'new'))).toEqual({
      ...good,
      mine: [1],
      username: 'app_clone',
      password: 'new',
    });
    expect(otherUser(otherUser('app'))).toBe('app');
  });
});

describe('the rights of a user of MySQL', () => {
  const quoted = (name: string) => `\`${name.replaceAll('`', '``')}\``;

  it('are found whatever the names in it are', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (user: string, table: string) => {
        fc.pre(!user.startsWith('`'));
        const sql = `GRANT SELECT ON ${quoted('data')}.${quoted(table)}`;
        const line = `${sql} TO ${quoted(user)}@${quoted('%')} WITH GRANT OPTION`;
        expect(rightsIn(line, user, '%')).toEqual({ sql, grantable: true });
      }),
    );
  });

  it.each([
    'SET DEFAULT ROLE `r` FOR `u`@`%`',
    'REVOKE SELECT ON `d`.* FROM `u`@`%`',
    'GRANT `r` TO `v`@`%`',
  ])('are not in %s', (line) => {
    expect(rightsIn(line, 'u', '%')).toBeNull();
  });

  it('do not come from a name that looks like a lock', () => {
    expect(loginIn("CREATE USER `x ACCOUNT LOCK`@`%` IDENTIFIED BY PASSWORD '*A' REQUIRE SSL")).toEqual({
      locked: false,
      needsTls: true,
    });
    expect(loginIn("CREATE USER `u`@`%` REQUIRE NONE ACCOUNT LOCK COMMENT 'ACCOUNT UNLOCK'")).toEqual({
      locked: true,
      needsTls: false,
    });
  });
});

it('a verifier for PostgreSQL holds the password in no form that can be read', () => {
  const password = 'A1b2C3d4'.repeat(6);

  expect(scramVerifier(password)).toMatch(/^SCRAM-SHA-256\$4096:[\w+/=]{24}\$[\w+/=]{44}:[\w+/=]{44}$/);
  expect(scramVerifier(password)).not.toBe(scramVerifier(password));
});
