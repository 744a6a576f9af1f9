import { paginateListFunctions } from '@aws-sdk/client-lambda';
import * as z from 'zod/mini';
import { cloudTrailClients, eventsClient, iamClient, lambdaClient, tableClient } from '../shared/aws/clients';
import { listEnv, requireEnv } from '../shared/aws/environment';
import { log } from '../shared/aws/log';
import { readSettings } from '../shared/aws/settings';
import { putFindings } from '../shared/detection/putFindings';
import {
  type Approvals,
  type Approved,
  forget,
  getApproved,
  lastLooks,
  putApproved,
} from '../shared/fleet/approved';
import { judgeState } from '../shared/fleet/judgeState';
import { stateReader } from '../shared/fleet/readState';
import { type State, stateChanges } from '../shared/fleet/state';
import { findClosedSince, findOpenIncident, type Records } from '../shared/incident/store';
import { whoDid } from '../shared/investigation/whoDid';
import { parseFunctionArn, roleNameOf } from '../shared/suspect/functionArn';

const settings = readSettings();
const prefix = `${settings.service}-${settings.stage}`;
const bus = requireEnv('TOURNIQUET_EVENT_BUS');
const knownDeployers = listEnv('TOURNIQUET_KNOWN_DEPLOYERS');
const lambda = lambdaClient();
const iam = iamClient();
const events = eventsClient();
const cloudTrail = cloudTrailClients()(settings.ownRegion);
const db = tableClient();
const approvals: Approvals = { db, table: requireEnv('TOURNIQUET_APPROVED_TABLE') };
const records: Records = { db, table: settings.table, now: () => new Date() };

/** By hand: these functions, by name, now. */
const byHandSchema = z.object({ functions: z.array(z.string().check(z.regex(/^[\w-]{1,64}$/))) });

const HOUR_MS = 3_600_000;
/** Every function is looked at once in so long, in whichever of the hourly runs has the time for it. */
const EVERY_MS = 23 * HOUR_MS;
/** Not looked at for so long: the runs do not get round, and people must know. */
const LATE_MS = 3 * 24 * HOUR_MS;
/** CloudTrail shows a call up to 15 minutes late ("Working with CloudTrail event history"). */
const TRAIL_DELAY_MS = 15 * 60_000;
/** What is left of a run's time when it stops. */
const RESERVE_MS = 60_000;

class SweepFailedError extends Error {
  override readonly name = 'SweepFailedError';
}

const listFunctions = async (): Promise<readonly string[]> => {
  const arns: string[] = [];
  for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {}))
    arns.push(
      ...Functions.flatMap(({ FunctionArn = '', FunctionName = '' }) =>
        FunctionName.startsWith(`${settings.service}-`) ? [] : [FunctionArn],
      ),
    );
  return arns;
};

const learn = (arn: string, state: State, by: string, because: string): Promise<void> => {
  const now = records.now().toISOString();
  return putApproved(approvals, arn, { version: 1, state, by, because, approvedAt: now, lookedAt: now });
};

const lookedAgain = (arn: string, approved: Approved, raised?: string): Promise<void> =>
  putApproved(approvals, arn, {
    ...approved,
    lookedAt: records.now().toISOString(),
    ...(raised === undefined ? {} : { raised }),
  });

/** Compares one function with its approved state, and gives whether a finding came of it. */
const look = async (arn: string, read: (arn: string) => Promise<State | null>): Promise<boolean> => {
  const [approved, open] = await Promise.all([getApproved(approvals, arn), findOpenIncident(records, arn)]);
  // What we changed ourselves, and what is deployed while it is contained, the drift watch looks at.
  if (open !== null) return false;
  const state = await read(arn);
  if (state === null) {
    await forget(approvals, arn);
    return false;
  }
  if (approved === null) {
    await learn(arn, state, 'nobody', 'the first that was seen: what was there before is not vouched for');
    return false;
  }
  if (stateChanges(approved.state, state).length === 0) {
    // The same as was approved: what was not kept of it at the time is taken from what is there.
    await lookedAgain(arn, { ...approved, state: { ...state, ...approved.state } });
    return false;
  }
  const since = new Date(Date.parse(approved.lookedAt) - TRAIL_DELAY_MS);
  const closed = await findClosedSince(records, arn, new Date(approved.lookedAt));
  if (closed?.decision !== undefined) {
    await learn(arn, state, closed.decision.by, `released with ${closed.id}`);
    return false;
  }
  const name = parseFunctionArn(arn)?.functionName ?? '';
  const acts = await whoDid(cloudTrail, [name, arn, roleNameOf(state.deployed.role)], since, prefix);
  const outcome = judgeState(
    arn,
    approved,
    state,
    acts.map(({ by }) => by),
    knownDeployers,
  );
  if (outcome.kind === 'approved') await learn(arn, state, outcome.by, outcome.because);
  if (outcome.kind !== 'raised') return false;
  if (approved.raised !== outcome.detail.id) await putFindings(events, bus, [outcome.detail]);
  // After it was put: a run that dies in between raises it again, under the same id.
  await lookedAgain(arn, approved, outcome.detail.id);
  return approved.raised !== outcome.detail.id;
};

/** The functions that are due, those first that were looked at least recently. */
const due = async (arns: readonly string[], now: number): Promise<readonly string[]> => {
  const looks = await lastLooks(approvals);
  const at = (arn: string): number => Date.parse(looks.get(arn) ?? '') || 0;
  return arns.filter((arn) => now - at(arn) >= EVERY_MS).toSorted((a, b) => at(a) - at(b));
};

type Context = { readonly getRemainingTimeInMillis: () => number };
type Swept = { readonly looked: number; readonly raised: number; readonly left: number };

/**
 * Compares functions with their last approved states: CloudTrail's delivery is best effort, and what it did not deliver
 * must not go unseen. Each is looked at about once a day. Throws at the end where some could not be read, or were not got
 * round to for three days: people are told by the alarm on that.
 */
export const handler = async (event: unknown, context: Context): Promise<Swept> => {
  const names = byHandSchema.safeParse(event).data?.functions;
  const now = Date.now();
  const wanted =
    names === undefined
      ? await due(await listFunctions(), now)
      : names.map((name) => `arn:aws:lambda:${settings.ownRegion}:${settings.ownAccountId}:function:${name}`);
  const read = stateReader({ lambda, iam }, `${settings.service}-`);
  let [looked, raised] = [0, 0];
  const failed: string[] = [];
  for (const arn of wanted) {
    if (context.getRemainingTimeInMillis() < RESERVE_MS) break;
    looked += 1;
    try {
      if (await look(arn, read)) raised += 1;
    } catch (error) {
      log.error('a function could not be compared with its approved state', { error });
      failed.push(parseFunctionArn(arn)?.functionName ?? '');
    }
  }
  const left = wanted.slice(looked);
  const looks = left.length === 0 ? null : await lastLooks(approvals);
  const late = left.filter((arn) => now - (Date.parse(looks?.get(arn) ?? '') || now) > LATE_MS);
  if (failed.length > 0)
    throw new SweepFailedError(
      `${failed.length} functions could not be read: ${failed.slice(0, 20).join(', ')}`,
    );
  if (late.length > 0)
    throw new SweepFailedError(
      `${late.length} functions were not looked at for three days: there are too many`,
    );
  return { looked, raised, left: left.length };
};
