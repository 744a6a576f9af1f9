import { createHash } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Counts } from '../detection/counts';

/** A signature is good for five minutes to either side; it is remembered for longer than that. */
const KEPT_SECONDS = 15 * 60;

/** Notes a signed request, by its signature; false where it was noted before: somebody sends it again. */
export const onceSeen = async ({ db, table }: Counts, signature: string, now: Date): Promise<boolean> => {
  try {
    await db.send(
      new PutCommand({
        TableName: table,
        Item: {
          pk: `request#${createHash('sha256').update(signature).digest('base64url')}`,
          expires: Math.ceil(now.getTime() / 1000) + KEPT_SECONDS,
        },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
};
