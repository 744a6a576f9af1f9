import { randomUUID } from 'node:crypto';
import {
  GetDurableExecutionCommand,
  InvalidParameterValueException,
  paginateListDurableExecutionsByFunction,
  paginateListVersionsByFunction,
  ResourceConflictException,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import { pauseDurableExecution, resumeDurableExecution } from '../../aws/durableApi';
import type { Suspect } from '../../suspect/describe';
import { awsCli } from '../awsCli';
import { type ControlTools, defineControl } from '../control';

type Before = {
  /** The executions that were running, each by what follows the function's ARN: the ledger's record is bounded. */
  readonly running: readonly string[];
  /** Whether there were more than are recorded. */
  readonly more: boolean;
};

/** About 130 bytes each at the longest names: with this many the record keeps well below DynamoDB's 400 KB. */
const MOST = 2000;
/** Lambda's control plane takes 15 writes a second, of everybody in the account. */
const AT_ONCE = 5;

const arnOf = ({ arn }: Suspect, execution: string): string => `${arn}:${execution}`;

/** An unqualified list is that of `$LATEST` alone: every version has its own. */
const listQualifiers = async (suspect: Suspect, { lambda }: ControlTools): Promise<readonly string[]> => {
  // On managed instances what was last published of `$LATEST` runs under a name of its own.
  const qualifiers = suspect.capacityProvider === undefined ? [] : ['$LATEST.PUBLISHED'];
  for await (const page of paginateListVersionsByFunction(
    { client: lambda },
    { FunctionName: suspect.arn },
  )) {
    qualifiers.push(...(page.Versions ?? []).flatMap(({ Version }) => Version ?? []));
  }
  return qualifiers;
};

/** The running executions of all versions, without the function's ARN before them. */
const listRunning = async (suspect: Suspect, tools: ControlTools): Promise<readonly string[]> => {
  const running: string[] = [];
  for (const Qualifier of await listQualifiers(suspect, tools)) {
    for await (const page of paginateListDurableExecutionsByFunction(
      { client: tools.lambda },
      { FunctionName: suspect.arn, Qualifier, Statuses: ['RUNNING'], MaxItems: 1000 },
    )) {
      for (const { DurableExecutionArn } of page.DurableExecutions ?? [])
        running.push((DurableExecutionArn ?? '').slice(suspect.arn.length + 1));
    }
  }
  return running;
};

/** An execution's status, or null when it is no longer known. The SDK's type does not know PAUSING and PAUSED yet. */
const statusOf = async (
  suspect: Suspect,
  execution: string,
  { lambda }: ControlTools,
): Promise<string | null> => {
  try {
    const answer = await lambda.send(
      new GetDurableExecutionCommand({ DurableExecutionArn: arnOf(suspect, execution) }),
    );
    return answer.Status ?? 'UNKNOWN';
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  }
};

/** What AWS may answer when an execution ended, or changed its state, a moment ago. */
const isTooLate = (error: unknown): boolean =>
  error instanceof InvalidParameterValueException ||
  error instanceof ResourceConflictException ||
  error instanceof ResourceNotFoundException;

/** Asks for a change of an execution's state; a refusal counts only if it still is in a state to be changed. */
const change = async (
  suspect: Suspect,
  execution: string,
  from: ReadonlySet<string>,
  request: () => Promise<void>,
  tools: ControlTools,
): Promise<void> => {
  try {
    await request();
  } catch (error) {
    if (!isTooLate(error) || from.has((await statusOf(suspect, execution, tools)) ?? '')) throw error;
  }
};

const inBatches = async <Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> => {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += AT_ONCE)
    results.push(...(await Promise.all(items.slice(start, start + AT_ONCE).map(work))));
  return results;
};

const RUNNING = new Set(['RUNNING']);
const PAUSED = new Set(['PAUSED', 'PAUSING']);
/** Ended by its own code, in the invocation that ran already. */
const ENDED = new Set(['SUCCEEDED', 'FAILED']);

const pause = (suspect: Suspect, execution: string, tools: ControlTools): Promise<void> =>
  change(
    suspect,
    execution,
    RUNNING,
    () =>
      pauseDurableExecution(tools.lambda, arnOf(suspect, execution), {
        // New for every request, the same in its retries: one that is resumed by hand can be paused again.
        ClientToken: randomUUID(),
        // Its own time-out would end it for good while it is held, and nothing could bring it back.
        ExecutionTimeoutPaused: true,
        Reason: reason(tools),
      }),
    tools,
  );

