import type { Json } from '../canonical';
import type { Call } from './call';

/** One call that changed what the function runs, or how: who, when, from where, and with what tags. */
export type Deployment = {
  readonly at: string;
  readonly event: string;
  readonly eventId: string | null;
  readonly by: string | null;
  readonly accessKeyId: string | null;
  readonly fromAddress: string | null;
  readonly userAgent: string | null;
  /** Why AWS refused it; null where it was done. */
  readonly refused: string | null;
  /** The function's tags after it, as far as CloudTrail's events tell them. */
  readonly tags: Readonly<Record<string, string>>;
  /** Those of the tags that look like an approval: their key names one. */
  readonly approvalTags: Readonly<Record<string, string>>;
};

const DEPLOYS =
  /^(?:CreateFunction|UpdateFunctionCode|UpdateFunctionConfiguration|DeleteFunction|PublishVersion|CreateAlias|UpdateAlias|DeleteAlias|PutRuntimeManagementConfig|PutFunctionCodeSigningConfig|DeleteFunctionCodeSigningConfig|TagResource|UntagResource)(?:\d{8}(?:v\d+)?)?$/;

/** AWS knows no tag of this kind; these are the words that teams use for one. */
const APPROVAL = /approv|change-?_?(?:id|number|request|ticket)|ticket/i;

const strings = (value: Json | undefined): Readonly<Record<string, string>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(
        Object.entries(value).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])),
      )
    : {};

const tagsAfter = (
  before: Readonly<Record<string, string>>,
  { eventName, requestParameters }: Call,
): Readonly<Record<string, string>> => {
  if (/^(?:CreateFunction|TagResource)/.test(eventName))
    return { ...before, ...strings(requestParameters?.tags) };
  if (!eventName.startsWith('UntagResource')) return before;
  const gone = requestParameters?.tagKeys;
  const keys = Array.isArray(gone) ? gone : [gone];
  return Object.fromEntries(Object.entries(before).filter(([key]) => !keys.includes(key)));
};

/** The deployments among a function's management events, oldest first. */
export const deploymentsOf = (calls: readonly Call[]): readonly Deployment[] => {
  let tags: Readonly<Record<string, string>> = {};
  return calls
    .filter(({ eventSource, eventName }) => eventSource === 'lambda.amazonaws.com' && DEPLOYS.test(eventName))
    .toSorted((a, b) => a.eventTime.localeCompare(b.eventTime))
    .map((call) => {
      const { userIdentity } = call;
      if (call.errorCode === undefined) tags = tagsAfter(tags, call);
      return {
        at: call.eventTime,
        event: call.eventName,
        eventId: call.eventID ?? null,
        by: userIdentity?.arn ?? userIdentity?.invokedBy ?? null,
        accessKeyId: userIdentity?.accessKeyId ?? null,
        fromAddress: call.sourceIPAddress ?? null,
        userAgent: call.userAgent ?? null,
        refused: call.errorCode ?? null,
        tags,
        approvalTags: Object.fromEntries(Object.entries(tags).filter(([key]) => APPROVAL.test(key))),
      };
    });
};
