import * as z from 'zod/mini';
import { keepToken, wake } from '../shared/approval/token';
import { stepFunctionsClient, tableClient } from '../shared/aws/clients';
import { readSettings } from '../shared/aws/settings';
import { stepInput, tokenInput } from '../shared/incident/stepInput';
import { getIncident, type Records, updateIncident } from '../shared/incident/store';

const settings = readSettings();
const stepFunctions = stepFunctionsClient();
const records: Records = { db: tableClient(), table: settings.table, now: () => new Date() };

const inputSchema = z.union([
  // A false positive is watched while evidence is still gathered, until the gathering is over.
  z.object({ ...tokenInput.shape, besideEvidence: z._default(z.boolean(), false) }),
  z.object({ ...stepInput.shape, evidenceDone: z.literal(true) }),
]);

/**
 * Begins the watch after a release: a finding wakes it, and the function is contained again; so does a decision about
 * what the release has left as somebody changed it; else it times out. `evidenceDone` wakes the one beside the evidence.
 */
export const handler = async (input: unknown): Promise<void> => {
  const asked = inputSchema.parse(input);
  const { incidentId } = asked;
  if ('evidenceDone' in asked) return endBeside(incidentId);
  await keepToken(records, incidentId, asked.token);
  // A finding that came between the release and here is a relapse as well; a decision is one to be taken up.
  const incident = await getIncident(records, incidentId);
  const { relapse, settling, acknowledged, evidenceDone, containment } = incident;
  const decided = settling !== undefined && settling.at !== acknowledged;
  const isOver = asked.besideEvidence && evidenceDone === containment;
  if (relapse !== undefined || decided || isOver) await wake(records, stepFunctions, incidentId);
};

/** On record first: the watch that begins meanwhile reads it. One that waits for a decision is woken by nothing of this. */
const endBeside = async (incidentId: string): Promise<void> => {
  const { containment } = await getIncident(records, incidentId);
  const noted = await updateIncident(records, incidentId, { evidenceDone: containment });
  if (noted?.status === 'watching' || noted?.stage !== undefined)
    await wake(records, stepFunctions, incidentId);
};
