import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Incident } from './incident';
import { incidentKey } from './keys';
import { appendEntry, type Records } from './store';

/** A function that is found guilty for ever must not make its first incident grow for ever. */
const MOST = 20;

/**
 * Keeps on an earlier incident that it is open again as this one, which names it already. True where that was not kept
 * before: of any number that say so at once, for one.
 */
export const keepReopened = async (
  records: Records,
  { id, reopens }: Pick<Incident, 'id' | 'reopens'>,
): Promise<boolean> => {
  if (reopens === undefined) return false;
  const { db, table } = records;
  try {
    await db.send(
      new UpdateCommand({
        TableName: table,
        Key: incidentKey(reopens),
        UpdateExpression: 'SET reopenedAs = list_append(if_not_exists(reopenedAs, :none), :ids)',
        ConditionExpression:
          'attribute_exists(pk) AND (attribute_not_exists(reopenedAs) OR (NOT contains(reopenedAs, :id) AND size(reopenedAs) < :most))',
        ExpressionAttributeValues: { ':none': [], ':ids': [id], ':id': id, ':most': MOST },
      }),
    );
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
  await appendEntry(records, reopens, 'reopened', `open again as ${id}`);
  return true;
};
