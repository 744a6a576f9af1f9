import * as z from 'zod';
import type { Json } from '../canonical';
import { fingerprint } from '../fingerprint';

const callSchema = z.object({
  eventID: z.string().optional(),
  eventSource: z.string().catch(''),
  eventName: z.string().catch(''),
  eventTime: z.string().catch(''),
  errorCode: z.string().optional(),
  sourceIPAddress: z.string().optional(),
  userAgent: z.string().optional(),
  userIdentity: z
    .object({
      type: z.string().optional(),
      arn: z.string().optional(),
      accountId: z.string().optional(),
      accessKeyId: z.string().optional(),
      invokedBy: z.string().optional(),
      sessionContext: z
        .object({ sessionIssuer: z.object({ arn: z.string().optional() }).optional() })
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
  requestParameters: z.record(z.string(), z.json()).nullish().catch(undefined),
  responseElements: z.record(z.string(), z.json()).nullish().catch(undefined),
});

/** What CloudTrail's record of a call says, as far as it is read here. Everything may be absent. */
export type Call = z.infer<typeof callSchema>;

const isRecord = (value: Json | undefined): value is { readonly [key: string]: Json | undefined } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The values of an environment, wherever in the record one is: `environment: { variables: { NAME: value } }`. */
const hideValues = (value: Json, salt: string, inVariables: boolean): Json => {
  if (typeof value === 'string') return inVariables ? fingerprint(salt, value) : value;
  if (Array.isArray(value)) return value.map((entry: Json) => hideValues(entry, salt, inVariables));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const environment = key.toLowerCase() === 'environment' && isRecord(inner);
      return [key, inner === undefined ? null : hideValues(inner, salt, inVariables || environment)];
    }),
  );
};

/**
 * CloudTrail's record of a call out of its text; as text where it is no JSON. CloudTrail leaves a function's environment
 * out of its records. Should one be there, its values are replaced by fingerprints: they belong into one artifact alone
 * (collectors/environment.ts).
 */
export const readRecord = (
  text: string | undefined,
  salt: string,
): { readonly record: Json; readonly call: Call } => {
  let parsed: Json;
  try {
    // As it was parsed: a schema would leave out a key called `__proto__`, under which somebody could hide.
    parsed = JSON.parse(text ?? '') as Json;
  } catch {
    return { record: text ?? null, call: callSchema.parse({}) };
  }
  const record = hideValues(parsed, salt, false);
  const call = callSchema.safeParse(record);
  return { record, call: call.success ? call.data : callSchema.parse({}) };
};
