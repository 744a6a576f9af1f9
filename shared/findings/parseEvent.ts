import * as z from 'zod/mini';
import { list, text } from '../detection/fields';
import { parseAlarm, type Sent } from './alarm';
import { parseSecurityHub } from './asff';
import { type ParsedEvent, unparseable } from './finding';
import { parseGuardDuty } from './guardDuty';
import { firstIssue } from './issue';
import { parseModeTag } from './modeTag';
import { parseSecurityHubV2 } from './ocsf';
import { quoted } from './oneLine';
import { parseServiceFinding, SERVICE_DETAIL_TYPE, SERVICE_SOURCE } from './serviceFinding';

const envelopeSchema = z.object({
  source: z.string(),
  'detail-type': z.string(),
  time: z.optional(z.string()),
  resources: z.optional(z.unknown()),
  detail: z.unknown(),
});

/** Which parser reads which event: `source` and `detail-type` of the EventBridge envelope. */
const PARSERS: Readonly<Record<string, (detail: unknown, receivedAt: string, sent: Sent) => ParsedEvent>> = {
  'aws.guardduty/GuardDuty Finding': parseGuardDuty,
  'aws.securityhub/Security Hub Findings - Imported': parseSecurityHub,
  // What a person sends from the console; it starts no playbook, and is read where events are read from a file.
  'aws.securityhub/Security Hub Findings - Custom Action': parseSecurityHub,
  'aws.securityhub/Findings Imported V2': parseSecurityHubV2,
  'aws.cloudwatch/CloudWatch Alarm State Change': parseAlarm,
  'aws.cloudwatch/CloudWatch Alarm Contributor State Change': parseAlarm,
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
      `no parser reads events with source ${quoted(source)} and detail-type ${quoted(envelope.data['detail-type'])}`,
    );
  }
  const received = time === undefined ? Number.NaN : Date.parse(time);
  const [resource = null] = list(envelope.data.resources);
  return parse(detail, (Number.isNaN(received) ? now : new Date(received)).toISOString(), {
    accountId: text(event, 'account'),
    region: text(event, 'region'),
    resource: typeof resource === 'string' ? resource : null,
  });
};
