import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { holdKey } from '../incident/keys';
import type { Records } from '../incident/store';

/**
 * A hold on something that several suspects may share (a role). Each containment adds itself; the first one records
 * the original state; whoever leaves last puts it back. So the release of one function never opens another's.
 */
export type Hold<Before> = { readonly before: Before; readonly holders: number };

const read = <Before>(item: Record<string, unknown> | undefined): Hold<Before> | null =>
  item === undefined
    ? null
    : { before: item.before as Before, holders: item.holders instanceof Set ? item.holders.size : 0 };

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
      UpdateExpression: 'SET #before = if_not_exists(#before, :before) ADD holders :holder',
      ExpressionAttributeNames: { '#before': 'before' },
      ExpressionAttributeValues: { ':before': before, ':holder': new Set([holder]) },
      ReturnValues: 'ALL_NEW',
    }),
  );
  return read<Before>(Attributes) ?? { before, holders: 1 };
};

/**
 * Leaves a hold; gives what is left of it, or null when there is none (any more). `again`: the holder had left before,
 * and may have died while it put things back.
 */
export const leaveHold = async <Before>(
  { db, table }: Records,
  resource: string,
  holder: string,
): Promise<(Hold<Before> & { readonly again: boolean }) | null> => {
  try {
    const { Attributes } = await db.send(
      new UpdateCommand({
        TableName: table,
        Key: holdKey(resource),
        UpdateExpression: 'DELETE holders :holder',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':holder': new Set([holder]) },
        ReturnValues: 'ALL_OLD',
      }),
    );
    const old = read<Before>(Attributes);
    if (old === null) return null;
    const again = !(Attributes?.holders instanceof Set && Attributes.holders.has(holder));
    return { before: old.before, holders: old.holders - (again ? 0 : 1), again };
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return null;
    throw error;
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
