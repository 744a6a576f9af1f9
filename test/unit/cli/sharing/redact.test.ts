import { Readable } from 'node:stream';
import fc from 'fast-check';
import { type Redaction, redact } from '../../../../cli/sharing/redact';

const share = async (text: string | Uint8Array, chunk = 65_536) => {
  const bytes = typeof text === 'string' ? Buffer.from(text) : Buffer.from(text);
  const chunks = function* () {
    for (let start = 0; start < bytes.length; start += chunk) yield bytes.subarray(start, start + chunk);
  };
  const redaction: Redaction = { masked: [], counts: {}, invalid: false };
  let copy = '';
  for await (const piece of redact(Readable.from(chunks()), redaction, 1000)) copy += piece;
  return { copy, ...redaction };
};

// Put together here, so that no scanner takes this file for a leak.
const join = (...parts: readonly string[]): string => parts.join('');
const PEM = join(
  '-----BEGIN RSA PRIVATE',
  ' KEY-----\nMIIEowIBAAKCAQEA',
  'x'.repeat(64),
  '\n',
  'y'.repeat(64),
  '\n-----END RSA PRIVATE KEY-----',
);
const JWT = join(
  'eyJhbGciOiJIUzI1NiJ9',
  '.eyJzdWIiOiIxMjM0NTY3ODkwIn0',
  '.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U',
);
/** What is to be found, with what of it must not be left. */
const SECRETS: readonly (readonly [string, string, string])[] = [
  ['an AWS access key id', join('AKIA', 'QYLPMN5HHHFPZAM2'), 'QYLPMN5H'],
  [
    'an AWS secret key by its name',
    join('"secretAccessKey":"', 'wJalrXUtnFEMIK7MDENGbPxRfiCYzzzzzzzzKEY1', '"'),
    'wJalrXUtn',
  ],
  ['a variable of the environment', join('DB_PASSWORD=', 'correct-horse'), 'correct-horse'],
  ['a password with a quote that is escaped', join('{\\"password\\": \\"', 'h\\u0034ckme!', '\\"}'), 'ckme!'],
  ['a password in an address', join('postgres://shop:', 'S3cr3tPw', '@db.internal:5432/shop'), 'S3cr3tPw'],
  ['a private key', PEM, 'MIIEowIBAAK'],
  ['a private key in JSON', JSON.stringify(PEM), 'MIIEowIBAAK'],
  ['half a private key', PEM.slice(0, 90), 'MIIEowIBAAK'],
  ['a JSON Web Token', JWT, 'dozjgNryP4J3'],
  ['an authorization header', `Authorization: Bearer ${'a1B2'.repeat(8)}`, 'a1B2a1B2'],
  ['a Slack token', join('xoxb-', '123456789012-1234567890123-', 'AbCdEfGhIjKlMnOpQrStUvWx'), 'AbCdEfGhIj'],
  ['a GitHub token', join('ghp_', 'abcdefghijklmnopqrstuvwxyz0123456789'), 'abcdefghij'],
  [
    'a link that is signed',
    join('https://bucket.s3.amazonaws.com/x?X-Amz-Signature=', 'deadbeefdeadbeef'),
    'deadbeef',
  ],
  ['a card number', '4111 1111 1111 1111', '1111 1111'],
  ['a card number behind another number', 'in 2026 4111 1111 1111 1111', '1111 1111'],
  ['a card number with dashes', '5555-5555-5555-4444', '5555-4444'],
  ['an e-mail address', 'mail to jörg.müller@example-firma.de today', 'müller'],
  ['an IBAN', 'DE89 3704 0044 0532 0130 00', '0532'],
  ['a social security number', 'ssn 219-09-9999', '219-09'],
  ['a Spanish identity number', '12345678Z', '12345678'],
  ['a Brazilian one', '529.982.247-25', '982.247'],
  ['a French one', '2 55 08 14 168 025 38', '168 025'],
];

