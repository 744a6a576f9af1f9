import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type Admission, admit, type Limits } from '../policy/caps';
import { ADMISSION_KEY } from './keys';
import type { Records } from './store';

/** By containment (`<incident>#<n>`), when it was, in seconds. */
type Times = Readonly<Record<string, number>>;

/**
 * One item keeps what caps and breaker count, so that conditional writes decide among executions that ask at once.
 * `wanted` are all that asked, `begun` those that were admitted, `holding` those whose functions are still contained.
 */
type Book = {
  readonly wanted: Times;
  readonly begun: Times;
  readonly holding: Times;
  readonly version: number;
};

const EMPTY: Book = { wanted: {}, begun: {}, holding: {}, version: 0 };
const HOUR = 3600;

const readBook = async ({ db, table }: Records): Promise<Book> => {
  const { Item } = await db.send(
    new GetCommand({ TableName: table, Key: ADMISSION_KEY, ConsistentRead: true }),
  );
  return Item === undefined ? EMPTY : (Item as unknown as Book);
};

const since = (times: Times, from: number): Times =>
  Object.fromEntries(Object.entries(times).filter(([, at]) => at > from));

const count = (times: Times): number => Object.keys(times).length;

/**
 * The common case in one call: far from every limit, the containment is entered and admitted. False when the counts,
 * with what is outdated among them, are near a limit, or when the book has not been begun.
 */
const enterAtOnce = async (
  { db, table }: Records,
  containment: string,
  now: number,
  limits: Limits,
): Promise<boolean> => {
  try {
    await db.send(
      new UpdateCommand({
        TableName: table,
        Key: ADMISSION_KEY,
        UpdateExpression: 'SET wanted.#c = :now, begun.#c = :now, holding.#c = :now ADD version :one',
        ConditionExpression:
          'attribute_exists(holding) AND attribute_not_exists(holding.#c) AND size(wanted) < :wanted AND size(begun) < :begun AND size(holding) < :holding',
        ExpressionAttributeNames: { '#c': containment },
        ExpressionAttributeValues: {
          ':now': now,
          ':one': 1,
          // The one that asks counts as well.
          ':wanted': limits.breakerCount - 1,
          ':begun': limits.perHour,
          ':holding': limits.floor,
        },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
};

/** What is decided from the book as it stands, and the book after that. */
const decide = async (
  book: Book,
  containment: string,
  now: number,
  limits: Limits,
  countFunctions: () => Promise<number>,
): Promise<{ readonly admission: Admission; readonly after: Book }> => {
  const wanted = { ...since(book.wanted, now - limits.breakerMinutes * 60), [containment]: now };
  const begun = since(book.begun, now - HOUR);
  const contained = count(book.holding);
  const admission = admit(
    {
      wanted: count(wanted),
      lastHour: count(begun),
      contained,
      functions: contained < limits.floor ? null : await countFunctions(),
    },
    limits,
  );
  const version = book.version + 1;
  const after = admission.admitted
    ? {
        wanted,
        begun: { ...begun, [containment]: now },
        holding: { ...book.holding, [containment]: now },
        version,
      }
    : { wanted, begun, holding: book.holding, version };
  return { admission, after };
};

const replace = async ({ db, table }: Records, before: Book, after: Book): Promise<boolean> => {
  try {
    await db.send(
      new PutCommand({
        TableName: table,
        Item: { ...ADMISSION_KEY, ...after },
        ConditionExpression: 'attribute_not_exists(pk) OR version = :version',
        ExpressionAttributeValues: { ':version': before.version },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
};

/** So many at once that none could be counted: no mutation, a human is told (invariant 7). */
const TOO_MANY: Admission = {
  admitted: false,
  because: 'so many functions were to be contained at once that they could not be counted: a human decides',
};
const ATTEMPTS = 40;

/**
 * Whether a containment may begin without a human, counted once however often it is asked. Atomic: of any number of
 * executions that ask at once, no more are admitted than the limits say. Errors of AWS fly: a guard that cannot be
 * evaluated admits nothing.
 */
export const requestAdmission = async (
  records: Records,
  containment: string,
  limits: Limits,
  countFunctions: () => Promise<number>,
): Promise<Admission> => {
  const now = Math.floor(records.now().getTime() / 1000);
  if (await enterAtOnce(records, containment, now, limits)) return { admitted: true };
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const book = await readBook(records);
    if (containment in book.holding) return { admitted: true };
    const { admission, after } = await decide(book, containment, now, limits, countFunctions);
    if (await replace(records, book, after)) return admission;
  }
  return TOO_MANY;
};

/** Gives back the place of a containment that has ended. Twice is once. */
export const leaveAdmission = async ({ db, table }: Records, containment: string): Promise<void> => {
  try {
    await db.send(
      new UpdateCommand({
        TableName: table,
        Key: ADMISSION_KEY,
        UpdateExpression: 'REMOVE holding.#c ADD version :one',
        ConditionExpression: 'attribute_exists(holding.#c)',
        ExpressionAttributeNames: { '#c': containment },
        ExpressionAttributeValues: { ':one': 1 },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
};
