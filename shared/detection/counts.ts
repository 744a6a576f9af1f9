import { createHash } from 'node:crypto';
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Burst } from './rule';

/** Where the counts of bursts are kept: a table with `pk`, and `expires` for its TTL. */
export type Counts = { readonly db: Pick<DynamoDBDocumentClient, 'send'>; readonly table: string };

/** What others chose becomes a digest: keys and sets are bounded, and hold nothing that they wrote. */
const digest = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 22);

const itemOf = (key: string, window: number): string => `burst#${digest(key)}#${window}`;

type Seen = { readonly seen?: ReadonlySet<string> };

/**
 * Notes what a caller did at a time (milliseconds), and gives how many different things that makes in this window and
 * the one before it. Windows are as long as the burst, so what is counted lies within twice its time at most. Noting the
 * same twice changes nothing: events are delivered more than once, and in any order.
 */
export const countBurst = async (
  { db, table }: Counts,
  key: string,
  what: readonly string[],
  time: number,
  { least, seconds }: Burst,
): Promise<number> => {
  if (what.length === 0) return 0;
  const window = Math.floor(time / (seconds * 1000));
  const now = await db.send(
    new UpdateCommand({
      TableName: table,
      Key: { pk: itemOf(key, window) },
      UpdateExpression: 'ADD seen :what SET expires = :expires',
      ExpressionAttributeValues: {
        ':what': new Set(what.slice(0, least).map(digest)),
        // Seconds since 1970, as TTL wants it; from the window, so that two deliveries write the same.
        ':expires': Math.ceil(((window + 2) * seconds * 1000) / 1000) + 3600,
      },
      ReturnValues: 'ALL_NEW',
    }),
  );
  const seen = (now.Attributes as Seen | undefined)?.seen ?? new Set<string>();
  if (seen.size >= least) return seen.size;
  const before = await db.send(new GetCommand({ TableName: table, Key: { pk: itemOf(key, window - 1) } }));
  return new Set([...seen, ...((before.Item as Seen | undefined)?.seen ?? [])]).size;
};

/** What names a burst's finding: the same for all that happens in one window. */
export const burstId = (ruleId: string, key: string, time: number, { seconds }: Burst): string =>
  `${ruleId}:${digest(key)}:${Math.floor(time / (seconds * 1000))}`;
