import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Incident } from './incident';
import { incidentKey } from './keys';
import type { Records } from './store';

/**
 * Sets an attribute of an incident, only while it is still what was read. False where somebody else was faster; a repeat
 * of what was done is false too.
 */
export const swap = async <Name extends 'chain' | 'actionsReminded'>(
  { db, table }: Records,
  incident: Pick<Incident, 'id' | Name>,
  name: Name,
  to: NonNullable<Incident[Name]>,
): Promise<boolean> => {
  const before = incident[name];
  try {
    await db.send(
      new UpdateCommand({
        TableName: table,
        Key: incidentKey(incident.id),
        UpdateExpression: 'SET #name = :to',
        ConditionExpression: `attribute_exists(pk) AND ${before === undefined ? 'attribute_not_exists(#name)' : '#name = :before'}`,
        ExpressionAttributeNames: { '#name': name },
        ExpressionAttributeValues: { ':to': to, ...(before === undefined ? {} : { ':before': before }) },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
};
