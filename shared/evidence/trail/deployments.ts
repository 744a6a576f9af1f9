import { approvalsIn, type Tags, tagsAfter } from './approvalTags';
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
  readonly tags: Tags;
  /** Those of the tags that look like an approval: their key names one. */
  readonly approvalTags: Tags;
};

const DEPLOYS =
  /^(?:CreateFunction|UpdateFunctionCode|UpdateFunctionConfiguration|DeleteFunction|PublishVersion|CreateAlias|UpdateAlias|DeleteAlias|PutRuntimeManagementConfig|PutFunctionCodeSigningConfig|DeleteFunctionCodeSigningConfig|TagResource|UntagResource)(?:\d{8}(?:v\d+)?)?$/;

/** The deployments among a function's management events, oldest first. */
export const deploymentsOf = (calls: readonly Call[]): readonly Deployment[] => {
  let tags: Tags = {};
  return calls
    .filter(({ eventSource, eventName }) => eventSource === 'lambda.amazonaws.com' && DEPLOYS.test(eventName))
    .toSorted((a, b) => a.eventTime.localeCompare(b.eventTime))
    .map((call) => {
      const { userIdentity } = call;
      if (call.errorCode === undefined) tags = tagsAfter(tags, call.eventName, call.requestParameters);
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
        approvalTags: approvalsIn(tags),
      };
    });
};
