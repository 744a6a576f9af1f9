import { Readable } from 'node:stream';
import * as z from 'zod';
import { roleNameOf } from '../../suspect/functionArn';
import {
  type Artifact,
  type Collector,
  type CollectorInput,
  type CollectorTools,
  type Continue,
  json,
} from '../collector';
import { jsonLine } from '../jsonLine';
import { type Call, readRecord } from '../trail/call';
import { deploymentsOf } from '../trail/deployments';
import {
  globalRegionOf,
  LOOKBACK_DAYS,
  lookUp,
  type Place,
  type Progress,
  placeSchema,
  type Search,
  timeOf,
} from '../trail/lookup';

const cursorSchema = placeSchema.extend({ from: z.string(), to: z.string() });

/** CloudTrail names a function by its name or its ARN, depending on the call, and a role likewise. */
const searchesFor = ({ suspect }: CollectorInput): readonly Search[] => {
  const name = (region: string, value: string): Search => ({ region, key: 'ResourceName', value });
  const roleRegion = globalRegionOf(suspect.arn, suspect.region);
  return [
    name(suspect.region, suspect.functionName),
    name(suspect.region, suspect.arn),
    ...(suspect.roleArn === ''
      ? []
      : [name(roleRegion, roleNameOf(suspect.roleArn)), name(roleRegion, suspect.roleArn)]),
  ];
};

type Found = { readonly calls: Call[] };

/** A function or a role of another account, or of another Region, may have the same name; its ARN says so where it is there. */
async function* lines(
  input: CollectorInput,
  { from, to, start }: { readonly from: string; readonly to: string; readonly start: Place | null },
  tools: CollectorTools,
  progress: Progress,
  found: Found,
): AsyncGenerator<string> {
  for await (const { event, search } of lookUp(searchesFor(input), { from, to, start }, tools, progress)) {
    const { record, call } = readRecord(event.CloudTrailEvent, input.incident.id);
    if (search.region === input.suspect.region) found.calls.push(call);
    yield jsonLine({
      eventTime: timeOf(event),
      eventName: event.EventName,
      eventId: event.EventId,
      username: event.Username,
      resources: event.Resources,
      foundBy: search.value,
      record,
    });
  }
}

const DAY = 24 * 60 * 60 * 1000;

/** As far back as the history goes; a later gathering, whose window does not reach before the incident, takes what came since. */
const beginOf = ({ incident, window: { from, to } }: CollectorInput): string =>
  Date.parse(from) > Date.parse(incident.openedAt) - DAY
    ? from
    : new Date(Date.parse(to) - LOOKBACK_DAYS * DAY).toISOString();

/**
 * Every management event on the function and its role that CloudTrail's history still has, whatever the window: who
 * deployed what may lie long before the first sign.
 */
export const changes: Collector = {
  id: 'changes',
  title: 'Management events on the function and its role',
  permissions: ['cloudtrail:LookupEvents'],
  async *collect(input, tools): AsyncIterable<Artifact | Continue> {
    const cursor = cursorSchema.safeParse(input.cursor);
    const to = cursor.success ? cursor.data.to : input.window.to;
    const from = cursor.success ? cursor.data.from : beginOf(input);
    const start = cursor.success ? cursor.data : null;
    const progress: Progress = { next: null, seen: 0 };
    const found: Found = { calls: [] };
    const searches = searchesFor(input);
    const regions = [...new Set(searches.map(({ region }) => region))];
    yield {
      name: 'behaviour/management-events.jsonl',
      contentType: 'application/x-ndjson',
      source: `cloudtrail:LookupEvents in ${regions.join(', ')}, ${from} to ${to}, of ${searches.map(({ value }) => value).join(', ')}`,
      body: Readable.from(lines(input, { from, to, start }, tools, progress, found), { objectMode: false }),
      completeness: () =>
        `${progress.seen} events: ${progress.next === null ? `those since ${from} that CloudTrail's history has (it reaches back ${LOOKBACK_DAYS} days)` : `down to ${progress.next.until}, the older ones follow in the next manifest`}. CloudTrail shows a call some minutes after it was made. Calls from other Regions are in their histories`,
    };
    yield {
      name: 'behaviour/deployments.json',
      contentType: 'application/json',
      source: 'behaviour/management-events.jsonl of this manifest',
      body: json({ tagsNow: input.suspect.tags, deployments: deploymentsOf(found.calls) }),
      completeness: () =>
        `${progress.next === null ? 'complete' : 'of the events of this manifest; the older ones follow in the next'}; tags as far as the events tell them`,
    };
    if (progress.next !== null) yield { continueWith: { ...progress.next, from, to } };
  },
};
