import { readAllowances } from '../shared/aws/allowances';
import { eventsClient, tableClient } from '../shared/aws/clients';
import { listEnv, requireEnv } from '../shared/aws/environment';
import { log } from '../shared/aws/log';
import { isReadable, readCall } from '../shared/detection/call';
import type { Counts } from '../shared/detection/counts';
import { evaluator } from '../shared/detection/evaluate';
import { at, text } from '../shared/detection/fields';
import { beginLook } from '../shared/detection/look';
import { putFindings } from '../shared/detection/putFindings';
import { RULES } from '../shared/detection/rules';
import type { Setting } from '../shared/detection/setting';

const bus = requireEnv('TOURNIQUET_EVENT_BUS');
const counts: Counts = { db: tableClient(), table: requireEnv('TOURNIQUET_COUNT_TABLE') };
const setting: Setting = {
  knownDeployers: listEnv('TOURNIQUET_KNOWN_DEPLOYERS'),
  ownAccounts: listEnv('TOURNIQUET_OWN_ACCOUNTS'),
  ours: `${requireEnv('TOURNIQUET_SERVICE')}-${requireEnv('TOURNIQUET_STAGE')}-`,
};
const allowances = readAllowances();
const events = eventsClient();
const evaluate = evaluator(RULES);

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
  const look = beginLook({ evaluate, setting, allowances, counts });
  await look.see(call, text(event, 'id') ?? String(call.time ?? Date.now()));
  const { findings, dropped } = await look.end();
  for (const rule of dropped) log.info('a sign was dropped: the policy suppresses it', { rule });
  await putFindings(events, bus, findings);
  return { findings: findings.length };
};
