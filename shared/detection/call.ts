import { type Caller, readCaller } from './caller';
import { at, text, textOf, type Value } from './fields';

/** One call of an AWS API, as CloudTrail recorded it; whatever it does not say is null. */
export type Call = {
  readonly id: string | null;
  /** The service's short name: `iam` for `iam.amazonaws.com`. */
  readonly service: string;
  /** The operation, without the version of the API that Lambda puts behind it (`UpdateFunctionCode20150331v2`). */
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly time: number | null;
  readonly region: string | null;
  /** The account in which it was made. */
  readonly account: string | null;
  /** The error's code where it failed: of each service its own spelling. */
  readonly error: string | null;
  readonly caller: Caller;
  readonly address: string | null;
  readonly agent: string;
  readonly request: Value;
  readonly response: Value;
  /** `additionalEventData`. */
  readonly more: Value;
  /** The record itself. */
  readonly record: Value;
};

/** What a record is that cannot be judged, as one sentence. */
export type Unreadable = { readonly error: string };

/** Lambda's operations carry the date of the API, and some a `v2`; CloudFront's and Route 53's a date after `_`. */
const VERSION = /_?20\d{2}_?\d{2}_?\d{2}(?:v\d+)?$/;

const nothing = (value: Value): Value => (value === 'null' ? null : value);

/** Denied for want of permission, in any service's spelling. */
export const isDenied = ({ error }: Pick<Call, 'error'>): boolean =>
  error !== null &&
  /(?:AccessDenied|UnauthorizedOperation|Unauthorized|NotAuthorized|Forbidden|AuthorizationError)/i.test(
    error,
  );

/** A dry run fails by design, and says that it would have been let through. */
export const isDryRun = ({ error }: Pick<Call, 'error'>): boolean =>
  error !== null && /DryRunOperation/.test(error);

/**
 * Reads a record of CloudTrail. Only what names the call is needed: recorded events lack fields, mask them and give them
 * in other types (CloudTrail user guide, "Record contents").
 */
export const readCall = (record: Value): Call | Unreadable => {
  const source = textOf(at(record, 'eventSource'));
  const name = textOf(at(record, 'eventName'));
  if (source === null || name === null)
    return {
      error: `the record lacks ${source === null ? 'eventSource' : 'eventName'}: it is no call that CloudTrail recorded`,
    };
  const time = Date.parse(text(record, 'eventTime') ?? '');
  return {
    id: text(record, 'eventID'),
    service: source.toLowerCase().replace(/\.amazonaws\.com(?:\.cn)?$/, ''),
    name: name.replace(VERSION, ''),
    time: Number.isNaN(time) ? null : time,
    region: text(record, 'awsRegion'),
    account: text(record, 'recipientAccountId', 'userIdentity.accountId'),
    error: text(record, 'errorCode') ?? (text(record, 'errorMessage') === null ? null : 'Error'),
    caller: readCaller(record),
    address: text(record, 'sourceIPAddress'),
    agent: (text(record, 'userAgent') ?? '').replace(/^\[(.*)\]$/s, '$1'),
    request: nothing(at(record, 'requestParameters')),
    response: nothing(at(record, 'responseElements')),
    more: nothing(at(record, 'additionalEventData')),
    record,
  };
};

export const isReadable = (call: Call | Unreadable): call is Call => 'service' in call;
