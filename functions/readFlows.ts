import { ec2Client, eventsClient, lambdaClient } from '../shared/aws/clients';
import { requireEnv } from '../shared/aws/environment';
import { log } from '../shared/aws/log';
import { readSettings } from '../shared/aws/settings';
import { readWatchlist } from '../shared/aws/watchlist';
import { addressList } from '../shared/detection/addresses';
import { flowSigns, readFlow } from '../shared/detection/flows';
import { readLogLines } from '../shared/detection/logRecords';
import { putFindings } from '../shared/detection/putFindings';
import type { Detail } from '../shared/detection/raise';
import type { LogRule } from '../shared/detection/sign';
import { interfaceReader } from '../shared/fleet/interfaces';
import { parseFunctionArn } from '../shared/suspect/functionArn';

const { service, stage } = readSettings();
const bus = requireEnv('TOURNIQUET_EVENT_BUS');
const events = eventsClient();
const list = addressList(readWatchlist().addresses);
const readInterfaces = interfaceReader({ ec2: ec2Client(), lambda: lambdaClient() }, () => new Date());

/** What is seen of a function within an hour is one fact. */
const HOUR_MS = 3_600_000;
/** Of more functions on one interface none can be asked about. */
const MOST_SHARED = 5;

/**
 * Plain ask, and no corroboration: a caller can have a function connect to an address of their choosing (server-side
 * request forgery), so it is no act that is the function's own (invariant 11).
 */
const BOUND = { most: 'ask', because: 'at most ask: a caller may have had it connect there' } as const;

const detailOf = (rule: LogRule, arn: string, shared: number, flows: number, hour: number): Detail | null => {
  const suspect = parseFunctionArn(arn);
  if (suspect === null || suspect.functionName.startsWith(`${service}-${stage}-`)) return null;
  const among =
    shared === 1
      ? ''
      : ` It is one of ${shared} functions that share the interface: AWS does not say which it was.`;
  return {
    id: `flow:${rule.id}:${suspect.functionName}:${hour}`,
    rule: rule.id,
    title: rule.title,
    description: `${rule.title}: ${flows} ${flows === 1 ? 'flow' : 'flows'}. ${rule.rationale}.${among}`,
    severity: rule.severity,
    functionArn: suspect.arn,
    firstSeen: new Date(hour * HOUR_MS).toISOString(),
    techniques: rule.techniques,
    bound: BOUND,
    observer: 'network',
  };
};

/**
 * Looks at records of VPC Flow Logs, as a subscription of CloudWatch Logs delivers them: where functions in a VPC connect
 * to. Interfaces that are none of Lambda's are left alone.
 */
export const handler = async (event: unknown): Promise<{ readonly findings: number }> => {
  const read = readLogLines(event);
  if (read === null) {
    log.warn('a payload was none of CloudWatch Logs');
    return { findings: 0 };
  }
  const seen = new Map<string, Map<LogRule, number>>();
  for (const line of read.lines) {
    const flow = readFlow(line);
    for (const rule of flow === null ? [] : flowSigns(flow, list)) {
      const rules = seen.get(flow?.interfaceId ?? '') ?? new Map<LogRule, number>();
      rules.set(rule, (rules.get(rule) ?? 0) + 1);
      seen.set(flow?.interfaceId ?? '', rules);
    }
  }
  if (seen.size === 0) return { findings: 0 };
  const interfaces = await readInterfaces([...seen.keys()]);
  const hour = Math.floor(Date.now() / HOUR_MS);
  const found: Detail[] = [];
  for (const [id, rules] of seen) {
    const arns = interfaces.get(id) ?? [];
    if (arns.length > MOST_SHARED)
      log.warn('too many functions share an interface to be asked about', {
        failed: [...rules.keys()].map((rule) => rule.id),
      });
    else
      for (const arn of arns)
        for (const [rule, flows] of rules)
          found.push(...[detailOf(rule, arn, arns.length, flows, hour)].flatMap((one) => one ?? []));
  }
  await putFindings(events, bus, found);
  return { findings: found.length };
};
