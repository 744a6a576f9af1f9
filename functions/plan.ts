import { setTimeout as pause } from 'node:timers/promises';
import { iamClient, lambdaClient, tableClient } from '../shared/aws/clients';
import { readSettings } from '../shared/aws/settings';
import type { ControlTools } from '../shared/containment/control';
import { planContainment } from '../shared/containment/plan';
import { stepInput } from '../shared/incident/stepInput';
import { appendEntry, getIncident, type Records, updateIncident } from '../shared/incident/store';
import { suspectOf } from '../shared/suspect/ofIncident';

const settings = readSettings();
const lambda = lambdaClient();
const iam = iamClient();
const records: Records = { db: tableClient(), table: settings.table, now: () => new Date() };

/** In the mode `observe`: what would have been done, as a receipt. Reads, and changes nothing. */
export const handler = async (input: unknown): Promise<{ readonly incidentId: string }> => {
  const { incidentId } = stepInput.parse(input);
  const incident = await getIncident(records, incidentId);
  const tools: ControlTools = {
    lambda,
    iam,
    records,
    denyPolicyArn: settings.denyPolicyArn,
    holder: incidentId,
    pause: (milliseconds) => pause(milliseconds),
  };
  const receipt = await planContainment(await suspectOf(incident, lambda), tools);
  await updateIncident(records, incidentId, { receipt });
  await appendEntry(
    records,
    incidentId,
    'receipt',
    receipt.map(({ title, would }) => `${title}: ${would}`).join('; '),
  );
  return { incidentId };
};
