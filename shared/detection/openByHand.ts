import { randomUUID } from 'node:crypto';
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SERVICE_DETAIL_TYPE, SERVICE_SOURCE } from '../findings/serviceFinding';
import type { Suspect } from '../suspect/describe';

/** What a person reports of a function. */
export type Report = { readonly reason: string; readonly severity: number };

/** The bus did not take it: the sentence says why. */
export class NotOpenedError extends Error {
  override readonly name = 'NotOpenedError';
}

/**
 * Puts a person's finding onto the service's own bus, which starts the playbook as any other finding does: as far as the
 * function's mode says. Who may is what the bus's policy says (infrastructure/busPolicy.cjs). Gives the finding's id.
 */
export const openByHand = async (
  { arn, functionName }: Pick<Suspect, 'arn' | 'functionName'>,
  { reason, severity }: Report,
  bus: string,
  events: EventBridgeClient,
): Promise<string> => {
  const id = `by-hand:${randomUUID()}`;
  const { Entries = [] } = await events.send(
    new PutEventsCommand({
      Entries: [
        {
          EventBusName: bus,
          Source: SERVICE_SOURCE,
          DetailType: SERVICE_DETAIL_TYPE,
          Detail: JSON.stringify({
            id,
            rule: 'reported-by-a-person',
            title: `Somebody reported ${functionName}`,
            description: reason,
            severity,
            functionArn: arn,
          }),
        },
      ],
    }),
  );
  const [entry] = Entries;
  if (entry?.ErrorCode !== undefined)
    throw new NotOpenedError(`the finding was not taken: ${entry.ErrorMessage ?? entry.ErrorCode}`);
  return id;
};
