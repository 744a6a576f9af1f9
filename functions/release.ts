import { setTimeout as pause } from 'node:timers/promises';
import { iamClient, lambdaClient, scalingClient, sqsClient, tableClient } from '../shared/aws/clients';
import { readSettings } from '../shared/aws/settings';
import { untilUnwatched } from '../shared/containment/driftBook';
import { controlTools } from '../shared/containment/tools';
import { leaveAdmission } from '../shared/incident/admission';
import { containmentOf, type Decision, isRelease } from '../shared/incident/incident';
import { stepInput } from '../shared/incident/stepInput';
import { appendEntry, getIncident, type Records, updateIncident } from '../shared/incident/store';
import { restore } from '../shared/recovery/restore';
import { recordedSuspect } from '../shared/suspect/ofIncident';

const settings = readSettings();
const lambda = lambdaClient();
const iam = iamClient();
const sqs = sqsClient();
const scaling = scalingClient();
const records: Records = { db: tableClient(), table: settings.table, now: () => new Date() };

/** No human has released this incident. */
export class NotDecidedError extends Error {
  override readonly name = 'NotDecidedError';
}

/** Puts back exactly what the ledger says was there. Only ever after a human's decision (invariants 4 and 5). */
export const handler = async (
  input: unknown,
): Promise<{ readonly incidentId: string; readonly detail: readonly string[] }> => {
  const { incidentId } = stepInput.parse(input);
  const incident = await getIncident(records, incidentId);
  const { decision, status } = incident;
  if (
    decision === undefined ||
    !isRelease(decision.action) ||
    (status !== 'releasing' && status !== 'watching')
  ) {
    throw new NotDecidedError(`${incidentId} is ${status} and nobody has decided to release it`);
  }
  // A drift watch that began before the release may be putting something on again.
  await untilUnwatched(records, incidentId, (milliseconds) => pause(milliseconds));
  const { settle } = incident;
  // What is decided after this is news, also where what follows fails.
  await updateIncident(records, incidentId, { acknowledged: (settle ?? decision).at });
  const force = [...(decision.force ?? []), ...(settle?.force ?? [])];
  const restored = await restore(
    recordedSuspect(incident),
    incident,
    controlTools({ lambda, iam, sqs, scaling, records }, settings, incident),
    force,
  );
  const forced = restored.filter(({ control, outcome }) => outcome === 'restored' && force.includes(control));
  for (const { control, title, detail: what } of forced)
    await appendEntry(records, incidentId, `forced-${control}`, `${title}, as was decided: ${what}`);
  if (settle !== undefined) await settled(incidentId, settle);
  await leaveAdmission(records, containmentOf(incident));
  const releasedAt = records.now().toISOString();
  if (
    (await updateIncident(
      records,
      incidentId,
      { status: 'watching', releasedAt },
      { from: ['releasing'] },
    )) !== null
  ) {
    await appendEntry(records, incidentId, 'released', `released by ${decision.by}`);
  }
  const detail = restored.map(
    ({ title, outcome, detail: what }) => `${outcome === 'drift' ? 'DRIFT: ' : ''}${title}: ${what}`,
  );
  return { incidentId, detail };
};

/** Done: unless somebody has asked for more meanwhile, which the next try does. */
const settled = async (incidentId: string, { at }: Decision): Promise<void> => {
  const { settle } = await getIncident(records, incidentId);
  if (settle?.at === at) await updateIncident(records, incidentId, {}, { remove: ['settle'] });
};
