import { setTimeout as pause } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import { lambdaClient, sqsClient, tableClient } from '../shared/aws/clients';
import { readSettings } from '../shared/aws/settings';
import { stepInput } from '../shared/incident/stepInput';
import { appendEntry, getIncident, type Records } from '../shared/incident/store';
import { describeKept, type Replay, replayHeldEvents } from '../shared/recovery/replay';

const settings = readSettings();
const records: Records = { db: tableClient(), table: settings.table, now: () => new Date() };
const tools = {
  lambda: lambdaClient(),
  sqs: sqsClient(),
  records,
  pause: (milliseconds: number) => pause(milliseconds),
};

/** A batch that was received is handled to its end: ten messages at one a second, and room for retries. */
const RESERVE_MS = 60_000;

/**
 * After a release: sends the function the events that were held, if the approver asked for it, else says what is
 * kept. `left` is not 0 while there is more than one run can do: the playbook calls again.
 */
export const handler = async (
  input: unknown,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<Replay & { readonly incidentId: string }> => {
  const { incidentId } = stepInput.parse(input);
  const incident = await getIncident(records, incidentId);
  if (incident.decision?.action !== 'release_with_replay')
    return { incidentId, replayed: 0, left: 0, refused: 0, detail: await describeKept(incident, tools) };
  const until = new Date(records.now().getTime() + context.getRemainingTimeInMillis() - RESERVE_MS);
  const replay = await replayHeldEvents(incident, tools, { perSecond: settings.replayPerSecond, until });
  if (replay.left === 0) await appendEntry(records, incidentId, 'replayed', replay.detail.join('; '));
  return { incidentId, ...replay };
};
