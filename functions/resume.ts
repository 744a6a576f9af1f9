import { createHash } from 'node:crypto';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { lambdaClient, stepFunctionsClient, tableClient } from '../shared/aws/clients';
import { requireEnv } from '../shared/aws/environment';
import { log } from '../shared/aws/log';
import { readSettings } from '../shared/aws/settings';
import { type Incident, isOpen } from '../shared/incident/incident';
import { appendEntry, listIncidents, type Records, updateIncident } from '../shared/incident/store';

const settings = readSettings();
const lambda = lambdaClient();
const stepFunctions = stepFunctionsClient();
const records: Records = { db: tableClient(), table: settings.table, now: () => new Date() };

const eventSchema = z.object({
  detail: z.object({
    executionArn: z.string(),
    stateMachineArn: z.string(),
    status: z.enum(['FAILED', 'TIMED_OUT', 'ABORTED']),
  }),
});

/**
 * A dead owner is noticed (invariant 9): when an execution fails, times out or is stopped, a new one takes over its
 * open incident where it stood. The alarm on failed executions pages beside this.
 */
export const handler = async (event: unknown): Promise<{ readonly resumed: readonly string[] }> => {
  const { executionArn, stateMachineArn, status } = eventSchema.parse(event).detail;
  if (stateMachineArn !== settings.stateMachineArn) return { resumed: [] };
  const owned = (await listIncidents(records)).filter((incident) => incident.executionArn === executionArn);
  const orphans = owned.filter((incident) => isOpen(incident.status));
  for (const incident of orphans) await takeOver(incident, executionArn, status);
  if (owned.length === 0) await startAgain(executionArn);
  log.warn('an execution did not end as planned', {
    executionArn,
    status,
    orphans: orphans.map(({ id }) => id),
  });
  return { resumed: orphans.map(({ id }) => id) };
};

const AGAIN = 'again-';

/**
 * An execution that died before it wrote an incident has lost a finding: its input is that finding, and is assessed
 * once more. Once: what dies of its own input would start for ever, and the alarm on failed executions has paged.
 */
const startAgain = async (executionArn: string): Promise<void> => {
  const { name = '', input } = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
  if (name.startsWith(AGAIN) || input === undefined || 'resume' in Object(JSON.parse(input))) return;
  await stepFunctions.send(
    new StartExecutionCommand({
      stateMachineArn: settings.stateMachineArn,
      name: `${AGAIN}${digestOf(executionArn)}`,
      input,
    }),
  );
};

/** The same death, reported twice, starts one execution: a name that is taken is refused. */
const digestOf = (executionArn: string): string =>
  createHash('sha256').update(executionArn).digest('hex').slice(0, 16);

/** A fault that kills every owner must not start executions for ever: after this many, humans are left with it. */
const MOST_RESUMES = 5;

const takeOver = async (incident: Incident, executionArn: string, status: string): Promise<void> => {
  const { id, resumes = 0 } = incident;
  const goesOn = resumes < MOST_RESUMES;
  const what = `The execution that owned this incident ended as ${status}. ${goesOn ? 'Another one has taken over where it stood' : `It was taken over ${MOST_RESUMES} times already: nobody owns it now, and the function stays as it is`}`;
  await appendEntry(records, id, 'owner-died', what);
  if (goesOn) {
    await updateIncident(records, id, { resumes: resumes + 1 });
    await stepFunctions.send(
      new StartExecutionCommand({
        stateMachineArn: settings.stateMachineArn,
        name: `${id}-resume-${digestOf(executionArn)}`,
        input: JSON.stringify({ resume: id }),
      }),
    );
  }
  await lambda.send(
    new InvokeCommand({
      FunctionName: requireEnv('TOURNIQUET_ANNOUNCE_FUNCTION'),
      InvocationType: 'Event',
      Payload: JSON.stringify({ incidentId: id, about: 'failure', detail: [what] }),
    }),
  );
};
