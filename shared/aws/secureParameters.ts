import { GetParameterCommand, ParameterNotFound, type SSMClient } from '@aws-sdk/client-ssm';

/** The secrets that the deployment keeps in SSM as SecureString, under `/<service>/<stage>/`. */
export const SECURE_PARAMETERS = [
  'slack-bot-token',
  'slack-signing-secret',
  'slack-signing-secret-previous',
  'pagerduty-routing-key',
  'pagerduty-webhook-secret',
  'webhook-secret',
] as const;
export type SecureParameter = (typeof SECURE_PARAMETERS)[number];

type Cached = { readonly value: string | null; readonly until: number };

/** Five minutes: a rotated secret is picked up soon, and a burst of findings does not ask SSM each time. */
const KEEP_MILLISECONDS = 5 * 60 * 1000;

/**
 * A reader of secure parameters that remembers them for a while. Gives null where a parameter was never put: the
 * deployment does without that channel. Values are never logged and never leave the function.
 */
export const secureParameters = (ssm: SSMClient, prefix: string, now: () => Date) => {
  const cache = new Map<SecureParameter, Cached>();
  return async (name: SecureParameter): Promise<string | null> => {
    const known = cache.get(name);
    if (known !== undefined && known.until > now().getTime()) return known.value;
    const value = await read(ssm, `${prefix}/${name}`);
    cache.set(name, { value, until: now().getTime() + KEEP_MILLISECONDS });
    return value;
  };
};

const read = async (ssm: SSMClient, Name: string): Promise<string | null> => {
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name, WithDecryption: true }));
    const value = Parameter?.Value?.trim() ?? '';
    return value === '' ? null : value;
  } catch (error) {
    if (error instanceof ParameterNotFound) return null;
    throw error;
  }
};
