import { ACCESS_KEY_ID } from './accessKey';

export const ACCESS_KEY = 'an AWS access key';

/** What a value looks like, by its form: whatever its variable is called. */
const FORMS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/, ACCESS_KEY],
  [/-----BEGIN [A-Z ]*PRIVATE KEY/, 'a private key'],
  [/\bxox[abeoprs]-[\w-]{10,}/, 'a Slack token'],
  [/\b(?:gh[oprsu]_\w{20,}|github_pat_\w{20,})/, 'a GitHub token'],
  [/\b[rs]k_live_\w{10,}/, 'a Stripe key'],
  [/\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]+/, 'a JSON Web Token'],
  [/\b[a-z][a-z0-9+.-]{1,30}:\/\/[^\s/:@]*:[^\s/@]+@/i, 'a URL with a password'],
];

/** A variable that says so itself. `…_NAME`, `…_ARN` and the like say that a reference is in it. */
const SAYS_SO =
  /(?:^|_)(?:secret|token|password|passwd|pwd|passphrase|api_?key|private_?key|access_?key|signing_?key|encryption_?key|credentials?)$/i;
const camelToSnake = (name: string): string => name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2');

/** No secret, whatever its variable is called: a switch, a number, a reference, a path, a placeholder. */
const NO_VALUE = /^(?:|true|false|null|none|\d{1,5}|arn:.*|\{\{resolve:.*|\/[\w./-]*|https?:\/\/[^@]*)$/i;
const SHORTEST = 6;

/** A variable that holds a secret itself, and what it is. Never the value; the id of an access key is no secret. */
export type Burned = { readonly variable: string; readonly kind: string; readonly keyId?: string };

/**
 * The variables of a function that hold a secret in plain text: whoever ran in it, or could read its configuration, has
 * it (Lambda developer guide, "Securing environment variables"; ATT&CK T1552). By the form of the value, and by the
 * variable's own name. A guess on the safe side: it makes a task for a human, and changes nothing.
 */
export const burnedVariables = (variables: Readonly<Record<string, string>>): readonly Burned[] =>
  Object.entries(variables).flatMap(([variable, value]) => {
    const form = FORMS.find(([pattern]) => pattern.test(value));
    if (form !== undefined) {
      const [keyId] = ACCESS_KEY_ID.exec(value) ?? [];
      return [{ variable, kind: form[1], ...(keyId === undefined ? {} : { keyId }) }];
    }
    return SAYS_SO.test(camelToSnake(variable)) && value.length >= SHORTEST && !NO_VALUE.test(value)
      ? [{ variable, kind: 'a secret, by its name' }]
      : [];
  });
