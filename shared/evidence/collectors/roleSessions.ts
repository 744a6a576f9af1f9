import { Readable } from 'node:stream';
import * as z from 'zod';
import type { Artifact, Collector, CollectorInput, CollectorTools, Continue } from '../collector';
import { jsonLine } from '../jsonLine';
import { type Call, readRecord } from '../trail/call';
import { globalRegionOf, lookUp, type Progress, placeSchema, type Search, timeOf } from '../trail/lookup';

/** Sessions of others are followed one key at a time, at two look-ups a second. Their keys also have to fit the cursor. */
const MOST_KEYS = 60;

const KEY = /^[A-Z0-9]{16,32}$/;

const cursorSchema = placeSchema.extend({
  from: z.string(),
  to: z.string(),
  keys: z.array(z.string().regex(KEY)).max(MOST_KEYS),
  more: z.int(),
});

/** The access key that AssumeRole gave somebody, where it was not Lambda that assumed the role for the function. */
const keyGiven = (
  { eventName, requestParameters, responseElements }: Call,
  functionName: string,
): string | null => {
  if (!eventName.startsWith('AssumeRole') || requestParameters?.roleSessionName === functionName) return null;
  const credentials = responseElements?.credentials;
  if (typeof credentials !== 'object' || credentials === null || Array.isArray(credentials)) return null;
  const { accessKeyId } = credentials as { readonly accessKeyId?: unknown };
  return typeof accessKeyId === 'string' && KEY.test(accessKeyId) ? accessKeyId : null;
};

type Keys = { readonly known: string[]; more: number };

/** Lambda names its sessions after the function, and CloudTrail finds a session by that name. Others are found by key. */
const searchesFor = ({ suspect }: CollectorInput): Search[] => {
  const regions = [...new Set([suspect.region, globalRegionOf(suspect.arn, suspect.region)])];
  return [
    ...regions.map((region): Search => ({ region, key: 'ResourceName', value: suspect.roleArn })),
    ...regions.map((region): Search => ({ region, key: 'Username', value: suspect.functionName })),
  ];
};

async function* lines(
  input: CollectorInput,
  searches: Search[],
  range: Parameters<typeof lookUp>[1],
  tools: CollectorTools,
  progress: Progress,
  keys: Keys,
): AsyncGenerator<string> {
  const { suspect, incident } = input;
  // The role may have been changed while the incident was open.
  const roles = new Set([suspect.roleArn, incident.roleArn ?? suspect.roleArn]);
  const regions = [...new Set(searches.map(({ region }) => region))];
  const follow = (key: string): void => {
    for (const region of regions) searches.push({ region, key: 'AccessKeyId', value: key });
  };
  for (const key of keys.known) follow(key);
  for await (const { event, search } of lookUp(searches, range, tools, progress)) {
    const { record, call } = readRecord(event.CloudTrailEvent, incident.id);
    const issuer = call.userIdentity?.sessionContext?.sessionIssuer?.arn;
    const assumed = search.key === 'ResourceName' && call.eventName.startsWith('AssumeRole');
    // A user or another role's session may have the function's name; what is done to the role is in `changes`.
    if (!assumed && (issuer === undefined || !roles.has(issuer))) continue;
    const key = assumed ? keyGiven(call, suspect.functionName) : null;
    if (key !== null && !keys.known.includes(key)) {
      if (keys.known.length < MOST_KEYS) {
        keys.known.push(key);
        follow(key);
      } else keys.more += 1;
    }
    yield jsonLine({
      eventTime: timeOf(event),
      eventName: event.EventName,
      eventId: event.EventId,
      username: event.Username,
      readOnly: event.ReadOnly,
      resources: event.Resources,
      record,
    });
  }
}

/** What was done with the role's credentials in the window, by the function or by whoever had them, and who assumed it. */
export const roleSessions: Collector = {
  id: 'role-sessions',
  title: "Activity of the role's sessions",
  permissions: ['cloudtrail:LookupEvents'],
  async *collect(input, tools): AsyncIterable<Artifact | Continue> {
    const cursor = cursorSchema.safeParse(input.cursor);
    const { from, to } = cursor.success ? cursor.data : input.window;
    const keys: Keys = cursor.success
      ? { known: [...cursor.data.keys], more: cursor.data.more }
      : { known: [], more: 0 };
    const progress: Progress = { next: null, seen: 0 };
    const searches = searchesFor(input);
    const regions = [...new Set(searches.map(({ region }) => region))];
    const range = { from, to, start: cursor.success ? cursor.data : null };
    yield {
      name: 'behaviour/role-sessions.jsonl',
      contentType: 'application/x-ndjson',
      source: `cloudtrail:LookupEvents in ${regions.join(', ')}, ${from} to ${to}, of ${input.suspect.roleArn}`,
      body: Readable.from(lines(input, searches, range, tools, progress, keys), { objectMode: false }),
      completeness: () =>
        [
          `management events alone (a trail's data events are elsewhere), of ${regions.join(' and ')}: what its sessions did in other Regions is in their histories`,
          ...(keys.more > 0 ? [`${keys.more} more sessions of others were not followed`] : []),
          ...(progress.next === null ? [] : ['more follows in the next manifest']),
        ].join('; '),
    };
    if (progress.next !== null)
      yield { continueWith: { ...progress.next, from, to, keys: keys.known, more: keys.more } };
  },
};
