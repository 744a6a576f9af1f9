import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';

/*
 * What PagerDuty posts when somebody acknowledges or resolves there (developer documentation, "Webhooks V3": payloads and
 * signatures). It decides nothing: who presses in PagerDuty is no approver.
 */

/** PagerDuty's own payloads have some kilobytes. */
const MOST_BYTES = 256 * 1024;

/** Whether a request is PagerDuty's: HMAC-SHA256 over the body; while a secret is rotated there are several signatures. */
export const isFromPagerDuty = (rawBody: Uint8Array, header: string | undefined, secret: string): boolean => {
  if (header === undefined || rawBody.length > MOST_BYTES) return false;
  const expected = Buffer.from(`v1=${createHmac('sha256', secret).update(rawBody).digest('hex')}`);
  return header.split(',').some((signature) => {
    const given = Buffer.from(signature.trim());
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
};

const schema = z.object({
  event: z.object({
    id: z.string().min(1).max(200),
    event_type: z.string(),
    agent: z.object({ summary: z.string().max(200) }).nullish(),
    data: z.object({ incident_key: z.string().nullish() }).loose(),
  }),
});

export type PagerDutyNews = {
  /** PagerDuty's id of the event: the same one is sent again where it was not answered. */
  readonly id: string;
  readonly what: 'acknowledged' | 'resolved';
  readonly incidentId: string;
  /** As PagerDuty calls them; null where it was no person. */
  readonly by: string | null;
};

/** Our incident's id is the alert's `dedup_key`, which PagerDuty calls the incident's key. */
const INCIDENT = /^inc-\d{8}-[0-9a-f]{12}$/;

/** Reads an event about an incident of ours; null for every other. */
export const readPagerDutyEvent = (text: string): PagerDutyNews | null => {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = schema.safeParse(body);
  if (!parsed.success) return null;
  const { id, event_type, agent, data } = parsed.data.event;
  const [, what] = /^incident\.(acknowledged|resolved)$/.exec(event_type) ?? [];
  const incidentId = data.incident_key ?? '';
  if (what === undefined || !INCIDENT.test(incidentId)) return null;
  return { id, what: what as PagerDutyNews['what'], incidentId, by: agent?.summary ?? null };
};
