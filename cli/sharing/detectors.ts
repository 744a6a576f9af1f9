import isCreditCard from 'validator/lib/isCreditCard';
import isEmail from 'validator/lib/isEmail';
import isIBAN from 'validator/lib/isIBAN';
import isIdentityCard from 'validator/lib/isIdentityCard';

/** A place in a text that is not to be shared. Offsets in UTF-16 units, the end excluded. */
export type Finding = { readonly start: number; readonly end: number; readonly kind: string };

type Detector = {
  readonly kind: string;
  /** With the flags `g` and `d`: where it has a group `secret`, that alone is masked. */
  readonly pattern: RegExp;
  readonly accept?: (text: string) => boolean;
};

/** Nothing of a longer word, number, path or id is a number of its own: request ids, digests and ARNs are full of digits. */
const APART = String.raw`(?<![\w./+=-]|\d:)`;
const END = String.raw`(?![\w/+=-]|[.:]\w)`;
const apart = (body: string): RegExp => new RegExp(`${APART}(?:${body})${END}`, 'gdu');

const digitsOf = (text: string): string => text.replaceAll(/\D/g, '');

/** Country codes as `validator` knows national identity numbers, whose check digits it computes. */
const identity =
  (...locales: readonly Parameters<typeof isIdentityCard>[1][]) =>
  (text: string): boolean =>
    locales.some((locale) => isIdentityCard(text, locale));

/** The French number of the register of persons: 13 digits and a key, 97 less their remainder. */
const isInsee = (text: string): boolean => {
  const digits = digitsOf(text);
  return BigInt(digits.slice(13)) === 97n - (BigInt(digits.slice(0, 13)) % 97n);
};

/** Cadastro de Pessoas Físicas: two check digits, weights 10 to 2 and 11 to 2, modulo 11. */
const isCpf = (text: string): boolean => {
  const digits = [...digitsOf(text)].map(Number);
  const check = (count: number): number => {
    const sum = digits.slice(0, count).reduce((total, digit, at) => total + digit * (count + 1 - at), 0);
    return ((sum * 10) % 11) % 10;
  };
  return new Set(digits).size > 1 && check(9) === digits[9] && check(10) === digits[10];
};

/**
 * What tells who somebody is, or pays. A number counts only where its check digits are right, or where it is written as
 * only such numbers are; what has neither (a telephone number, a name, an address) is not found, and docs/sharing.md says so.
 */
const PERSONAL: readonly Detector[] = [
  {
    kind: 'email',
    // Letters of any script; the domain's last label has no digits alone (package@1.2.3 is none).
    pattern:
      /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+'-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.)+\p{L}{2,24}(?![\p{L}\p{N}-])/dgu,
    accept: (text) => isEmail(text, { allow_utf8_local_part: true, require_tld: true }),
  },
  {
    kind: 'card-number',
    pattern: apart(String.raw`\d{13,19}`),
    accept: (text) => isCreditCard(text),
  },
  {
    kind: 'card-number',
    // In groups; looked for at every group, as the one before may be of something else.
    pattern: new RegExp(
      String.raw`${APART}(?=(?<secret>(?:\d{4}(?<sep>[ -])\d{4}\k<sep>\d{4}\k<sep>\d{1,4}(?:\k<sep>\d{3})?|3\d{3}[ -]\d{6}[ -]\d{4,5})${END}))`,
      'gdu',
    ),
    accept: (text) => isCreditCard(digitsOf(text)),
  },
  {
    kind: 'iban',
    pattern: apart(String.raw`[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?`),
    accept: (text) => isIBAN(text.replaceAll(' ', '')),
  },
  // No check digit: the written form, and the areas, groups and serials that were never given out.
  { kind: 'national-id', pattern: apart(String.raw`(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}`) },
  {
    kind: 'national-id',
    pattern: apart(
      String.raw`(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]`,
    ),
  },
  {
    kind: 'national-id',
    pattern: apart(
      String.raw`[XYZ]?\d{7,8}-?[A-Z]|[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]|\d{6}[+A-]\d{3}[0-9A-Y]`,
    ),
    accept: identity('ES', 'IT', 'FI'),
  },
  // Written without a separator they are told by the date that is in them, and by one or two check digits.
  { kind: 'national-id', pattern: apart(String.raw`\d{17}[\dX]`), accept: identity('zh-CN') },
  { kind: 'national-id', pattern: apart(String.raw`\d{11}`), accept: identity('PL', 'NO') },
  { kind: 'national-id', pattern: apart(String.raw`[2-9]\d{3} \d{4} \d{4}`), accept: identity('IN') },
  { kind: 'national-id', pattern: apart(String.raw`\d{3}\.\d{3}\.\d{3}-\d{2}`), accept: isCpf },
  {
    kind: 'national-id',
    pattern: apart(String.raw`[12] ?\d{2} ?(?:0[1-9]|1[0-2]) ?\d{2} ?\d{3} ?\d{3} ?\d{2}`),
    accept: isInsee,
  },
];

