import { keepToken, wake } from '../shared/approval/token';
import { stepFunctionsClient, tableClient } from '../shared/aws/clients';
import { readSettings } from '../shared/aws/settings';
import { tokenInput } from '../shared/incident/stepInput';
import { getIncident, type Records } from '../shared/incident/store';

const settings = readSettings();
const stepFunctions = stepFunctionsClient();
const records: Records = { db: tableClient(), table: settings.table, now: () => new Date() };

/**
 * Begins to wait for an approver. The token is kept first and the record read after, so that a decision is seen here
 * or finds the token there:
 *
 *   keep token ──► read record: undecided ──────► wait ◄── decision written, token found
 *   decision written, no token yet ──► keep token ──► read record: decided ──► wake
 */
export const handler = async (input: unknown): Promise<void> => {
  const { incidentId, token } = tokenInput.parse(input);
  await keepToken(records, incidentId, token);
  const { decision, settle, acknowledged, status, disposition } = await getIncident(records, incidentId);
  const last = settle ?? decision;
  const decided = last !== undefined && last.at !== acknowledged;
  // Policy came to allow it while a human was being asked.
  const raised = status === 'asking' && disposition === 'respond';
  if (decided || raised) await wake(records, stepFunctions, incidentId);
};
