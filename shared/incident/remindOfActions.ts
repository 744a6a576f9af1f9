import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type Cadence, dueReminder, isRemindedOut, type Reminder } from './actionReminder';
import { type Incident, isOpen } from './incident';
import { ACTIONS_PARTITION, actionsKey, incidentKey, OPEN } from './keys';
import { getIncident, queryAll, type Records } from './store';

const marked = async (records: Records): Promise<readonly string[]> => {
  const items = await queryAll(records, {
    IndexName: OPEN,
    KeyConditionExpression: 'openPk = :partition',
    ExpressionAttributeValues: { ':partition': ACTIONS_PARTITION },
  });
  return items.map(({ incidentId }) => String(incidentId));
};

/** True for one of however many that find the same reminder due: who writes it, tells it. */
const claim = async (
  { db, table }: Records,
  { id, actionsReminded: before }: Incident,
  reminder: Reminder,
): Promise<boolean> => {
  try {
    await db.send(
      new UpdateCommand({
        TableName: table,
        Key: incidentKey(id),
        UpdateExpression: 'SET actionsReminded = :now',
        ConditionExpression: `attribute_exists(pk) AND ${before === undefined ? 'attribute_not_exists(actionsReminded)' : 'actionsReminded = :before'}`,
        ExpressionAttributeValues: {
          ':now': reminder,
          ...(before === undefined ? {} : { ':before': before }),
        },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
};

export type RemindTools = {
  readonly records: Records;
  readonly cadence: Cadence;
  readonly tell: (incident: Incident, reminder: Reminder) => Promise<void>;
};

/** True where people were reminded. One that dies between writing and telling is silent for a cadence, and no longer. */
const remindOne = async (id: string, { records, cadence, tell }: RemindTools): Promise<boolean> => {
  const incident = await getIncident(records, id);
  // Of an open one there may be more tomorrow.
  if (!isOpen(incident.status) && isRemindedOut(incident, cadence)) {
    await records.db.send(new DeleteCommand({ TableName: records.table, Key: actionsKey(id) }));
    return false;
  }
  const reminder = dueReminder(incident, cadence, records.now());
  if (reminder === null || !(await claim(records, incident, reminder))) return false;
  await tell(incident, reminder);
  return true;
};

/**
 * Reminds people of what is open on incidents, open and closed, each no more than once in a cadence however many do this
 * at once. One that fails stops no other: their errors are given, by incident.
 */
export const remindOfActions = async (
  tools: RemindTools,
): Promise<{ readonly reminded: readonly string[]; readonly failed: ReadonlyMap<string, Error> }> => {
  const reminded: string[] = [];
  const failed = new Map<string, Error>();
  for (const id of tools.cadence.hours === 0 ? [] : await marked(tools.records)) {
    try {
      if (await remindOne(id, tools)) reminded.push(id);
    } catch (error) {
      failed.set(id, error instanceof Error ? error : new Error(String(error)));
    }
  }
  return { reminded, failed };
};
