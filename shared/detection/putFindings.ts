import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SERVICE_DETAIL_TYPE, SERVICE_SOURCE } from '../findings/serviceFinding';
import type { Detail } from './raise';

/** EventBridge takes ten at a time. */
const AT_ONCE = 10;

/**
 * Puts findings onto the service's own bus. Throws where one was not taken: tried again as a whole each is folded where
 * it came through, as it has the id of its fact.
 */
export const putFindings = async (
  events: EventBridgeClient,
  bus: string,
  details: readonly Detail[],
): Promise<void> => {
  for (let from = 0; from < details.length; from += AT_ONCE) {
    const { FailedEntryCount = 0 } = await events.send(
      new PutEventsCommand({
        Entries: details.slice(from, from + AT_ONCE).map((detail) => ({
          EventBusName: bus,
          Source: SERVICE_SOURCE,
          DetailType: SERVICE_DETAIL_TYPE,
          Detail: JSON.stringify(detail),
        })),
      }),
    );
    if (FailedEntryCount > 0) throw new Error(`${FailedEntryCount} findings were not taken by the bus`);
  }
};
