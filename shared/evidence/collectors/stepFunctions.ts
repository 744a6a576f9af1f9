import { Readable } from 'node:stream';
import {
  DescribeStateMachineCommand,
  type DescribeStateMachineCommandOutput,
  type ExecutionListItem,
  type ExecutionStatus,
  paginateGetExecutionHistory,
  paginateListExecutions,
  paginateListStateMachines,
  StateMachineDoesNotExist,
} from '@aws-sdk/client-sfn';
import * as z from 'zod';
import type { Suspect } from '../../suspect/describe';
import type { Artifact, Collector, CollectorInput, CollectorTools, Continue } from '../collector';
import { jsonLine } from '../jsonLine';
import { isOverdue } from '../overdue';

/** An execution that began this much before the window and ended in it is found too, and a running one of any age. */
const BEFORE = 24 * 60 * 60 * 1000;

/** A history has up to 25,000 events: of the executions beyond these there is a line, and no history. */
const MOST_HISTORIES = 500;

const cursorSchema = z.object({
  from: z.string(),
  to: z.string(),
  /** The machine at which it goes on, and the executions that began at this time or before. */
  machine: z.string(),
  until: z.string(),
  histories: z.int(),
});
type Cursor = z.infer<typeof cursorSchema>;

type Progress = {
  machines: number;
  naming: number;
  executions: number;
  histories: number;
  express: string[];
  unreadable: string[];
  next: Cursor | null;
};

const explain = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/** Whether a text names the function, in an ARN or by its name, which is not part of a longer one. */
export const namesFunction = (text: string, { functionName }: Pick<Suspect, 'functionName'>): boolean => {
  // A name is of letters, digits, _ and -: nothing in it means anything to a pattern.
  const name = functionName.replaceAll(/[^\w-]/g, '');
  return name !== '' && new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(text);
};

const listMachines = async ({ stepFunctions, signal }: CollectorTools): Promise<readonly string[]> => {
  const arns: string[] = [];
  for await (const page of paginateListStateMachines(
    { client: stepFunctions },
    { maxResults: 1000 },
    { abortSignal: signal },
  ))
    arns.push(...(page.stateMachines ?? []).flatMap(({ stateMachineArn }) => stateMachineArn ?? []));
  // A fixed order, so that a later invocation knows where it was.
  return arns.toSorted((a, b) => (a < b ? -1 : 1));
};

const describe = async (
  stateMachineArn: string,
  { stepFunctions, signal }: CollectorTools,
): Promise<DescribeStateMachineCommandOutput | null> => {
  try {
    return await stepFunctions.send(new DescribeStateMachineCommand({ stateMachineArn }), {
      abortSignal: signal,
    });
  } catch (error) {
    // Deleted since it was listed.
    if (error instanceof StateMachineDoesNotExist) return null;
    throw error;
  }
};

type Range = { readonly from: string; readonly to: string; readonly until: string };

/** Newest first, as Step Functions lists them: those that began in the window or shortly before, then older ones that run. */
async function* executionsOf(
  stateMachineArn: string,
  { from, until }: Range,
  { stepFunctions, signal }: CollectorTools,
): AsyncGenerator<ExecutionListItem> {
  const begin = Date.parse(from) - BEFORE;
  const list = async function* (statusFilter?: ExecutionStatus): AsyncGenerator<ExecutionListItem> {
    const query = { stateMachineArn, ...(statusFilter === undefined ? {} : { statusFilter }) };
    for await (const page of paginateListExecutions({ client: stepFunctions }, query, {
      abortSignal: signal,
    }))
      yield* page.executions ?? [];
  };
  for await (const execution of list()) {
    const started = execution.startDate?.getTime() ?? 0;
    if (started > Date.parse(until)) continue;
    if (started < begin) break;
    const stopped = execution.stopDate?.getTime() ?? Number.POSITIVE_INFINITY;
    if (stopped >= Date.parse(from)) yield execution;
  }
  for await (const execution of list('RUNNING')) {
    const started = execution.startDate?.getTime() ?? 0;
    if (started < begin && started <= Date.parse(until)) yield execution;
  }
}

