/** A secret or parameter that a function's configuration names. */
export type Reference = { readonly variable: string; readonly secret: string };

const SECRET_ARN = /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]{1,512}$/;
const NAMES_A_SECRET = /secret_?(?:name|id|arn)$/i;
const SECRET_NAME = /^[\w/+=.@-]{1,512}$/;

/**
 * The Secrets Manager secrets that environment variables name: by ARN in any variable, by name where the variable's own
 * name says that it holds a name (`DB_SECRET_NAME`). `CLIENT_SECRET` may hold the secret itself: it is not looked up,
 * since a look-up would write the value into CloudTrail. Whether a name is a secret's is for the caller to find out.
 */
export const secretReferences = (variables: Readonly<Record<string, string>>): readonly Reference[] => {
  const found = new Map<string, Reference>();
  for (const [variable, value] of Object.entries(variables)) {
    const named = SECRET_ARN.test(value) || (NAMES_A_SECRET.test(variable) && SECRET_NAME.test(value));
    if (named && !found.has(value)) found.set(value, { variable, secret: value });
  }
  return [...found.values()];
};