describe('a copy that is shared', () => {
  it.each(SECRETS)('does not have %s', async (_what, secret, part) => {
    const { copy, counts } = await share(`before ${secret} after\n`);

    expect(copy).not.toContain(part);
    expect(copy).toMatch(/^before /);
    expect(Object.values(counts).reduce((all, count) => all + count, 0)).toBeGreaterThan(0);
  });

  it.each([
    ['a request id', '8f2f6a0e-1111-2222-3333-444455556666'],
    ['a digest', 'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
    ['an ARN', 'arn:aws:secretsmanager:us-east-1:123456789012:secret:shop/payment-AbCdEf'],
    ['an action', '"Action": ["secretsmanager:GetSecretValue", "kms:Decrypt"]'],
    ['a time', '{"timestamp":"2026-11-20T10:00:00.000Z","at":1763632800000,"ns":1763632800000000000}'],
    ['a log stream', '2026/11/20/[$LATEST]4111111111111111aaaaaaaaaaaaaaaa'],
    ['an account', '123456789012'],
    ['a package', 'lodash@4.17.21 and @aws-sdk/client-s3@3.1000.0'],
    ['a number like a card’s that is none', '4111 1111 1111 1112'],
    [
      'a secret that is named only',
      '"PAYMENT_SECRET_ARN": "arn:aws:secretsmanager:us-east-1:123456789012:secret:x"',
    ],
  ])('has %s as it is', async (_what, text) => {
    expect((await share(`${text}\n`)).copy).toBe(`${text}\n`);
  });

  it('is JSON where the original is', async () => {
    const original = {
      card: 4111111111111111,
      cards: [5555555555554444, 1],
      nested: JSON.stringify({ password: 'a "quoted" one', card: 4111111111111111 }),
      text: `line\nbreak ${PEM}`,
    };
    const { copy } = await share(JSON.stringify(original));
    const shared: unknown = JSON.parse(copy);

    expect(shared).toMatchObject({ card: 0, cards: [0, 1] });
    expect(copy).not.toMatch(/4111|5555|quoted|MIIE/);
  });

  it('says where something was masked, and never what', async () => {
    const { masked } = await share('one\ntwo anna@example.com\nthree AND anna@example.com\n');

    expect(masked).toEqual([
      { line: 2, column: 5, kind: 'email' },
      { line: 3, column: 11, kind: 'email' },
    ]);
  });

  it('has no secret that lies across the border of a window or of a chunk, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...SECRETS),
        fc.integer({ min: 60_000, max: 70_000 }),
        fc.integer({ min: 1000, max: 70_000 }),
        fc.boolean(),
        async ([, secret, part], before, chunk, lines) => {
          const filler = lines ? 'START RequestId 17 words of a log\n' : 'lorem ipsum ';
          const padding = filler.repeat(Math.ceil(before / filler.length)).slice(0, before);
          const { copy } = await share(`${padding} ${secret} ${padding}${padding}`, chunk);

          expect(copy.includes(part)).toBe(false);
          expect(copy.startsWith(padding.slice(0, 50_000))).toBe(true);
          expect(copy.endsWith(padding)).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  }, 120_000);

  it.each(SECRETS)(
    'does not have %s where a window ends before it, after it, or at a space in it: between a value and its name',
    async (_what, secret, part) => {
      const spaces = [...secret.matchAll(/\s/g)].map(({ index }) => index + 1);
      for (const gap of [0, 1, secret.length, secret.length + 1, ...spaces]) {
        const before = `${'lorem ipsum '.repeat(6000).slice(0, 64 * 1024 - gap - 1)} `;
        const { copy } = await share(`${before}${secret} ${'lorem ipsum '.repeat(6000)}`);
        expect(copy.includes(part) ? gap : null).toBeNull();
      }
    },
    60_000,
  );

  it('has no value whose name alone stands before the border, in text without another space', async () => {
    const name = `"a":"${'x'.repeat(64 * 1024 - 20)}","password": `;
    const { copy } = await share(`{${name}"hunter2-hunter2","b":"${'lorem ipsum '.repeat(6000)}"}`);

    expect(copy).toContain('"password": ');
    expect(copy).not.toContain('hunter2');
  });

  it('is the original where nothing is to be masked, whatever the text', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('a', 'é', '😀', '\n', '\r\n', '{', '"', ' ', '7', '\u2028'), {
          maxLength: 400,
        }),
        fc.integer({ min: 1, max: 50 }),
        async (parts, chunk) => {
          const text = parts.join('');
          expect((await share(text, chunk)).copy).toBe(text);
        },
      ),
    );
  });

  it('is made of text that is no UTF-8 too, and says so', async () => {
    const { copy, invalid } = await share(
      Buffer.concat([Buffer.from('a '), Buffer.from([0xff, 0xfe]), Buffer.from(' anna@example.com')]),
    );

    expect(copy).toBe('a \uFFFD\uFFFD [masked:email]');
    expect(invalid).toBe(true);
  });

  it('is made of a line of megabytes, with what is in it masked', async () => {
    const { copy, counts } = await share(
      `{"a":"${'x'.repeat(3_000_000)} anna@example.com ${'y'.repeat(500_000)}"}`,
    );

    expect(copy).not.toContain('anna@');
    expect(counts).toEqual({ email: 1 });
    expect(copy.length).toBeGreaterThan(3_500_000);
  }, 60_000);
});
