import { gunzipSync, gzipSync } from 'node:zlib';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { type Baseline, isBaseline, NO_BASELINE, parseBaseline } from './baseline';

/** Where baselines are kept: one item for each function, by its unqualified ARN (`pk`). */
export type Baselines = { readonly db: Pick<DynamoDBDocumentClient, 'send'>; readonly table: string };

export type Stored = {
  readonly baseline: Baseline;
  /** 0 where there is none yet. */
  readonly revision: number;
  /** What was there could not be read: the function is learned anew. */
  readonly problem?: string;
};

/** A baseline is at most some 60 kB; packed, as a write is paid by the kilobyte. */
const MOST_UNPACKED = 1024 * 1024;

/** A function that nothing is heard of for so long is learned anew, as its ring is empty by then. */
const KEPT_DAYS = 60;
const DAY_S = 86_400;

const unpack = (packed: unknown): ReturnType<typeof parseBaseline> => {
  if (!(packed instanceof Uint8Array)) return { error: 'packed: not binary' };
  try {
    return parseBaseline(JSON.parse(gunzipSync(packed, { maxOutputLength: MOST_UNPACKED }).toString('utf8')));
  } catch (error) {
    return { error: `packed: ${(error as Error).message}` };
  }
};

export const getBaseline = async ({ db, table }: Baselines, arn: string): Promise<Stored> => {
  const { Item } = await db.send(
    new GetCommand({ TableName: table, Key: { pk: arn }, ConsistentRead: true }),
  );
  if (Item === undefined) return { baseline: NO_BASELINE, revision: 0 };
  const revision = typeof Item.revision === 'number' ? Item.revision : 0;
  const read = unpack(Item.packed);
  return isBaseline(read)
    ? { baseline: read, revision }
    : { baseline: NO_BASELINE, revision, problem: read.error };
};

/** Writes what follows a revision; false where somebody else did meanwhile, and nothing was written. */
export const putBaseline = async (
  { db, table }: Baselines,
  arn: string,
  baseline: Baseline,
  { revision }: Pick<Stored, 'revision'>,
  now: Date,
): Promise<boolean> => {
  try {
    await db.send(
      new PutCommand({
        TableName: table,
        Item: {
          pk: arn,
          revision: revision + 1,
          packed: gzipSync(JSON.stringify(baseline)),
          expires: Math.ceil(now.getTime() / 1000) + KEPT_DAYS * DAY_S,
        },
        ConditionExpression:
          revision === 0
            ? 'attribute_not_exists(pk) OR attribute_not_exists(revision)'
            : 'revision = :revision',
        ...(revision === 0 ? {} : { ExpressionAttributeValues: { ':revision': revision } }),
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
};
