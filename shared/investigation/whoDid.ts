import { type CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import * as z from 'zod';

/** A call that changed something, as CloudTrail has it. */
export type Act = { readonly event: string; readonly by: string; readonly at: string };

/** What CloudTrail writes of a call, as far as it says who made it. Everything may be absent. */
export const callShape = z.object({
  eventName: z.string().optional(),
  eventTime: z.string().optional(),
  errorCode: z.string().optional(),
  userIdentity: z
    .object({
      arn: z.string().optional(),
      invokedBy: z.string().optional(),
      sessionContext: z
        .object({ sessionIssuer: z.object({ arn: z.string().optional() }).optional() })
        .optional(),
    })
    .optional(),
});
type Call = z.infer<typeof callShape>;

/** Who made a call, in one word; null where it failed, only read, or invoked. */
export const actOf = (call: Call): Act | null => {
  const { eventName, eventTime, errorCode, userIdentity } = call;
  if (eventName === undefined || errorCode !== undefined) return null;
  if (/^(?:Invoke|Get|List|Describe)/.test(eventName)) return null;
  const by = userIdentity?.arn ?? userIdentity?.invokedBy ?? 'somebody CloudTrail does not name';
  return { event: eventName, by, at: eventTime ?? '' };
};

/** Whether a call was made by a role whose name begins so. */
const isBy = ({ userIdentity }: Call, rolePrefix: string): boolean =>
  (userIdentity?.sessionContext?.sessionIssuer?.arn ?? '').includes(`:role/${rolePrefix}`);

const parseCall = (text: string | undefined): Call | null => {
  try {
    return callShape.parse(JSON.parse(text ?? ''));
  } catch {
    return null;
  }
};

/**
 * Who changed any of some resources since a time, newest first. Best effort: CloudTrail shows a call some minutes after
 * it was made, admits two look-ups a second, and names what it is about now by name, now by ARN. Ours are left out.
 */
export const whoDid = async (
  cloudTrail: CloudTrailClient,
  resources: readonly string[],
  since: Date,
  ours: string,
): Promise<readonly Act[]> => {
  const acts = new Map<string, Act>();
  for (const AttributeValue of new Set(resources.filter((name) => name !== ''))) {
    const { Events = [] } = await cloudTrail.send(
      new LookupEventsCommand({
        LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue }],
        // Events have whole seconds.
        StartTime: new Date(Math.floor(since.getTime() / 1000) * 1000),
        MaxResults: 50,
      }),
    );
    for (const { EventId, EventTime, ReadOnly, CloudTrailEvent } of Events) {
      if (ReadOnly === 'true') continue;
      const call = parseCall(CloudTrailEvent);
      const act = call === null || isBy(call, ours) ? null : actOf(call);
      if (act === null) continue;
      const at = act.at || (EventTime === undefined ? '' : new Date(EventTime).toISOString());
      acts.set(EventId ?? `${act.event}${at}`, { ...act, at });
    }
  }
  return [...acts.values()].toSorted((a, b) => b.at.localeCompare(a.at));
};
