import { GetObjectCommand } from '@aws-sdk/client-s3';
import * as z from 'zod/mini';
import { readAllowances } from '../shared/aws/allowances';
import { eventsClient, metricsClient, s3Client, tableClient } from '../shared/aws/clients';
import { listEnv, requireEnv } from '../shared/aws/environment';
import { log } from '../shared/aws/log';
import { readSettings } from '../shared/aws/settings';
import { learnAll } from '../shared/detection/baseline/learnAll';
import { isTimely, METERED, type Observed, observationsOf } from '../shared/detection/baseline/observation';
import type { Baselines } from '../shared/detection/baseline/store';
import { isReadable, readCall } from '../shared/detection/call';
import type { Counts } from '../shared/detection/counts';
import { isLeftToTrail, trailRules } from '../shared/detection/detectedCalls';
import { evaluator } from '../shared/detection/evaluate';
import { beginLook } from '../shared/detection/look';
import { putFindings } from '../shared/detection/putFindings';
import type { Detail } from '../shared/detection/raise';
import { RULES } from '../shared/detection/rules';
import type { Setting } from '../shared/detection/setting';
import { recordsOf } from '../shared/detection/trailFile';
import { readings } from '../shared/fleet/metered';
import { suppressionOf } from '../shared/policy/allowances';
import { type FunctionArn, parseFunctionArn } from '../shared/suspect/functionArn';

const bus = requireEnv('TOURNIQUET_EVENT_BUS');
const { service, stage, ownAccountId, ownRegion } = readSettings();
const ours = `${service}-${stage}-`;
const setting: Setting = {
  knownDeployers: listEnv('TOURNIQUET_KNOWN_DEPLOYERS'),
  ownAccounts: listEnv('TOURNIQUET_OWN_ACCOUNTS'),
  ours,
};
const baselines: Baselines = { db: tableClient(), table: requireEnv('TOURNIQUET_BASELINE_TABLE') };
const counts: Counts = { db: baselines.db, table: requireEnv('TOURNIQUET_COUNT_TABLE') };
const evaluate = evaluator(trailRules(RULES));
const allowances = readAllowances();
const events = eventsClient();
const s3 = s3Client();
const metrics = metricsClient();

/** Functions that are learned at a time. */
const AT_ONCE = 8;

/** As S3 tells through EventBridge that an object was made. */
const objectSchema = z.object({
  detail: z.object({
    bucket: z.object({ name: z.string().check(z.minLength(3), z.maxLength(63)) }),
    object: z.object({ key: z.string().check(z.minLength(1), z.maxLength(1024)) }),
  }),
});
const scheduleSchema = z.object({ 'detail-type': z.literal('Scheduled Event') });

/** A trail of an organisation tells of all its accounts, and every trail of all Regions. */
const isOfHere = (arn: FunctionArn | null): arn is FunctionArn =>
  arn !== null &&
  arn.accountId === ownAccountId &&
  arn.region === ownRegion &&
  !arn.functionName.startsWith(ours);

/** What the policy suppresses is not told; it is learned all the same. */
const isTold = ({ rule }: Detail, { functionName }: FunctionArn): boolean => {
  const suppressed = suppressionOf({ rule, functionName, by: [] }, allowances, Date.now());
  if (suppressed === null) return true;
  log.info('a sign was dropped: the policy suppresses it', { rule });
  return false;
};

type Learned = { readonly functions: number; readonly findings: number };

const learnEach = async (observed: Iterable<Observed>): Promise<Learned> => {
  const byFunction = new Map<string, Observed['observation'][]>();
  for (const { functionArn, observation } of observed) {
    const known = byFunction.get(functionArn);
    if (known === undefined) byFunction.set(functionArn, [observation]);
    else known.push(observation);
  }
  const waiting = [...byFunction];
  let findings = 0;
  const work = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const [arn, observations] = next;
      const suspect = parseFunctionArn(arn);
      if (!isOfHere(suspect)) continue;
      const learned = await learnAll(
        baselines,
        suspect,
        observations,
        (found) =>
          putFindings(
            events,
            bus,
            found.filter((finding) => isTold(finding, suspect)),
          ),
        new Date(),
      );
      findings += learned.findings;
      if (learned.problem !== undefined)
        log.error('a baseline could not be read, and is learned anew', { error: learned.problem });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { functions: byFunction.size, findings };
};

const ofLogFile = async (Bucket: string, Key: string): Promise<Learned> => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  const observed: Observed[] = [];
  const look = beginLook({ evaluate, setting, allowances, counts });
  const now = new Date();
  for await (const record of recordsOf(Body as AsyncIterable<Uint8Array>)) {
    const call = readCall(record);
    if (!isReadable(call)) continue;
    observed.push(...observationsOf(call, setting, now));
    if (isLeftToTrail(call) && isTimely(call.time ?? 0, now)) await look.see(call, String(call.time));
  }
  const { findings, dropped } = await look.end();
  for (const rule of dropped) log.info('a sign was dropped: the policy suppresses it', { rule });
  await putFindings(
    events,
    bus,
    findings.filter(({ functionArn }) => isOfHere(parseFunctionArn(functionArn))),
  );
  const learned = await learnEach(observed);
  return { ...learned, findings: learned.findings + findings.length };
};

const ofMetrics = async (): Promise<Learned> => {
  const all = await Promise.all(METERED.map((measure) => readings(metrics, measure, new Date())));
  return learnEach(
    all.flat().map(({ functionName, measure, time, amount }) => ({
      functionArn: `arn:aws:lambda:${ownRegion}:${ownAccountId}:function:${functionName}`,
      observation: { kind: 'volume' as const, time, measure, amount },
    })),
  );
};

/**
 * Learns what is usual of functions, and tells what is not: from each log file that a trail writes, as S3 tells of it,
 * and hourly from what Lambda Insights counts. Of the log files it also judges the data events, for which the detector
 * is not woken. The same file twice changes nothing. Throws where a file is no log file
 * of CloudTrail: EventBridge tries again for an hour, and leaves it in the queue of dead letters.
 */
export const handler = async (event: unknown): Promise<Learned> => {
  if (scheduleSchema.safeParse(event).success) return ofMetrics();
  const { bucket, object } = objectSchema.parse(event).detail;
  return ofLogFile(bucket.name, object.key);
};
