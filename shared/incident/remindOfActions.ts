import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { type Cadence, dueReminder, isRemindedOut, type Reminder } from './actionReminder';
import { type Incident, isOpen } from './incident';
import { ACTIONS_PARTITION, actionsKey, OPEN } from './keys';
import { getIncident, queryAll, type Records } from './store';
import { swap } from './swap';

const marked = async (records: Records): Promise<readonly string[]> => {
  const items = await queryAll(records, {
    IndexName: OPEN,
    KeyConditionExpression: 'openPk = :partition',
    ExpressionAttributeValues: { ':partition': ACTIONS_PARTITION },
  });
  return items.map(({ incidentId }) => String(incidentId));
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
  // Of however many find the same one due: who writes it, tells it.
  if (reminder === null || !(await swap(records, incident, 'actionsReminded', reminder))) return false;
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
