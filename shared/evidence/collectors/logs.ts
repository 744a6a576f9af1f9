import { Readable } from 'node:stream';
import {
  type CloudWatchLogsClient,
  FilterLogEventsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import * as z from 'zod';
import {
  type Artifact,
  type Collector,
  type CollectorTools,
  type Continue,
  json,
  type Window,
} from '../collector';
import { jsonLine } from '../jsonLine';
import { isOverdue } from '../overdue';

/** What is known of the whole, over all invocations. */
const knownSchema = z.object({
  lines: z.int(),
  /** Milliseconds since 1970 of the true first and last event; null before there is one. */
  first: z.nullable(z.number()),
  last: z.nullable(z.number()),
});
type Known = { lines: number; first: number | null; last: number | null };

const cursorSchema = z.object({ ...knownSchema.shape, nextToken: z.string() });

type Progress = Known & { here: number; nextToken: string | undefined; gone: boolean };

/** The events of all streams, page by page, until there is no time for another page. */
async function* lines(
  logs: CloudWatchLogsClient,
  logGroupName: string,
  window: Window,
  tools: Pick<CollectorTools, 'deadline' | 'records' | 'signal'>,
  progress: Progress,
): AsyncGenerator<string> {
  const query = { logGroupName, startTime: Date.parse(window.from), endTime: Date.parse(window.to) };
  try {
    do {
      // A page without events is an answer too: the next one may have some.
      const { events = [], nextToken } = await logs.send(
        new FilterLogEventsCommand({ ...query, nextToken: progress.nextToken }),
        { abortSignal: tools.signal },
      );
      for (const { timestamp = 0, ingestionTime, logStreamName, message, eventId } of events) {
        progress.lines += 1;
        progress.here += 1;
        progress.first = Math.min(progress.first ?? timestamp, timestamp);
        progress.last = Math.max(progress.last ?? timestamp, timestamp);
        yield jsonLine({
          timestamp: new Date(timestamp).toISOString(),
          ingestedAt: ingestionTime === undefined ? undefined : new Date(ingestionTime).toISOString(),
          logStreamName,
          eventId,
          message,
        });
      }
      progress.nextToken = nextToken;
    } while (progress.nextToken !== undefined && !isOverdue(tools));
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    progress.gone = true;
    progress.nextToken = undefined;
  }
}

const time = (milliseconds: number | null): string | null =>
  milliseconds === null ? null : new Date(milliseconds).toISOString();

/** The suspect's log lines of the window, of every stream of its log group. */
export const logs: Collector = {
  id: 'logs',
  title: 'CloudWatch logs',
  permissions: ['logs:FilterLogEvents'],
  async *collect({ suspect, window, cursor }, tools): AsyncIterable<Artifact | Continue> {
    const begun = cursorSchema.safeParse(cursor);
    const progress: Progress = {
      ...(begun.success ? begun.data : { lines: 0, first: null, last: null, nextToken: undefined }),
      here: 0,
      gone: false,
    };
    const source = `logs:FilterLogEvents ${suspect.logGroup} ${window.from} to ${window.to}`;
    const vanished = () =>
      progress.lines === 0
        ? `the log group ${suspect.logGroup} does not exist`
        : `the log group ${suspect.logGroup} was deleted after ${progress.lines} lines were read`;
    yield {
      name: 'behaviour/logs.jsonl',
      contentType: 'application/x-ndjson',
      source,
      body: Readable.from(lines(tools.logs, suspect.logGroup, window, tools, progress), {
        objectMode: false,
      }),
      completeness: () =>
        progress.gone
          ? vanished()
          : progress.nextToken === undefined
            ? 'complete'
            : `${progress.here} lines; more follows in the next manifest`,
    };
    if (progress.nextToken !== undefined) {
      const { lines: count, first, last, nextToken } = progress;
      yield { continueWith: { lines: count, first, last, nextToken } };
      return;
    }
    yield {
      name: 'behaviour/logs.json',
      contentType: 'application/json',
      source,
      body: json({
        logGroup: suspect.logGroup,
        window,
        lines: progress.lines,
        firstEvent: time(progress.first),
        lastEvent: time(progress.last),
      }),
      ...(progress.gone ? { completeness: vanished } : {}),
    };
  },
};
