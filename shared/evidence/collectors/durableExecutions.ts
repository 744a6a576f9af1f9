import { Readable } from 'node:stream';
import {
  type Execution,
  paginateGetDurableExecutionHistory,
  paginateListDurableExecutionsByFunction,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { listVersions } from '../../containment/qualifiers';
import type { Suspect } from '../../suspect/describe';
import type { Artifact, Collector, CollectorTools, Continue } from '../collector';
import { jsonLine } from '../jsonLine';
import { isOverdue } from '../overdue';

const cursorSchema = z.object({
  from: z.string(),
  to: z.string(),
  /** Where it goes on: the version, and the execution in the order in which Lambda lists them. */
  version: z.string(),
  skip: z.int(),
});
type Cursor = z.infer<typeof cursorSchema>;

type Progress = { executions: number; expired: number; next: Cursor | null };

/** Every version has its own; on managed instances what was last published of `$LATEST` runs under a name of its own. */
const versionsOf = async (suspect: Suspect, { lambda }: CollectorTools): Promise<readonly string[]> => [
  '$LATEST',
  ...(suspect.capacityProvider === undefined ? [] : ['$LATEST.PUBLISHED']),
  ...(await listVersions(suspect.arn, lambda)),
];

/** Oldest first (which Lambda calls the reverse order), so that what begins meanwhile comes behind what was read. */
async function* executionsOf(
  suspect: Suspect,
  Qualifier: string,
  to: string,
  { lambda, signal }: CollectorTools,
): AsyncGenerator<Execution> {
  for await (const page of paginateListDurableExecutionsByFunction(
    { client: lambda },
    { FunctionName: suspect.arn, Qualifier, StartedBefore: new Date(to), ReverseOrder: true, MaxItems: 1000 },
    { abortSignal: signal },
  ))
    yield* page.DurableExecutions ?? [];
}

async function* historyOf(
  DurableExecutionArn: string,
  { lambda, signal }: CollectorTools,
  progress: Progress,
): AsyncGenerator<string> {
  const query = { DurableExecutionArn, IncludeExecutionData: true, MaxItems: 1000 };
  try {
    for await (const page of paginateGetDurableExecutionHistory({ client: lambda }, query, {
      abortSignal: signal,
    }))
      for (const event of page.Events ?? []) yield jsonLine({ execution: DurableExecutionArn, event });
  } catch (error) {
    // Lambda keeps a history for 1 to 90 days after the end, as the function says.
    if (!(error instanceof ResourceNotFoundException)) throw error;
    progress.expired += 1;
  }
}

async function* lines(
  suspect: Suspect,
  { from, to, start }: { readonly from: string; readonly to: string; readonly start: Cursor | null },
  tools: CollectorTools,
  progress: Progress,
): AsyncGenerator<string> {
  const versions = await versionsOf(suspect, tools);
  const first = start === null ? 0 : Math.max(0, versions.indexOf(start.version));
  for (const [index, version] of versions.slice(first).entries()) {
    let place = 0;
    const skip = start !== null && index === 0 ? start.skip : 0;
    for await (const execution of executionsOf(suspect, version, to, tools)) {
      if (isOverdue(tools)) {
        progress.next = { from, to, version, skip: Math.max(place, skip) };
        return;
      }
      place += 1;
      const ended = execution.EndTimestamp?.getTime() ?? Number.POSITIVE_INFINITY;
      if (place <= skip || ended < Date.parse(from)) continue;
      progress.executions += 1;
      yield jsonLine({ execution });
      yield* historyOf(execution.DurableExecutionArn ?? '', tools, progress);
    }
  }
}

/** The durable executions of the function that ran in the window, with the steps of each and what went in and out. */
export const durableExecutions: Collector = {
  id: 'durable-executions',
  title: 'Durable executions that ran it',
  permissions: [
    'lambda:ListVersionsByFunction',
    'lambda:ListDurableExecutionsByFunction',
    'lambda:GetDurableExecutionHistory',
  ],
  async *collect({ suspect, window, cursor: given }, tools): AsyncIterable<Artifact | Continue> {
    // A function is durable from its creation on, or never.
    if (suspect.durable !== true) return;
    const cursor = cursorSchema.safeParse(given);
    const { from, to } = cursor.success ? cursor.data : window;
    const progress: Progress = { executions: 0, expired: 0, next: null };
    const range = { from, to, start: cursor.success ? cursor.data : null };
    yield {
      name: 'behaviour/durable-executions.jsonl',
      contentType: 'application/x-ndjson',
      source: `lambda:ListDurableExecutionsByFunction, lambda:GetDurableExecutionHistory ${from} to ${to}`,
      body: Readable.from(lines(suspect, range, tools, progress), { objectMode: false }),
      completeness: () =>
        [
          `${progress.executions} executions, as far as Lambda still keeps them`,
          ...(progress.expired > 0 ? [`${progress.expired} without their history, which has expired`] : []),
          ...(progress.next === null ? [] : ['more follows in the next manifest']),
        ].join('; '),
    };
    if (progress.next !== null) yield { continueWith: progress.next };
  },
};
