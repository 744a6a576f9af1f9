import { gunzipSync } from 'node:zlib';
import { at, list, text, textOf, type Value } from './fields';

/** Lines of one log group, as CloudWatch Logs gives them. */
export type LogLines = {
  /** The function whose log it is, by name; null where it is another's. */
  readonly functionName: string | null;
  readonly account: string | null;
  readonly lines: readonly string[];
};

/** A subscription's payload is at most 6 MB when it is packed out; more than this is made to exhaust memory. */
const MOST_UNPACKED = 32 * 1024 * 1024;

const unpacked = (data: string): Value => {
  try {
    const bytes = Buffer.from(data, 'base64');
    return JSON.parse(gunzipSync(bytes, { maxOutputLength: MOST_UNPACKED }).toString('utf8'));
  } catch {
    return null;
  }
};

const functionOf = (group: string | null): string | null =>
  /^\/aws\/lambda\/(?:[a-z]{2}-[a-z]+-\d\.)?([\w-]{1,140})$/.exec(group ?? '')?.[1] ?? null;

/**
 * Reads a payload of a subscription (`awslogs.data`, or what is in it), or an answer of GetLogEvents or FilterLogEvents;
 * null where it is none of these. A control message has no lines.
 */
export const readLogLines = (event: Value): LogLines | null => {
  const data = textOf(at(event, 'awslogs.data'));
  const payload = data === null ? event : unpacked(data);
  const events = at(payload, 'logEvents') ?? at(payload, 'events');
  const isPayload = text(payload, 'messageType') !== null || data !== null;
  if (!Array.isArray(events)) return isPayload ? { functionName: null, account: null, lines: [] } : null;
  if (!isPayload && !events.some((entry) => textOf(at(entry, 'message')) !== null)) return null;
  return {
    functionName: functionOf(text(payload, 'logGroup', 'logGroupName')),
    account: text(payload, 'owner'),
    lines:
      text(payload, 'messageType') === 'CONTROL_MESSAGE'
        ? []
        : list(events).flatMap((entry) => textOf(at(entry, 'message')) ?? []),
  };
};

/** A line that is itself a record of CloudTrail, whose trail writes to a log group; null for any other. */
export const recordIn = (line: string): Value => {
  if (!line.startsWith('{') || !line.includes('"eventSource"')) return null;
  try {
    const record: Value = JSON.parse(line);
    return textOf(at(record, 'eventName')) === null ? null : record;
  } catch {
    return null;
  }
};
