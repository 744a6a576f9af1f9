import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { digestOf } from './again';
import type { Incident } from './incident';
import { appendEntry, type Records, updateIncident } from './store';

export type OwnerTools = {
  readonly records: Records;
  readonly stepFunctions: SFNClient;
  readonly stateMachineArn: string;
  /** Tells people that a step of the playbook failed. */
  readonly tell: (incidentId: string, detail: readonly string[]) => Promise<void>;
};

/** A fault that kills every owner must not start executions for ever: after this many, humans are left with it. */
const MOST_RESUMES = 5;

const start = async (
  { id, resumes = 0 }: Incident,
  { stepFunctions, stateMachineArn }: OwnerTools,
  executionArn: string,
): Promise<void> => {
  const name = `${id}-resume-${digestOf(executionArn)}`;
  const input = JSON.stringify({ resume: id });
  try {
    await stepFunctions.send(new StartExecutionCommand({ stateMachineArn, name, input }));
  } catch (error) {
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
    // The same death was reported twice: two owners would each wait for the other's decision.
    const taker = stateMachineArn.replace(':stateMachine:', ':execution:');
    const { status } = await stepFunctions.send(
      new DescribeExecutionCommand({ executionArn: `${taker}:${name}` }),
    );
    if (status === 'RUNNING') return;
    // The one that was to take over has ended before it took anything over: its name is used up.
    await stepFunctions.send(
      new StartExecutionCommand({ stateMachineArn, name: `${name}-${resumes}`, input }),
    );
  }
};

/** A new execution takes an open incident over where it stood, a bounded number of times; people are told (invariant 9). */
export const takeOver = async (incident: Incident, ending: string, tools: OwnerTools): Promise<void> => {
  const { id, executionArn, resumes = 0 } = incident;
  // Said already that nobody owns it.
  if (resumes > MOST_RESUMES) return;
  const goesOn = resumes < MOST_RESUMES;
  const what = `The execution that owned this incident ended as ${ending}. ${goesOn ? 'Another one has taken over where it stood' : `It was taken over ${MOST_RESUMES} times already: nobody owns it now, and the function stays as it is`}`;
  await appendEntry(tools.records, id, 'owner-died', what);
  await updateIncident(tools.records, id, { resumes: resumes + 1 });
  if (goesOn) await start(incident, tools, executionArn);
  await tools.tell(id, [what]);
};

/** The event about its end comes first, and a new owner needs a moment to write that it is: only then a sweep acts. */
const LEAST_DEAD_MILLISECONDS = 120_000;

/** How the execution that owns an incident ended; null while it runs, or has ended only just now. */
export const endingOf = async (
  { executionArn }: Incident,
  stepFunctions: SFNClient,
  now: Date,
): Promise<string | null> => {
  try {
    const { status = 'unknown', stopDate } = await stepFunctions.send(
      new DescribeExecutionCommand({ executionArn }),
    );
    if (status === 'RUNNING' || status === 'PENDING_REDRIVE') return null;
    const dead = stopDate === undefined ? Number.POSITIVE_INFINITY : now.getTime() - stopDate.getTime();
    return dead < LEAST_DEAD_MILLISECONDS ? null : status;
  } catch (error) {
    // Step Functions forgets an execution 90 days after its end.
    if (error instanceof ExecutionDoesNotExist) return 'an execution that is not known any more';
    throw error;
  }
};
