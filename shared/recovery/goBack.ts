import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { keyOf, readLedgers, SESSIONS } from '../containment/ledger';
import { EVENT_SOURCES } from '../containment/mappings';
import type { Incident } from '../incident/incident';
import { firstContained, takenOff } from '../incident/ofAContainment';
import { appendEntry, type Records, updateIncident } from '../incident/store';

/**
 * Takes a release back that went wrong: the same containment and the same ledger, as what is live is ours and
 * not what there was. Contain then puts everything on again. Nobody is asked, and no cap stops it: it was contained, and
 * is not wholly released yet. Twice is once.
 */
export const goBack = async (
  records: Records,
  incident: Incident,
  because: string,
  { isOfCode = false } = {},
): Promise<void> => {
  await reopenLedger(records, incident);
  const back = await updateIncident(
    records,
    incident.id,
    {
      status: 'containing',
      ordered: incident.containment,
      round: incident.round + 1,
      ...firstContained(incident),
    },
    // What was waived was waived for that fix.
    {
      from: ['releasing'],
      remove: ['stage', 'waivers', 'gate', ...takenOff(isOfCode)],
    },
  );
  if (back === null) return;
  const text = `in ${incident.stage === undefined ? '' : `step ${incident.stage.number} of `}the release: ${because}`;
  await appendEntry(records, incident.id, 'relapse', text);
};

/** What a step changes although the ledger still says that it is held. */
const IN_STEPS = ['concurrency', EVENT_SOURCES];

/**
 * What the release had put back is to be put on again, by the same record of what was there. What was decided about old
 * sessions is forgotten: there are newer ones now.
 */
const reopenLedger = async (records: Records, incident: Incident): Promise<void> => {
  for (const { control, state } of await readLedgers(records, incident)) {
    const Key = keyOf(incident, control);
    if (control === SESSIONS) await records.db.send(new DeleteCommand({ TableName: records.table, Key }));
    else if (state === 'restored' || state === 'drift' || (IN_STEPS.includes(control) && state === 'held'))
      await records.db.send(
        new UpdateCommand({
          TableName: records.table,
          Key,
          // When it holds again is another time than when it held first.
          UpdateExpression: 'SET #state = :captured REMOVE heldAt, settledAt',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: { ':captured': 'captured' },
        }),
      );
  }
};
