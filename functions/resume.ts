import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { lambdaClient, stepFunctionsClient, tableClient } from '../shared/aws/clients';
import { requireEnv } from '../shared/aws/environment';
import { log } from '../shared/aws/log';
import { readSettings } from '../shared/aws/settings';
import { againName, isAgain } from '../shared/incident/again';
import { IncidentNotFoundError } from '../shared/incident/errors';
import { type Incident, isOpen } from '../shared/incident/incident';
import { incidentId } from '../shared/incident/keys';
import { type OwnerTools, takeOver } from '../shared/incident/owner';
import { getIncident, listOpenIncidents, type Records } from '../shared/incident/store';
import { askToAnnounce } from '../shared/notification/askToAnnounce';

const settings = readSettings();
const stepFunctions = stepFunctionsClient();
const records: Records = { db: tableClient(), table: settings.table, now: () => new Date() };
const announce = askToAnnounce(lambdaClient(), requireEnv('TOURNIQUET_ANNOUNCE_FUNCTION'));
const tools: OwnerTools = {
  records,
  stepFunctions,
  stateMachineArn: settings.stateMachineArn,
  tell: (id, detail) => announce(id, 'failure', detail),
};

const eventSchema = z.object({
  detail: z.object({
    executionArn: z.string(),
    stateMachineArn: z.string(),
    status: z.enum(['FAILED', 'TIMED_OUT', 'ABORTED']),
  }),
});

/**
 * A dead owner is noticed (invariant 9): when an execution fails, times out or is stopped, a new one takes over its
 * open incident where it stood. The alarm on failed executions pages beside this, and a sweep finds what this misses.
 */
export const handler = async (event: unknown): Promise<{ readonly resumed: readonly string[] }> => {
  const { executionArn, stateMachineArn, status } = eventSchema.parse(event).detail;
  if (stateMachineArn !== settings.stateMachineArn) return { resumed: [] };
  const execution = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
  const opened = await openedBy(executionArn, execution.startDate ?? records.now());
  const known = new Map([...opened, ...(await listOpenIncidents(records))].map((one) => [one.id, one]));
  const orphans = [...known.values()].filter(
    (incident) => incident.executionArn === executionArn && isOpen(incident.status),
  );
  for (const incident of orphans) await takeOver(incident, status, tools);
  if (orphans.length + opened.length === 0) await startAgain(execution);
  log.warn('an execution did not end as planned', {
    executionArn,
    status,
    orphans: orphans.map(({ id }) => id),
  });
  return { resumed: orphans.map(({ id }) => id) };
};

const DAY = 24 * 60 * 60 * 1000;

/**
 * What the execution opened, over or not: an id is made of the day and of who opened it, so the record itself is read,
 * and not the index, which lags behind. It may have opened it after midnight.
 */
const openedBy = async (executionArn: string, startDate: Date): Promise<readonly Incident[]> => {
  const days = [startDate, new Date(startDate.getTime() + DAY)];
  const found = await Promise.all(
    days.map(async (day) => {
      try {
        return [await getIncident(records, incidentId(day, executionArn))];
      } catch (error) {
        if (error instanceof IncidentNotFoundError) return [];
        throw error;
      }
    }),
  );
  return found.flat();
};

/**
 * An execution that died before it wrote an incident has lost a finding: its input is that finding, and is assessed
 * once more. Once: what dies of its own input would start for ever, and the alarm on failed executions has paged.
 */
const startAgain = async (execution: DescribeExecutionCommandOutput): Promise<void> => {
  const { name = '', input, executionArn = '' } = execution;
  if (isAgain(name) || input === undefined || 'resume' in Object(JSON.parse(input))) return;
  await stepFunctions.send(
    new StartExecutionCommand({
      stateMachineArn: settings.stateMachineArn,
      name: againName(executionArn),
      input,
    }),
  );
};
