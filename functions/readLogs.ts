import { eventsClient, tableClient } from '../shared/aws/clients';
import { requireEnv } from '../shared/aws/environment';
import { log } from '../shared/aws/log';
import { readWatchlist } from '../shared/aws/watchlist';
import { burstId, type Counts, countBurst } from '../shared/detection/counts';
import { readLogLines } from '../shared/detection/logRecords';
import { LOG_RULES } from '../shared/detection/logRules';
import { putFindings } from '../shared/detection/putFindings';
import { lineFindings } from '../shared/detection/raiseLines';
import { functionNamed } from '../shared/detection/targets';
import { watchingFinder } from '../shared/detection/watchlist';
import { parseFunctionArn } from '../shared/suspect/functionArn';

const bus = requireEnv('TOURNIQUET_EVENT_BUS');
const region = requireEnv('AWS_REGION');
const counts: Counts = { db: tableClient(), table: requireEnv('TOURNIQUET_COUNT_TABLE') };
const ours = `${requireEnv('TOURNIQUET_SERVICE')}-${requireEnv('TOURNIQUET_STAGE')}-`;
const events = eventsClient();
const findSigns = watchingFinder(LOG_RULES, readWatchlist());

/**
 * Looks at lines of a function's log, as a subscription of CloudWatch Logs delivers them, and puts what is found onto the
 * service's own bus. What is none of a function's, and our own functions' lines, are left alone: a finding that came of
 * a line which we wrote about a finding would go round for ever.
 */
export const handler = async (event: unknown): Promise<{ readonly findings: number }> => {
  const read = readLogLines(event);
  if (read === null) {
    log.warn('a payload was none of CloudWatch Logs');
    return { findings: 0 };
  }
  const arn = functionNamed(read.functionName, { region, account: read.account });
  const suspect = arn === null ? null : parseFunctionArn(arn);
  if (suspect === null || suspect.functionName.startsWith(ours)) return { findings: 0 };
  const time = Date.now();
  const found = await lineFindings(read, suspect, time, findSigns, async (rule, what, burst) => {
    const key = `${rule}:${suspect.arn}`;
    return {
      reached: (await countBurst(counts, key, what, time, burst)) >= burst.least,
      id: burstId(rule, key, time, burst),
    };
  });
  await putFindings(events, bus, found);
  return { findings: found.length };
};
