import * as z from 'zod/mini';
import { keepToken, wake } from '../shared/approval/token';
import { stepFunctionsClient, tableClient } from '../shared/aws/clients';
import { readSettings } from '../shared/aws/settings';
import type { Incident, Stopped } from '../shared/incident/incident';
import { tokenInput } from '../shared/incident/stepInput';
import { getIncident, type Records, updateIncident } from '../shared/incident/store';

const inputSchema = z.object({
  ...tokenInput.shape,
  /** A release has begun, and has stopped. */
  afterRelease: z._default(z.boolean(), false),
});

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
  const { incidentId, token, afterRelease } = inputSchema.parse(input);
  await keepToken(records, incidentId, token);
  const incident = await getIncident(records, incidentId);
  const { decision, acknowledged, status, disposition, relapse, stopped } = incident;
  if (afterRelease && status === 'releasing' && stopped === undefined) return stopUnexplained(incident);
  const decided = decision !== undefined && decision.at !== acknowledged;
  // Policy came to allow it while a human was being asked.
  const raised = status === 'asking' && disposition === 'respond';
  const relapsed = status === 'releasing' && relapse !== stopped?.relapse;
  // A step that died has brought it further than its answer said: nobody is asked about that.
  const isPast = afterRelease && (status === 'containing' || status === 'watching');
  if (decided || raised || relapsed || isPast) await wake(records, stepFunctions, incidentId);
};

/** The step died and could not say why. It must be on record that it stopped, or no new decision would be admitted. */
const stopUnexplained = async ({ id, decision, relapse, stage }: Incident): Promise<void> => {
  const at = records.now().toISOString();
  const stopped: Stopped = {
    at,
    because: 'the release step failed: its log says why',
    tries: 0,
    decidedAt: decision?.at ?? at,
    next: 'human',
    ...(relapse === undefined ? {} : { relapse }),
  };
  await updateIncident(
    records,
    id,
    { stopped, ...(decision === undefined ? {} : { acknowledged: decision.at }) },
    { from: ['releasing'] },
  );
  // In a step it is taken back by that. Once: where the step dies of it again, people decide.
  if (relapse !== undefined && stage !== undefined) await wake(records, stepFunctions, id);
};
