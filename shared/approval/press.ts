import { randomBytes } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Incident } from '../incident/incident';
import { incidentKey } from '../incident/keys';
import { getIncident, type Records } from '../incident/store';

/** What buttons are shown for: a button of another state is out of date. */
export const stateOf = ({ status, round, ballot, stopped, decision }: Incident): string =>
  [
    status,
    round,
    ballot?.round === round ? ballot.approvals.length : 0,
    stopped?.at ?? '',
    decision?.at ?? '',
  ].join('|');

/** What the buttons carry from now on; null where the ones that are there are of this state. */
export const newPress = (incident: Incident): NonNullable<Incident['press']> | null =>
  incident.press?.state === stateOf(incident)
    ? null
    : { id: randomBytes(16).toString('hex'), state: stateOf(incident) };

/** Whether a button that was pressed is of the incident's present state, and was not used. */
export const isPresent = (incident: Incident, pressed: string): boolean =>
  incident.press?.id === pressed && incident.press.state === stateOf(incident);

/**
 * Gives an incident's buttons what they carry in its present state, and the incident with it. Announcements run side by
 * side: the first that comes to a state makes it, and the others take that one, or a message would carry what the record
 * does not know.
 */
export const withPress = async (records: Records, incident: Incident): Promise<Incident> => {
  const press = newPress(incident);
  if (press === null) return incident;
  try {
    await records.db.send(
      new UpdateCommand({
        TableName: records.table,
        Key: incidentKey(incident.id),
        UpdateExpression: 'SET press = :press',
        ConditionExpression: '#status = :status AND (attribute_not_exists(press) OR press.#state <> :state)',
        ExpressionAttributeNames: { '#status': 'status', '#state': 'state' },
        ExpressionAttributeValues: { ':press': press, ':status': incident.status, ':state': press.state },
      }),
    );
    return { ...incident, press };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return getIncident(records, incident.id);
  }
};