const reason = ({ prefix, holder }: ControlTools): string => `${prefix} contains the function: ${holder}`;

/**
 * Durable executions paused: they live for up to a year, and at concurrency 0 one that cannot go on fails or times out.
 * Paused, each goes on from its last checkpoint at the release. Never stopped, which is for good.
 *
 * Only what was running when it was captured is paused, so that the ledger names every execution that is touched
 * before it is (invariant 1). One that begins after that is held by concurrency 0 alone, and is counted and said.
 */
export const durable = defineControl<Before>({
  id: 'durable',
  title: 'Durable executions',
  permissions: {
    contain: [
      'lambda:ListVersionsByFunction',
      'lambda:ListDurableExecutionsByFunction',
      'lambda:GetDurableExecution',
      'lambda:PauseDurableExecution',
    ],
    release: ['lambda:GetDurableExecution', 'lambda:ResumeDurableExecution'],
  },

  capture: async (suspect, tools) => {
    if (suspect.durable !== true) return { applies: false, why: 'the function has no durable executions' };
    const all = await listRunning(suspect, tools);
    if (all.length === 0) return { applies: false, why: 'no durable execution was running' };
    const running = all.slice(0, MOST);
    return {
      applies: true,
      before: { running, more: all.length > MOST },
      found: `${all.length} running${all.length > MOST ? `, of which ${MOST} are paused` : ''}`,
    };
  },

  apply: async (suspect, { running }, tools) => {
    const live = new Set(await listRunning(suspect, tools));
    await inBatches(
      running.filter((execution) => live.has(execution)),
      (execution) => pause(suspect, execution, tools),
    );
  },

  verify: async (suspect, { running }, tools) => {
    let live = new Set(await listRunning(suspect, tools));
    const isLeft = (execution: string): boolean => live.has(execution);
    // Lambda answers before the pause is in effect.
    for (let attempt = 0; attempt < 20 && running.some(isLeft); attempt++) {
      await tools.pause(1000);
      live = new Set(await listRunning(suspect, tools));
    }
    const left = running.filter(isLeft).length;
    const others = live.size - left;
    return {
      held: left === 0,
      found: [
        `${running.length - left} of ${running.length} run no more`,
        ...(others > 0 ? [`${others} more are held by the stop of new invocations alone`] : []),
      ].join('; '),
    };
  },

  revert: async (suspect, { running }, tools) => {
    const fates = await inBatches(running, (execution) => goOn(suspect, execution, tools));
    const drifts = fates.flatMap((fate) => fate ?? []);
    if (drifts.length > 0) return { outcome: 'drift', detail: drifts.join('; ') };
    return { outcome: 'restored', detail: `${running.length} go on, or ended by themselves` };
  },

  describe: (_suspect, { running, more }) => ({
    does: `pause ${running.length} durable execution(s), and their time-outs with them`,
    inverse: 'resume those that are still paused, each from its last checkpoint and on its own version',
    cautions: [
      'waits and callbacks go on while paused: one with a time-out of its own may run out',
      'an execution goes on with the version that it began with, whatever is deployed meanwhile',
      ...(more
        ? [`more than ${MOST} were running: the rest are held by the stop of new invocations alone`]
        : []),
    ],
  }),

  undo: (suspect, { running }) =>
    running.map((execution) =>
      awsCli(
        suspect.region,
        'lambda',
        'resume-durable-execution',
        '--durable-execution-arn',
        arnOf(suspect, execution),
      ),
    ),
});

/** Resumes an execution that is still paused; gives what became of it otherwise, or null when all is well. */
const goOn = async (suspect: Suspect, execution: string, tools: ControlTools): Promise<string | null> => {
  const status = await statusOf(suspect, execution, tools);
  if (status === null) return `the execution ${execution} is no longer known`;
  if (RUNNING.has(status) || ENDED.has(status)) return null;
  if (!PAUSED.has(status)) return `the execution ${execution} is ${status}`;
  await change(
    suspect,
    execution,
    PAUSED,
    () =>
      resumeDurableExecution(tools.lambda, arnOf(suspect, execution), {
        ClientToken: randomUUID(),
        Reason: `released: ${reason(tools)}`,
      }),
    tools,
  );
  return null;
};
