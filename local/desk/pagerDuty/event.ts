import { z } from 'zod';
import { isJson } from '../json';

/** Events API v2 (https://developer.pagerduty.com/docs/events-api-v2/overview/). */
export const ROUTING_KEY_LENGTH = 32;

const payloadSchema = z.object({
  summary: z.string().min(1).max(1024),
  source: z.string().min(1),
  severity: z.enum(['critical', 'error', 'warning', 'info']),
  timestamp: z.string().optional(),
  component: z.string().optional(),
  group: z.string().optional(),
  class: z.string().optional(),
  custom_details: z.unknown().optional(),
});

const common = { routing_key: z.string(), client: z.string().optional(), client_url: z.string().optional() };
const key = z.string().min(1).max(255);

const eventSchema = z.discriminatedUnion('event_action', [
  z.object({
    ...common,
    event_action: z.literal('trigger'),
    dedup_key: key.optional(),
    payload: payloadSchema,
  }),
  z.object({ ...common, event_action: z.literal('acknowledge'), dedup_key: key }),
  z.object({ ...common, event_action: z.literal('resolve'), dedup_key: key }),
]);

export type PagerDutyEvent = Readonly<z.infer<typeof eventSchema>>;
export type Payload = Readonly<z.infer<typeof payloadSchema>>;

/** The event, or PagerDuty's list of what is wrong with it. */
export const parseEvent = (
  value: unknown,
  routingKey: string,
): PagerDutyEvent | { readonly errors: readonly string[] } => {
  const keyErrors = routingKeyErrors(isJson(value) ? value.routing_key : undefined, routingKey);
  const parsed = eventSchema.safeParse(value);
  const errors = parsed.success ? keyErrors : [...keyErrors, ...reasons(parsed.error)];
  return parsed.success && errors.length === 0 ? parsed.data : { errors };
};

const routingKeyErrors = (given: unknown, routingKey: string): readonly string[] => {
  if (typeof given !== 'string') return [`'routing_key' is missing or blank`];
  if (given.length !== ROUTING_KEY_LENGTH) {
    return [`Length of 'routing_key' is incorrect (should be ${ROUTING_KEY_LENGTH} characters)`];
  }
  return given === routingKey ? [] : [`'routing_key' is not that of a service`];
};

const reasons = (error: z.ZodError): readonly string[] =>
  error.issues
    .filter(({ path }) => path[0] !== 'routing_key')
    .map(({ path, message }) => `'${path.join('.') || 'event'}' is missing or invalid: ${message}`);
