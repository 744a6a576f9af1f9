import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  InvalidToken,
  SendTaskSuccessCommand,
  type SFNClient,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import { DeleteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { tokenKey } from '../incident/keys';
import type { Records } from '../incident/store';

/*
 * Task tokens stay server-side (invariant 5), in an item of their own that nothing shown to people is made from.
 * A token only wakes the playbook, which then reads the record; it carries no answer.
 */

/** Keeps the token of the state that now waits; an older one has timed out or been used. */
export const keepToken = async (
  { db, table, now }: Records,
  incidentId: string,
  token: string,
): Promise<void> => {
  await db.send(
    new PutCommand({ TableName: table, Item: { ...tokenKey(incidentId), token, at: now().toISOString() } }),
  );
};

/** Removes a used token, unless a later state has kept its own meanwhile. */
const forget = async ({ db, table }: Records, incidentId: string, token: string): Promise<void> => {
  try {
    await db.send(
      new DeleteCommand({
        TableName: table,
        Key: tokenKey(incidentId),
        ConditionExpression: '#token = :token',
        ExpressionAttributeNames: { '#token': 'token' },
        ExpressionAttributeValues: { ':token': token },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
};

/**
 * Wakes the waiting playbook, if it waits. A token that was used or has timed out is no error: the state that comes
 * next, or the resuming execution, reads the record before it waits.
 */
export const wake = async (
  records: Records,
  stepFunctions: SFNClient,
  incidentId: string,
): Promise<boolean> => {
  const { db, table } = records;
  const { Item } = await db.send(
    new GetCommand({ TableName: table, Key: tokenKey(incidentId), ConsistentRead: true }),
  );
  if (typeof Item?.token !== 'string') return false;
  try {
    await stepFunctions.send(new SendTaskSuccessCommand({ taskToken: Item.token, output: '{}' }));
  } catch (error) {
    if (
      !(error instanceof TaskTimedOut || error instanceof TaskDoesNotExist || error instanceof InvalidToken)
    )
      throw error;
    return false;
  }
  await forget(records, incidentId, Item.token);
  return true;
};
