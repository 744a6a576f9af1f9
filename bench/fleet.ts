import { setTimeout as sleep } from 'node:timers/promises';
import { PutFunctionConcurrencyCommand, paginateListFunctions } from '@aws-sdk/client-lambda';
import { paginateListExecutions } from '@aws-sdk/client-sfn';
import type { LocalClients } from '../local/clients';
import type { Instance } from '../local/instance';
import { until } from '../local/until';
import { listIncidents } from '../shared/incident/store';
import type { Responder } from './responders';
import { eachOf } from './statistics';
import { isThrottled, makeSuspects, type Suspect } from './suspects';

export type Fleet = {
  readonly functions: number;
  readonly throttled: number;
  readonly contained: number;
  readonly secondsUntilThrottled: number;
  readonly secondsUntilContained: number;
  /** Executions that ended otherwise than planned. */
  readonly failedExecutions: number;
};

/** Roles that the functions share: a denied role has many holders then, and all must get along. */
const ROLES = 8;
const SECONDS_AT_MOST = 600;
/**
 * How many environments each step may have. Every one is a process of some 50 MB here, and a step for each of 200
 * incidents at once would take the machine's memory; on AWS it stands for an account that has little to spare.
 */
export const ENVIRONMENTS = 25;
/** A look at a whole fleet is work for the local AWS, which has enough to do. */
const LOOK_EVERY = 1000;

const limitSteps = async ({ lambda }: LocalClients): Promise<void> => {
  for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
    for (const { FunctionName = '' } of Functions) {
      if (!FunctionName.startsWith('tourniquet-local-')) continue;
      await lambda.send(
        new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: ENVIRONMENTS }),
      );
    }
  }
};

const countFailed = async (
  { stepFunctions: client }: LocalClients,
  { stateMachineArn }: Responder,
): Promise<number> => {
  let failed = 0;
  for await (const page of paginateListExecutions({ client }, { stateMachineArn, statusFilter: 'FAILED' }))
    failed += page.executions?.length ?? 0;
  return failed;
};

/** Puts a finding about every function of a fleet at once, and counts what becomes of them. */
export const containFleet = async (
  { clients, stack }: Instance,
  responder: Responder,
  functions: number,
  onProgress: (throttled: number, contained: number) => void,
): Promise<Fleet> => {
  await limitSteps(clients);
  const suspects = await makeSuspects(clients, functions, Math.min(ROLES, functions));
  const arns = new Set(suspects.map(({ arn }) => arn));
  const records = { db: clients.db, table: stack.incidentTable, now: () => new Date() };
  const from = performance.now();
  const seconds = () => (performance.now() - from) / 1000;
  await Promise.all(suspects.map((suspect) => responder.report(suspect)));

  let open: readonly Suspect[] = suspects;
  let secondsUntilThrottled = 0;
  let contained = 0;
  await until(`${functions} functions are contained`, SECONDS_AT_MOST, async () => {
    const looked = await eachOf(open, 4, async (suspect) => ({
      suspect,
      throttled: await isThrottled(clients, suspect),
    }));
    open = looked.filter(({ throttled }) => !throttled).map(({ suspect }) => suspect);
    if (open.length === 0 && secondsUntilThrottled === 0) secondsUntilThrottled = seconds();
    contained = (await listIncidents(records)).filter(
      ({ functionArn, status, containedAt }) =>
        // One that was given up has the status as well, and nobody saw it throttled.
        arns.has(functionArn ?? '') && status === 'contained' && containedAt !== undefined,
    ).length;
    onProgress(functions - open.length, contained);
    if (open.length === 0 && contained === functions) return true;
    await sleep(LOOK_EVERY);
    return false;
  }).catch((error: unknown) => {
    // What is missing is the result, and is reported as such.
    if (!(error instanceof Error && error.name === 'NeverHappened')) throw error;
  });
  const secondsUntilContained = contained === functions ? seconds() : 0;
  return {
    functions,
    throttled: functions - open.length,
    contained,
    secondsUntilThrottled,
    secondsUntilContained,
    failedExecutions: await countFailed(clients, responder),
  };
};
