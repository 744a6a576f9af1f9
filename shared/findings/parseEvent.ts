import * as z from 'zod/mini';
import { type ParsedEvent, unparseable } from './finding';
import { parseGuardDuty } from './guardDuty';
import { firstIssue } from './issue';
import { parseModeTag } from './modeTag';
import { parseServiceFinding, SERVICE_DETAIL_TYPE, SERVICE_SOURCE } from './serviceFinding';

const envelopeSchema = z.object({
  source: z.string(),
  'detail-type': z.string(),
  time: z.optional(z.string()),
  detail: z.unknown(),
});

/** Which parser reads which event: `source` and `detail-type` of the EventBridge envelope. */
const PARSERS: Readonly<Record<string, (detail: unknown, receivedAt: string) => ParsedEvent>> = {
  'aws.guardduty/GuardDuty Finding': parseGuardDuty,
  'aws.lambda/AWS API Call via CloudTrail': parseModeTag,
  [`${SERVICE_SOURCE}/${SERVICE_DETAIL_TYPE}`]: parseServiceFinding,
};

/** Reads an event as EventBridge delivers it. Never throws: what cannot be read is said in one sentence. */
export const parseEvent = (event: unknown, now: Date): ParsedEvent => {
  const envelope = envelopeSchema.safeParse(event);
  if (!envelope.success)
    return unparseable(`this is not an EventBridge event: ${firstIssue(envelope.error, 'event')}`);
  const { source, time, detail } = envelope.data;
  const parse = Object.hasOwn(PARSERS, `${source}/${envelope.data['detail-type']}`)
    ? PARSERS[`${source}/${envelope.data['detail-type']}`]
    : undefined;
  if (parse === undefined) {
    return unparseable(
      `no parser reads events with source ${JSON.stringify(source)} and detail-type ${JSON.stringify(envelope.data['detail-type'])}`,
    );
  }
  const received = time === undefined ? Number.NaN : Date.parse(time);
  return parse(detail, (Number.isNaN(received) ? now : new Date(received)).toISOString());
};
