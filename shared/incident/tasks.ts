import { createHash } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Incident, Task } from './incident';
import { ACTIONS_PARTITION, actionsKey, incidentKey } from './keys';
import { getIncident, type Records } from './store';

/** What a task is called: the same for the same thing, so that a step that runs again opens it once. */
export const taskId = (about: string): string => createHash('sha256').update(about).digest('hex').slice(0, 8);

/** Whose they are is shown with them; what nobody is named for is whoever's who looks after the incident. */
export const ownerOf = ({ contact }: Task, { owner }: Pick<Incident, 'owner'>): string =>
  contact ?? owner ?? 'whoever looks after this';

/** The open ones, oldest first. */
export const openTasks = ({ tasks = {} }: Pick<Incident, 'tasks'>): readonly (readonly [string, Task])[] =>
  Object.entries(tasks)
    .filter(([, { done }]) => done === undefined)
    .toSorted(([one, a], [other, b]) => a.at.localeCompare(b.at) || one.localeCompare(other));

export const taskLine = ([id, task]: readonly [string, Task], incident: Pick<Incident, 'owner'>): string =>
  `Task ${id}, for ${ownerOf(task, incident)}: ${task.what}`;

/** Keeps that an incident has open actions, so that they are found after it is closed too. Twice is once. */
export const markActions = async ({ db, table }: Records, id: string): Promise<void> => {
  await db.send(
    new UpdateCommand({
      TableName: table,
      Key: actionsKey(id),
      UpdateExpression: 'SET openPk = :partition, incidentId = :id',
      ExpressionAttributeValues: { ':partition': ACTIONS_PARTITION, ':id': id },
    }),
  );
};

/** Opens what is not there yet, and leaves alone what is, done or not. Gives the ids of the new ones. */
export const addTasks = async (
  records: Records,
  incidentId: string,
  tasks: Readonly<Record<string, Task>>,
): Promise<readonly string[]> => {
  const { tasks: before } = await getIncident(records, incidentId);
  const added = Object.keys(tasks).filter((id) => before?.[id] === undefined);
  if (added.length === 0) return [];
  // First: whatever dies afterwards, people are reminded of what is open.
  await markActions(records, incidentId);
  const { db, table: TableName } = records;
  const Key = incidentKey(incidentId);
  if (before === undefined) {
    await db.send(
      new UpdateCommand({
        TableName,
        Key,
        UpdateExpression: 'SET tasks = if_not_exists(tasks, :none)',
        ExpressionAttributeValues: { ':none': {} },
      }),
    );
  }
  // Each by itself: somebody may close another one meanwhile.
  await db.send(
    new UpdateCommand({
      TableName,
      Key,
      UpdateExpression: `SET ${added.map((_, index) => `tasks.#t${index} = if_not_exists(tasks.#t${index}, :t${index})`).join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(added.map((id, index) => [`#t${index}`, id])),
      ExpressionAttributeValues: Object.fromEntries(added.map((id, index) => [`:t${index}`, tasks[id]])),
    }),
  );
  return added;
};

/** Closes an open one; false where there is none of that id, or somebody closed it before. */
export const closeTask = async (
  { db, table }: Records,
  incidentId: string,
  id: string,
  done: NonNullable<Task['done']>,
): Promise<boolean> => {
  try {
    await db.send(
      new UpdateCommand({
        TableName: table,
        Key: incidentKey(incidentId),
        UpdateExpression: 'SET tasks.#id.done = :done',
        ConditionExpression: 'attribute_exists(tasks.#id) AND attribute_not_exists(tasks.#id.done)',
        ExpressionAttributeNames: { '#id': id },
        ExpressionAttributeValues: { ':done': done },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
};
