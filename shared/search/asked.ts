import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Counts } from '../detection/counts';

/** How long a pair is not asked about again: an incident is long decided by then. */
const KEPT_SECONDS = 30 * 24 * 3600;

/** By the ids of pairs (open.ts), the incidents that asked about them. */
export const readAsked = async (
  { db, table }: Counts,
  ids: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, string>> => {
  const asked = new Map<string, string>();
  for (const pk of new Set(ids)) {
    const { Item } = await db.send(new GetCommand({ TableName: table, Key: { pk }, ConsistentRead: true }));
    // DynamoDB deletes within days of the time, not at it.
    if (Item !== undefined && Number(Item.expires) > now.getTime() / 1000)
      asked.set(pk, String(Item.incident));
  }
  return asked;
};

/** Notes pairs as asked about by an incident. The first to note one keeps it until it expires. */
export const noteAsked = async (
  { db, table }: Counts,
  ids: readonly string[],
  incident: string,
  now: Date,
): Promise<void> => {
  const seconds = Math.floor(now.getTime() / 1000);
  for (const pk of new Set(ids))
    try {
      await db.send(
        new PutCommand({
          TableName: table,
          Item: { pk, incident, expires: seconds + KEPT_SECONDS },
          ConditionExpression: 'attribute_not_exists(pk) OR expires <= :now',
          ExpressionAttributeValues: { ':now': seconds },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
};