async function* historyOf(
  executionArn: string,
  suspect: Suspect,
  { stepFunctions, signal }: CollectorTools,
  calls: { count: number },
): AsyncGenerator<string> {
  const query = { executionArn, includeExecutionData: true, maxResults: 1000 };
  for await (const page of paginateGetExecutionHistory({ client: stepFunctions }, query, {
    abortSignal: signal,
  })) {
    for (const event of page.events ?? []) {
      // By the function's ARN as resource, or as a parameter of Lambda's integration.
      const { lambdaFunctionScheduledEventDetails: called, taskScheduledEventDetails: task } = event;
      const asked = [called?.resource, task?.resource, task?.parameters];
      if (asked.some((text) => text !== undefined && namesFunction(text, suspect))) calls.count += 1;
      yield jsonLine({ executionArn, event });
    }
  }
}

async function* lines(
  range: Range & { readonly machine: string | null },
  { suspect }: CollectorInput,
  tools: CollectorTools,
  progress: Progress,
): AsyncGenerator<string> {
  for (const arn of await listMachines(tools)) {
    if (range.machine !== null && arn < range.machine) continue;
    const until = arn === range.machine ? range.until : range.to;
    const stop = (time: string): void => {
      progress.next = {
        from: range.from,
        to: range.to,
        machine: arn,
        until: time,
        histories: progress.histories,
      };
    };
    if (isOverdue(tools)) return stop(until);
    progress.machines += 1;
    let machine: DescribeStateMachineCommandOutput | null;
    try {
      machine = await describe(arn, tools);
    } catch (error) {
      if (tools.signal.aborted) throw error;
      progress.unreadable.push(`${arn} (${explain(error)})`);
      continue;
    }
    if (machine === null || !namesFunction(machine.definition ?? '', suspect)) continue;
    progress.naming += 1;
    const { $metadata: _, ...stateMachine } = machine;
    yield jsonLine({ stateMachine });
    if (machine.type === 'EXPRESS') {
      progress.express.push(arn);
      continue;
    }
    for await (const execution of executionsOf(arn, { ...range, until }, tools)) {
      const started = execution.startDate?.toISOString() ?? until;
      if (isOverdue(tools)) return stop(started);
      progress.executions += 1;
      const whole = progress.histories < MOST_HISTORIES;
      const calls = { count: 0 };
      if (whole) {
        progress.histories += 1;
        yield* historyOf(execution.executionArn ?? '', suspect, tools, calls);
      }
      yield jsonLine({ execution, history: whole, callsOfTheFunction: whole ? calls.count : null });
    }
  }
}

/** The executions that may have run the function in the window, with what went in and out of each of their states. */
export const stepFunctions: Collector = {
  id: 'step-functions',
  title: 'Step Functions executions that ran it',
  permissions: [
    'states:ListStateMachines',
    'states:DescribeStateMachine',
    'states:ListExecutions',
    'states:GetExecutionHistory',
  ],
  async *collect(input, tools): AsyncIterable<Artifact | Continue> {
    const cursor = cursorSchema.safeParse(input.cursor);
    const { from, to } = cursor.success ? cursor.data : input.window;
    const range = {
      from,
      to,
      until: cursor.success ? cursor.data.until : to,
      machine: cursor.success ? cursor.data.machine : null,
    };
    const progress: Progress = {
      machines: 0,
      naming: 0,
      executions: 0,
      histories: cursor.success ? cursor.data.histories : 0,
      express: [],
      unreadable: [],
      next: null,
    };
    yield {
      name: 'behaviour/step-functions.jsonl',
      contentType: 'application/x-ndjson',
      source: `states:ListStateMachines, states:ListExecutions, states:GetExecutionHistory ${from} to ${to}`,
      body: Readable.from(lines(range, input, tools, progress), { objectMode: false }),
      completeness: () =>
        [
          `${progress.naming} of ${progress.machines} state machines name the function, with ${progress.executions} executions; one that is given the name in its input is not found`,
          ...(progress.executions > progress.histories ? ['the older ones without their history'] : []),
          ...progress.express.map(
            (arn) => `missing: AWS keeps no executions of the express workflow ${arn}, but in its log group`,
          ),
          ...progress.unreadable.slice(0, 10).map((one) => `not read: ${one}`),
          ...(progress.unreadable.length > 10 ? [`not read: ${progress.unreadable.length - 10} more`] : []),
          ...(progress.next === null ? [] : ['more follows in the next manifest']),
        ].join('; '),
    };
    if (progress.next !== null) yield { continueWith: progress.next };
  },
};
