import {
  type CloudTrailClient,
  type Event as LookedUp,
  type LookupAttributeKey,
  LookupEventsCommand,
} from '@aws-sdk/client-cloudtrail';
import * as z from 'zod';
import type { CollectorTools } from '../collector';
import { isOverdue } from '../overdue';

/** One look-up: CloudTrail takes one attribute at a time, and keeps a history for each Region. */
export type Search = {
  readonly region: string;
  readonly key: LookupAttributeKey;
  readonly value: string;
};

/** Where a row of searches was interrupted: it goes on with the older events of that search, from this second on. */
export const placeSchema = z.object({ search: z.int().nonnegative(), until: z.string() });
export type Place = z.infer<typeof placeSchema>;

export type Progress = { next: Place | null; seen: number };

/** CloudTrail's event history reaches back 90 days (API reference, LookupEvents). */
export const LOOKBACK_DAYS = 90;

/** Where a partition's global services (IAM, STS's global endpoint) write their events. */
const GLOBAL_REGIONS: Readonly<Record<string, string>> = {
  aws: 'us-east-1',
  'aws-cn': 'cn-north-1',
  'aws-us-gov': 'us-gov-west-1',
};

/** The Region of the events of IAM's calls, for a function of this ARN. */
export const globalRegionOf = (functionArn: string, region: string): string =>
  GLOBAL_REGIONS[functionArn.split(':')[1] ?? ''] ?? region;

/** LookupEvents gives a time as a number, the local AWS as text. */
export const timeOf = (event: LookedUp): string => {
  const time = new Date(event.EventTime ?? Number.NaN);
  return Number.isNaN(time.getTime()) ? '' : time.toISOString();
};

async function* pages(
  client: CloudTrailClient,
  { key, value }: Search,
  from: string,
  to: string,
  signal: AbortSignal,
): AsyncGenerator<{ readonly events: readonly LookedUp[]; readonly last: boolean }> {
  let NextToken: string | undefined;
  do {
    const page = await client.send(
      new LookupEventsCommand({
        LookupAttributes: [{ AttributeKey: key, AttributeValue: value }],
        // Events have whole seconds.
        StartTime: new Date(Math.floor(Date.parse(from) / 1000) * 1000),
        EndTime: new Date(Math.ceil(Date.parse(to) / 1000) * 1000),
        MaxResults: 50,
        ...(NextToken === undefined ? {} : { NextToken }),
      }),
      { abortSignal: signal },
    );
    NextToken = page.NextToken === '' ? undefined : page.NextToken;
    yield { events: page.Events ?? [], last: NextToken === undefined };
  } while (NextToken !== undefined);
}

/**
 * What some searches find between two times, each newest first, one search after the other, every event once. Stops when
 * the collector is overdue and says in `progress` where it goes on: that second is then read again, so that an event may
 * stand in two gatherings and none is left out. `searches` may grow while it is read.
 */
export async function* lookUp(
  searches: readonly Search[],
  { from, to, start }: { readonly from: string; readonly to: string; readonly start: Place | null },
  tools: Pick<CollectorTools, 'cloudTrailIn' | 'signal' | 'deadline' | 'records'>,
  progress: Progress,
): AsyncGenerator<{ readonly event: LookedUp; readonly search: Search }> {
  const known = new Set<string>();
  for (let at = start?.search ?? 0; at < searches.length; at++) {
    const search = searches[at];
    if (search === undefined) break;
    const begun = start !== null && at === start.search ? start.until : to;
    let until = begun;
    const client = tools.cloudTrailIn(search.region);
    for await (const { events, last } of pages(client, search, from, begun, tools.signal)) {
      for (const event of events) {
        until = timeOf(event) || until;
        const id = event.EventId ?? `${search.value} ${progress.seen}`;
        if (known.has(id)) continue;
        known.add(id);
        progress.seen += 1;
        yield { event, search };
      }
      // Not within the second in which it began: the next one would begin there too, and so for ever.
      if (!last && until !== begun && isOverdue(tools)) {
        progress.next = { search: at, until };
        return;
      }
    }
    if (isOverdue(tools) && at + 1 < searches.length) {
      progress.next = { search: at + 1, until: to };
      return;
    }
  }
}
