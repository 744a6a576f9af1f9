import { Readable } from 'node:stream';
import {
  type CloudWatchLogsClient,
  paginateFilterLogEvents,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Artifact, Collector, Window } from '../collector';

/** At most this many lines in one gathering: what is cut off is said in the manifest, not dropped in silence. */
const MOST_LINES = 200_000;

type Progress = { lines: number; cut: boolean; missing: boolean };

async function* lines(logs: CloudWatchLogsClient, logGroupName: string, window: Window, progress: Progress) {
  const query = { logGroupName, startTime: Date.parse(window.from), endTime: Date.parse(window.to) };
  try {
    for await (const page of paginateFilterLogEvents({ client: logs }, query)) {
      for (const { timestamp, logStreamName, message, eventId } of page.events ?? []) {
        if (progress.lines === MOST_LINES) {
          progress.cut = true;
          return;
        }
        progress.lines += 1;
        // One JSON object a line: whatever the suspect wrote (line breaks, terminal escapes) stays inside a string. JSON
        // leaves U+2028 and U+2029 as they are, which many readers take for line breaks.
        const line = JSON.stringify({
          timestamp: new Date(timestamp ?? 0).toISOString(),
          logStreamName,
          eventId,
          message,
        });
        yield `${line.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}\n`;
      }
    }
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    progress.missing = true;
  }
}

/** The suspect's log lines of the window. */
export const logs: Collector = {
  id: 'logs',
  title: 'CloudWatch logs',
  permissions: ['logs:FilterLogEvents'],
  async *collect({ suspect, window }, tools): AsyncIterable<Artifact> {
    const progress: Progress = { lines: 0, cut: false, missing: false };
    yield {
      name: 'behaviour/logs.jsonl',
      contentType: 'application/x-ndjson',
      source: `logs:FilterLogEvents ${suspect.logGroup} ${window.from} to ${window.to}`,
      body: Readable.from(lines(tools.logs, suspect.logGroup, window, progress), { objectMode: false }),
      completeness: () => {
        if (progress.missing) return `the log group ${suspect.logGroup} does not exist`;
        if (progress.cut) return `cut off after ${MOST_LINES} lines`;
        return 'complete';
      },
    };
  },
};
