import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { holdKey } from '../incident/keys';
import type { Records } from '../incident/store';

/**
 * A hold on something that several suspects may share (a role). Each containment adds itself; the first one records
 * the original state; whoever leaves last puts it back. So the release of one function never opens another's.
 */
export type Hold<Before> = {
  readonly before: Before;
  readonly holders: number;
  /** Whoever left last has begun to put it back, and may have died over it. */
  readonly ending: boolean;
};

const read = <Before>(item: Record<string, unknown> | undefined): Hold<Before> | null =>
  item === undefined
    ? null
    : {
        before: item.before as Before,
        holders: item.holders instanceof Set ? item.holders.size : 0,
        ending: item.ending === true,
      };

/** Joins a hold, recording the original state if it is the first. Joining twice is joining once. */
export const joinHold = async <Before>(
  { db, table }: Records,
  resource: string,
  holder: string,
  before: Before,
): Promise<Hold<Before>> => {
  const { Attributes } = await db.send(
    new UpdateCommand({
      TableName: table,
      Key: holdKey(resource),
      UpdateExpression: 'SET #before = if_not_exists(#before, :before) ADD holders :holder REMOVE ending',
      ExpressionAttributeNames: { '#before': 'before' },
      ExpressionAttributeValues: { ':before': before, ':holder': new Set([holder]) },
      ReturnValues: 'ALL_NEW',
    }),
  );
  return read<Before>(Attributes) ?? { before, holders: 1, ending: false };
};

/** Leaves a hold; gives what is left of it, or null when there is none (any more). */
export const leaveHold = async <Before>(
  { db, table }: Records,
  resource: string,
  holder: string,
): Promise<Hold<Before> | null> => {
  try {
    const { Attributes } = await db.send(
      new UpdateCommand({
        TableName: table,
        Key: holdKey(resource),
        UpdateExpression: 'DELETE holders :holder',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':holder': new Set([holder]) },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return read<Before>(Attributes);
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return null;
    throw error;
  }
};

/**
 * Notes, before it is done, that the original state is being put back: who finds it put back after that, and the hold
 * still there, has done it himself and died before he could say so. Not when somebody joined meanwhile, or it is gone.
 */
export const markEnding = async ({ db, table }: Records, resource: string): Promise<void> => {
  try {
    await db.send(
      new UpdateCommand({
        TableName: table,
        Key: holdKey(resource),
        UpdateExpression: 'SET ending = :true',
        ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(holders)',
        ExpressionAttributeValues: { ':true': true },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
};

/** Forgets a hold that nobody has; gives false when somebody joined meanwhile. */
export const dropHold = async ({ db, table }: Records, resource: string): Promise<boolean> => {
  try {
    await db.send(
      new DeleteCommand({
        TableName: table,
        Key: holdKey(resource),
        ConditionExpression: 'attribute_not_exists(holders)',
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
};

/** The hold as it stands, or null. */
export const readHold = async <Before>(
  { db, table }: Records,
  resource: string,
): Promise<Hold<Before> | null> => {
  const { Item } = await db.send(
    new GetCommand({ TableName: table, Key: holdKey(resource), ConsistentRead: true }),
  );
  return read<Before>(Item);
};

/** Who holds it: the names of the containments. */
export const readHolders = async ({ db, table }: Records, resource: string): Promise<readonly string[]> => {
  const { Item } = await db.send(
    new GetCommand({ TableName: table, Key: holdKey(resource), ConsistentRead: true }),
  );
  return Item?.holders instanceof Set ? [...Item.holders].map(String) : [];
};
