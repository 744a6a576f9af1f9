import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Incident, Status } from './incident';
import { incidentKey } from './keys';
import { getIncident, type Records } from './store';

type Swapped = 'chain' | 'actionsReminded' | 'waivers' | 'added';

/**
 * Sets an attribute of an incident, only while it is still what was read. False where somebody else was faster; a repeat
 * of what was done is false too.
 */
export const swap = async <Name extends Swapped>(
  { db, table }: Records,
  incident: Pick<Incident, 'id' | Name>,
  name: Name,
  to: NonNullable<Incident[Name]>,
  /** Only while it stands so; any status when absent. */
  status?: Status,
): Promise<boolean> => {
  const before = incident[name];
  try {
    await db.send(
      new UpdateCommand({
        TableName: table,
        Key: incidentKey(incident.id),
        UpdateExpression: 'SET #name = :to',
        ConditionExpression: [
          'attribute_exists(pk)',
          before === undefined ? 'attribute_not_exists(#name)' : '#name = :before',
          ...(status === undefined ? [] : ['#status = :status']),
        ].join(' AND '),
        ExpressionAttributeNames: { '#name': name, ...(status === undefined ? {} : { '#status': 'status' }) },
        ExpressionAttributeValues: {
          ':to': to,
          ...(before === undefined ? {} : { ':before': before }),
          ...(status === undefined ? {} : { ':status': status }),
        },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
};

/** As many writers at once are never seen. */
const MOST_TRIES = 20;

/**
 * Changes an attribute by what it is, while the incident stands in a status: of several at once each counts. False where
 * it stands elsewhere.
 */
export const change = async <Name extends Swapped>(
  records: Records,
  id: string,
  name: Name,
  status: Status,
  to: (before: Incident[Name]) => NonNullable<Incident[Name]>,
): Promise<boolean> => {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const incident = await getIncident(records, id);
    if (incident.status !== status) return false;
    if (await swap(records, incident, name, to(incident[name]), status)) return true;
  }
  return false;
};
