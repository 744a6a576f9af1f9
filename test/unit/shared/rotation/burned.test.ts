import fc from 'fast-check';
import { burnedVariables } from '../../../../shared/rotation/burned';

const kindOf = (variable: string, value: string): string | undefined =>
  burnedVariables({ [variable]: value })[0]?.kind;

describe('a variable that holds a secret itself', () => {
  // Put together here, so that no scanner takes this file for a leak.
  it.each([
    ['KEY_ID', `AKIA${'IOSFODNN7EXAMPLE'}`, 'an AWS access key'],
    ['CERT', `-----BEGIN RSA ${'PRIVATE'} KEY-----\nMII`, 'a private key'],
    ['BOT', `xoxb-${'0123456789-abcdef'}`, 'a Slack token'],
    ['CI', `ghp_${'a'.repeat(36)}`, 'a GitHub token'],
    ['PAY', `sk_live_${'a'.repeat(24)}`, 'a Stripe key'],
    ['JWT', `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(20)}.${'c'.repeat(20)}`, 'a JSON Web Token'],
    ['DATABASE_URL', 'postgres://app:hunter2@db.internal/shop', 'a URL with a password'],
    ['REDIS', 'rediss://:hunter2@cache:6379', 'a URL with a password'],
  ])('is known by the form of its value: %s', (variable, value, kind) => {
    expect(kindOf(variable, value)).toBe(kind);
  });

  it.each(['DB_PASSWORD', 'STRIPE_API_KEY', 'apiKey', 'clientSecret', 'AUTH_TOKEN', 'PGPASSWORD_PWD'])(
    'is known by its own name: %s',
    (variable) => {
      expect(kindOf(variable, 'hunter2hunter2')).toBe('a secret, by its name');
    },
  );

  it.each([
    ['DB_SECRET_NAME', 'prod/db'],
    ['DB_SECRET', 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf'],
    ['API_KEY', '/shop/api-key'],
    ['TOKEN', 'true'],
    ['PASSWORD', ''],
    ['MAX_TOKEN', '4096'],
    ['AUTH_TOKEN', 'https://login.example.com/oauth/token'],
    ['PARTITION_KEY_NAME', 'customer-number'],
    ['MONKEY', 'a monkey with a value'],
    ['TABLE', 'orders'],
    ['URL', 'https://user@example.com/path'],
  ])('is not one that refers to it, switches or says where: %s=%s', (variable, value) => {
    expect(kindOf(variable, value)).toBeUndefined();
  });

  it('is said without its value, whatever it is (property)', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string({ minLength: 24 })), (variables) => {
        const said = burnedVariables(variables);
        for (const { kind } of said)
          for (const value of Object.values(variables)) expect(kind).not.toContain(value);
      }),
    );
  });
});
