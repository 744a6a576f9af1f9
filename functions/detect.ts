import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { eventsClient, tableClient } from '../shared/aws/clients';
import { listEnv, requireEnv } from '../shared/aws/environment';
import { log } from '../shared/aws/log';
import { isReadable, readCall } from '../shared/detection/call';
import { burstId, type Counts, countBurst } from '../shared/detection/counts';
import { evaluator } from '../shared/detection/evaluate';
import { at, text } from '../shared/detection/fields';
import { type Detail, findingsOf } from '../shared/detection/raise';
import { RULES } from '../shared/detection/rules';
import type { Setting } from '../shared/detection/setting';
import { SERVICE_DETAIL_TYPE, SERVICE_SOURCE } from '../shared/findings/serviceFinding';

const bus = requireEnv('TOURNIQUET_EVENT_BUS');
const counts: Counts = { db: tableClient(), table: requireEnv('TOURNIQUET_COUNT_TABLE') };
const setting: Setting = {
  knownDeployers: listEnv('TOURNIQUET_KNOWN_DEPLOYERS'),
  ownAccounts: listEnv('TOURNIQUET_OWN_ACCOUNTS'),
  ours: `${requireEnv('TOURNIQUET_SERVICE')}-${requireEnv('TOURNIQUET_STAGE')}-`,
};
const events = eventsClient();
const evaluate = evaluator(RULES);

/** EventBridge takes ten at a time. */
const AT_ONCE = 10;

const put = async (details: readonly Detail[]): Promise<void> => {
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
    // Tried again as a whole: each has the id of its fact, and is folded where it came through.
    if (FailedEntryCount > 0) throw new Error(`${FailedEntryCount} findings were not taken by the bus`);
  }
};

/**
 * Looks at one call that CloudTrail recorded, as EventBridge delivers it, and puts what is found onto the service's own
 * bus. Delivered twice it finds the same, under the same id.
 */
export const handler = async (event: unknown): Promise<{ readonly findings: number }> => {
  const call = readCall(at(event, 'detail'));
  if (!isReadable(call)) {
    log.warn('an event was no call that CloudTrail recorded');
    return { findings: 0 };
  }
  const time = call.time ?? Date.now();
  const found = await findingsOf(
    call,
    evaluate(call, setting),
    setting,
    text(event, 'id') ?? String(time),
    async ({ key, what, sign }, burst) => ({
      reached: (await countBurst(counts, key, what, time, burst)) >= burst.least,
      id: burstId(sign.rule.id, key, time, burst),
    }),
  );
  await put(found);
  return { findings: found.length };
};