/** What a name must say for its value to be a secret. */
const NAMED = String.raw`(?!secretsmanager\b)(?:[\w.-]{0,64}(?:password|passwd|passphrase|pwd|secret|token|credential|api[_.-]?key|access[_.-]?key|private[_.-]?key|client[_.-]?key|auth[_.-]?key|signing[_.-]?key|session[_.-]?key|connection[_.-]?string|authorization|cookie)[\w.-]{0,64})`;
/** Quotes, as they stand in JSON that stands in JSON. */
const QUOTE = String.raw`\\*["']`;

/** The quote that it began with, unless it is escaped once more. */
const CLOSE = String.raw`(?<!\\)\k<open>`;

const CREDENTIALS: readonly Detector[] = [
  {
    kind: 'private-key',
    // Half a key is a key: without its end, as far as what follows looks like one.
    pattern:
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[\s\S]{0,16384}?-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|[\w+/=:,\s\\-]{0,16384})/dg,
  },
  { kind: 'aws-access-key-id', pattern: /(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9])/dg },
  { kind: 'jwt', pattern: /(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{4,}\.[\w-]*/dg },
  {
    kind: 'password-in-url',
    pattern: /[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"'<>\\]{0,256}:(?<secret>[^\s/@"'<>\\]{1,512})@/dgi,
  },
  {
    kind: 'signed-url',
    pattern:
      /[?&](?:X-Amz-Signature|X-Amz-Security-Token|X-Amz-Credential|Signature|sig|access_token|token|code)=(?<secret>[^\s&"'<>\\]{8,})/dgi,
  },
  { kind: 'authorization', pattern: /\b(?:Bearer|Basic|Negotiate)\s+(?<secret>[\w.~+/-]{16,}=*)/dgi },
  {
    kind: 'slack-url',
    pattern: /hooks\.slack\.com\/(?:services|workflows|triggers)\/(?<secret>[\w/]{8,})/dg,
  },
  // "password": "…", with the quotes of JSON in JSON; an empty value, null and a reference are no secrets.
  {
    kind: 'named-secret',
    pattern: new RegExp(
      `${QUOTE}${NAMED}${QUOTE}\\s*[:=]\\s*(?<open>${QUOTE})(?<secret>(?:(?!${CLOSE})[\\s\\S]){1,4096})${CLOSE}`,
      'gid',
    ),
  },
  {
    kind: 'named-secret',
    pattern: new RegExp(
      `(?<!\\w|\\d:)${NAMED}\\s*[=:]\\s*(?<open>${QUOTE})(?<secret>(?:(?!${CLOSE})[\\s\\S]){1,4096})${CLOSE}`,
      'gid',
    ),
  },
  {
    kind: 'named-secret',
    pattern: new RegExp(
      `(?<!\\w|\\d:)${NAMED}\\s*[=:]\\s*(?<secret>[^\\s"'\\\\,;&{}\\[\\]<>()]{4,4096})`,
      'gid',
    ),
  },
];

/** What is said of a secret, but is none. */
const HARMLESS =
  /^(?:null|true|false|undefined|none|\*+|x+|<[^>]*>|\$\{[^}]*\}|\[masked[:\w-]*\]?|arn:aws[\w-]*:.*|\d{1,4}|\d{4}-\d\d-\d\dT[\d:.]*Z?)$/i;

const run = (text: string, { kind, pattern, accept }: Detector): readonly Finding[] =>
  [...text.matchAll(pattern)].flatMap((match) => {
    const [start, end] = match.indices?.groups?.secret ?? [match.index, match.index + match[0].length];
    const found = text.slice(start, end);
    return HARMLESS.test(found) || accept?.(found) === false ? [] : [{ start, end, kind }];
  });

/** Credentials and personal data in a text, by this project's own patterns. */
export const findPersonal = (text: string): readonly Finding[] =>
  [...CREDENTIALS, ...PERSONAL].flatMap((detector) => run(text, detector));
