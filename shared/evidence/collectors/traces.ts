import { Readable } from 'node:stream';
import { BatchGetTracesCommand, paginateGetTraceSummaries, type TraceSummary } from '@aws-sdk/client-xray';
import * as z from 'zod';
import type { Artifact, Collector, CollectorInput, CollectorTools, Continue } from '../collector';
import { jsonLine } from '../jsonLine';
import { isOverdue } from '../overdue';

const HOUR = 60 * 60 * 1000;
/** The longest time that GetTraceSummaries looks through at once. */
const SLICE = 6 * HOUR;
/** BatchGetTraces takes five ids (API reference, TraceIds). */
const AT_ONCE = 5;
/** X-Ray keeps traces for 30 days (X-Ray endpoints and quotas). */
const KEPT = 30 * 24 * HOUR;

/** Lambda writes two segments for a function, of these types; both have its name. A name holds no quote (Lambda admits none). */
const filterFor = (functionName: string): string =>
  ['AWS::Lambda', 'AWS::Lambda::Function']
    .map((type) => `service(id(name: "${functionName.replaceAll(/[^\w-]/g, '')}", type: "${type}"))`)
    .join(' OR ');

type Progress = { traces: number; without: number; next: string | null };

const summariesOf = async (
  from: number,
  to: number,
  functionName: string,
  { xray, signal }: CollectorTools,
): Promise<readonly TraceSummary[]> => {
  const found = new Map<string, TraceSummary>();
  const query = {
    StartTime: new Date(from),
    EndTime: new Date(to),
    // All that there are: X-Ray would else give a part of them.
    Sampling: false,
    FilterExpression: filterFor(functionName),
  };
  for await (const page of paginateGetTraceSummaries({ client: xray }, query, { abortSignal: signal }))
    for (const summary of page.TraceSummaries ?? []) found.set(summary.Id ?? '', summary);
  return [...found.values()];
};

const tracesOf = async (ids: readonly string[], { xray, signal }: CollectorTools) => {
  const traces = new Map<string, { readonly Segments: unknown[]; readonly rest: object }>();
  let NextToken: string | undefined;
  do {
    const page = await xray.send(
      new BatchGetTracesCommand({ TraceIds: [...ids], ...(NextToken === undefined ? {} : { NextToken }) }),
      { abortSignal: signal },
    );
    // A long trace comes in several pages.
    for (const { Id = '', Segments = [], ...rest } of page.Traces ?? []) {
      const known = traces.get(Id) ?? { Segments: [], rest };
      known.Segments.push(...Segments);
      traces.set(Id, known);
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined && NextToken !== '');
  return traces;
};

async function* lines(
  { from, to }: { readonly from: string; readonly to: string },
  functionName: string,
  tools: CollectorTools,
  progress: Progress,
): AsyncGenerator<string> {
  for (let start = Date.parse(from); start < Date.parse(to); start += SLICE) {
    if (isOverdue(tools)) {
      progress.next = new Date(start).toISOString();
      return;
    }
    const end = Math.min(start + SLICE, Date.parse(to));
    const summaries = await summariesOf(start, end, functionName, tools);
    for (let first = 0; first < summaries.length; first += AT_ONCE) {
      const batch = summaries.slice(first, first + AT_ONCE);
      const traces = await tracesOf(
        batch.flatMap(({ Id }) => Id ?? []),
        tools,
      );
      for (const summary of batch) {
        const trace = traces.get(summary.Id ?? '');
        progress.traces += 1;
        if (trace === undefined) progress.without += 1;
        yield jsonLine({
          summary,
          trace: trace === undefined ? null : { Id: summary.Id, ...trace.rest, Segments: trace.Segments },
        });
      }
    }
  }
}

const cursorSchema = z.object({ from: z.string(), to: z.string() });

/** X-Ray keeps less than a long window: what is asked for begins where its traces begin. */
const kept = (
  { from, to }: CollectorInput['window'],
  now: Date,
): { readonly from: string; readonly to: string } => ({
  from: new Date(Math.max(Date.parse(from), now.getTime() - KEPT)).toISOString(),
  to,
});

/** The traces of the window in which the function took part. */
export const traces: Collector = {
  id: 'traces',
  title: 'X-Ray traces',
  permissions: ['xray:GetTraceSummaries', 'xray:BatchGetTraces'],
  async *collect({ suspect, window, cursor: given }, tools): AsyncIterable<Artifact | Continue> {
    const cursor = cursorSchema.safeParse(given);
    const range = cursor.success ? cursor.data : kept(window, tools.records.now());
    const progress: Progress = { traces: 0, without: 0, next: null };
    yield {
      name: 'behaviour/traces.jsonl',
      contentType: 'application/x-ndjson',
      source: `xray:GetTraceSummaries, xray:BatchGetTraces ${range.from} to ${range.to}`,
      body: Readable.from(lines(range, suspect.functionName, tools, progress), { objectMode: false }),
      // Never "complete": X-Ray samples, and a function that is not traced has none.
      completeness: () =>
        [
          `a sample: ${progress.traces} traces, of the requests that X-Ray kept. Most are never traced`,
          ...(range.from > window.from && !cursor.success ? ['X-Ray keeps 30 days'] : []),
          ...(progress.without > 0 ? [`${progress.without} without their segments`] : []),
          ...(progress.next === null ? [] : ['more follows in the next manifest']),
        ].join('; '),
    };
    if (progress.next !== null) yield { continueWith: { from: progress.next, to: range.to } };
  },
};
