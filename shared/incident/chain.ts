import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { ChainHead } from './incident';
import { incidentKey } from './keys';
import type { Records } from './store';

/**
 * Makes a manifest the newest of an incident's chain, only while the one that it names as the one before it is. False
 * when somebody else was faster. A repeat of what was done is false too: the caller then seals once more behind itself.
 */
export const advanceChain = async (
  { db, table }: Records,
  id: string,
  before: ChainHead | null,
  to: ChainHead,
): Promise<boolean> => {
  try {
    await db.send(
      new UpdateCommand({
        TableName: table,
        Key: incidentKey(id),
        UpdateExpression: 'SET #chain = :to',
        ConditionExpression: `attribute_exists(pk) AND ${before === null ? 'attribute_not_exists(#chain)' : '#chain.#digest = :before'}`,
        ExpressionAttributeNames: { '#chain': 'chain', ...(before === null ? {} : { '#digest': 'sha256' }) },
        ExpressionAttributeValues: { ':to': to, ...(before === null ? {} : { ':before': before.sha256 }) },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
};
