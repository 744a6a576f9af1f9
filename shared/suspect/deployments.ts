import { type CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import type { Suspect } from './describe';

/** What changes a function's code; the names carry the API's version (`UpdateFunctionCode20150331v2`). */
const DEPLOYS = /^(UpdateFunctionCode|UpdateFunctionConfiguration|PublishVersion|UpdateAlias)/;

/**
 * Who deployed a function last, by CloudTrail's account of it: best effort, as an event takes minutes to be there.
 * Needs `cloudtrail:LookupEvents`.
 */
export const whoDeployed = async (
  { functionName }: Suspect,
  cloudTrail: CloudTrailClient,
): Promise<string> => {
  try {
    const { Events = [] } = await cloudTrail.send(
      new LookupEventsCommand({
        LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: functionName }],
        MaxResults: 50,
      }),
    );
    const last = Events.find(({ EventName = '' }) => DEPLOYS.test(EventName));
    return last?.Username ?? 'somebody whom CloudTrail does not name (yet)';
  } catch (error) {
    return `somebody: CloudTrail could not be asked (${error instanceof Error ? error.name : 'unknown'})`;
  }
};
