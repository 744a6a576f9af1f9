import { keepToken, wake } from '../shared/approval/token';
import { stepFunctionsClient, tableClient } from '../shared/aws/clients';
import { readSettings } from '../shared/aws/settings';
import { tokenInput } from '../shared/incident/stepInput';
import { getIncident, type Records } from '../shared/incident/store';

const settings = readSettings();
const stepFunctions = stepFunctionsClient();
const records: Records = { db: tableClient(), table: settings.table, now: () => new Date() };

/**
 * Begins the watch after a release: a finding wakes it, and the function is contained again; so does a decision about
 * what the release has left as somebody changed it; else it times out.
 */
export const handler = async (input: unknown): Promise<void> => {
  const { incidentId, token } = tokenInput.parse(input);
  await keepToken(records, incidentId, token);
  // A finding that came between the release and here is a relapse as well; a decision is one to be taken up.
  const { relapse, settling, acknowledged } = await getIncident(records, incidentId);
  const decided = settling !== undefined && settling.at !== acknowledged;
  if (relapse !== undefined || decided) await wake(records, stepFunctions, incidentId);
};
