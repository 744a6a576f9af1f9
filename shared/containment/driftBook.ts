import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { driftKey } from '../incident/keys';
import type { Records } from '../incident/store';

/** Something people are to be told. Kept until it was handed over, so that a watch that dies keeps nothing to itself. */
export type Message = {
  readonly about: 'drift' | 'drift-escalated' | 'candidate' | 'losses';
  readonly detail: readonly string[];
};

/** What the drift watch remembers of one containment. */
export type DriftBook = {
  readonly containment: number;
  /** When each control was put back, by its id. */
  readonly putBacks: Readonly<Record<string, readonly string[]>>;
  /** What was told last of each subject, and when: nobody is told the same every five minutes. */
  readonly told: Readonly<Record<string, { readonly text: string; readonly at: string }>>;
  readonly untold: readonly Message[];
};

const EMPTY = { putBacks: {}, told: {}, untold: [] } as const;

/*
 * One at a time looks at an incident, and a release begins only when nobody does:
 *
 *   watch:   take the book ──► read the incident: contained ──► verify, apply ──► leave the book
 *   release: the incident is releasing ──► read the book: taken ──► wait ──► revert
 *
 * Each writes first and reads after, so one of the two always sees the other: nothing is put on again behind a release.
 */

/** Takes the book of an incident for so many seconds; null while somebody else has it. */
export const takeBook = async (
  { db, table, now }: Records,
  incidentId: string,
  containment: number,
  taker: string,
  seconds: number,
): Promise<DriftBook | null> => {
  const at = now().getTime();
  try {
    const { Attributes } = await db.send(
      new UpdateCommand({
        TableName: table,
        Key: driftKey(incidentId),
        UpdateExpression: 'SET taker = :taker, takenUntil = :until',
        ConditionExpression: 'attribute_not_exists(taker) OR takenUntil < :now',
        ExpressionAttributeValues: { ':taker': taker, ':until': at + seconds * 1000, ':now': at },
        ReturnValues: 'ALL_NEW',
      }),
    );
    const book = Attributes?.book as DriftBook | undefined;
    return book?.containment === containment ? book : { containment, ...EMPTY };
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return null;
    throw error;
  }
};

/** Writes what is remembered, and takes the book for longer. Throws for one whose place another has taken meanwhile. */
export const saveBook = async (
  { db, table, now }: Records,
  incidentId: string,
  taker: string,
  seconds: number,
  book: DriftBook,
): Promise<void> => {
  await db.send(
    new UpdateCommand({
      TableName: table,
      Key: driftKey(incidentId),
      UpdateExpression: 'SET book = :book, takenUntil = :until',
      ConditionExpression: 'taker = :taker',
      ExpressionAttributeValues: {
        ':taker': taker,
        ':book': book,
        ':until': now().getTime() + seconds * 1000,
      },
    }),
  );
};

/** Leaves the book to others. */
export const leaveBook = async ({ db, table }: Records, incidentId: string, taker: string): Promise<void> => {
  try {
    await db.send(
      new UpdateCommand({
        TableName: table,
        Key: driftKey(incidentId),
        UpdateExpression: 'REMOVE taker, takenUntil',
        ConditionExpression: 'taker = :taker',
        ExpressionAttributeValues: { ':taker': taker },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
};

/** Waits until nobody looks at an incident any more: for what must not be undone behind its back. */
export const untilUnwatched = async (
  { db, table, now }: Records,
  incidentId: string,
  pause: (milliseconds: number) => Promise<void>,
): Promise<void> => {
  for (;;) {
    const { Item } = await db.send(
      new GetCommand({ TableName: table, Key: driftKey(incidentId), ConsistentRead: true }),
    );
    if (typeof Item?.taker !== 'string' || Number(Item.takenUntil) < now().getTime()) return;
    await pause(1000);
  }
};

/** People who were told and did nothing are told again. */
const AGAIN_MILLISECONDS = 3_600_000;

/** A taken book, kept up to date while it is written in. */
export type Keeper = {
  readonly putBacks: (control: string) => readonly string[];
  /** Counts a put-back, before it is done: one that dies half-way has been tried. Keeps the book for longer. */
  readonly notePutBack: (control: string) => Promise<void>;
  readonly say: (message: Message) => Promise<void>;
  /** Says it unless the same was said of the subject: within the last hour, or ever. False when it was. */
  readonly sayOnce: (
    subject: string,
    text: string,
    message: Message,
    again?: 'hourly' | 'never',
  ) => Promise<boolean>;
  /** The subject is as it should be: what comes next of it is news. */
  readonly forget: (subject: string) => Promise<void>;
  /** Hands over what a watch before this one could not. */
  readonly handOver: () => Promise<void>;
};

export const keeperOf = (
  first: DriftBook,
  now: () => Date,
  save: (book: DriftBook) => Promise<void>,
  tell: (message: Message) => Promise<void>,
): Keeper => {
  let book = first;
  const write = async (changes: Partial<DriftBook>): Promise<void> => {
    book = { ...book, ...changes };
    await save(book);
  };
  const handOver = async (): Promise<void> => {
    for (const message of book.untold) {
      await tell(message);
      await write({ untold: book.untold.slice(1) });
    }
  };
  return {
    handOver,
    putBacks: (control) => book.putBacks[control] ?? [],
    notePutBack: async (control) => {
      // The last few are all that counts.
      const times = [...(book.putBacks[control] ?? []), now().toISOString()].slice(-10);
      await write({ putBacks: { ...book.putBacks, [control]: times } });
    },
    say: async (message) => {
      await write({ untold: [...book.untold, message] });
      await handOver();
    },
    sayOnce: async (subject, text, message, again = 'hourly') => {
      const last = book.told[subject];
      const at = now();
      const old = last !== undefined && at.getTime() - Date.parse(last.at) >= AGAIN_MILLISECONDS;
      if (last?.text === text && (again === 'never' || !old)) return false;
      await write({
        told: { ...book.told, [subject]: { text, at: at.toISOString() } },
        untold: [...book.untold, message],
      });
      await handOver();
      return true;
    },
    forget: async (subject) => {
      if (!(subject in book.told)) return;
      const { [subject]: _, ...told } = book.told;
      await write({ told });
    },
  };
};
