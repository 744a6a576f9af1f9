import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import {
  type Decision,
  type DecisionAction,
  type Incident,
  isRelease,
  type Status,
} from '../incident/incident';
import { incidentKey } from '../incident/keys';
import { appendEntry, getIncident, type Records } from '../incident/store';
import { isApprover } from './approvers';
import { wake } from './token';

/** Which decisions an incident's status admits. */
export const ADMITTED: Readonly<Partial<Record<Status, readonly DecisionAction[]>>> = {
  asking: ['contain', 'dismiss'],
  contained: ['release', 'release_with_replay', 'false_positive', 'keep'],
};

/** Decisions that need a reason in words. */
export const NEEDS_REASON: readonly DecisionAction[] = ['false_positive'];

export type Asked = {
  readonly incidentId: string;
  readonly action: DecisionAction;
  readonly by: string;
  readonly via: Decision['via'];
  readonly reason: string;
  /** Controls whose drift is put back all the same; none from a button. */
  readonly force?: readonly string[];
  /** The round that the button was shown for; null where the decider saw the incident itself. */
  readonly round: number | null;
};

export type Answer =
  | { readonly accepted: true; readonly incident: Incident; readonly decision: Decision }
  | {
      readonly accepted: false;
      readonly code: 'not-an-approver' | 'not-now' | 'reason-needed' | 'not-to-force' | 'already-decided';
      readonly message: string;
    };

const refuse = (code: Extract<Answer, { accepted: false }>['code'], message: string): Answer => ({
  accepted: false,
  code,
  message,
});

/**
 * Takes a decision: the one way in for Slack's buttons and for the command line. Who decides was made out by the
 * caller from Slack's signature or from AWS (invariant 5). The decision is a conditional write on the incident, so the
 * first one counts; the task token only wakes the playbook, so a decision is valid before the token exists.
 * Throws `IncidentNotFoundError` when there is no such incident.
 */
export const decide = async (
  asked: Asked,
  {
    records,
    stepFunctions,
    approvers,
  }: { records: Records; stepFunctions: SFNClient; approvers: readonly string[] },
): Promise<Answer> => {
  const { incidentId, action, by, via, reason, round, force = [] } = asked;
  if (!isApprover(approvers, by)) return refuse('not-an-approver', `${by} is not on the list of approvers`);
  if (NEEDS_REASON.includes(action) && reason.trim() === '') {
    return refuse(
      'reason-needed',
      'calling it a false positive needs a reason: it is kept in the post-mortem',
    );
  }
  if (force.length > 0 && !isRelease(action))
    return refuse('not-to-force', `${action} puts nothing back: force goes with a release`);
  const incident = await getIncident(records, incidentId);
  if (round !== null && round !== incident.round)
    return refuse('not-now', 'this question is out of date: answer the latest message');
  const decision: Decision = {
    action,
    by,
    via,
    reason: reason.trim(),
    at: records.now().toISOString(),
    ...(force.length === 0 ? {} : { force }),
  };
  // A release that left drift behind: which of it is put back all the same.
  if (force.length > 0 && SETTLED_IN.includes(incident.status)) {
    if (!(await writeSettle(records, incident, decision)))
      return refuse('not-now', 'the incident has moved on: look at it again');
    await told(records, incidentId, decision);
    await wake(records, stepFunctions, incidentId);
    return { accepted: true, incident, decision };
  }
  // Keeping it contained is not the last word: a release may follow.
  if (incident.decision !== undefined && (incident.decision.action !== 'keep' || action === 'keep')) {
    return alreadyDecided(incident.decision);
  }
  if (!ADMITTED[incident.status]?.includes(action)) {
    return refuse('not-now', `${incidentId} is ${incident.status}: ${action} is not a decision to take now`);
  }
  if (!(await write(records, incident, decision))) {
    const { decision: first } = await getIncident(records, incidentId);
    return first === undefined
      ? refuse('not-now', 'the incident has moved on: look at it again')
      : alreadyDecided(first);
  }
  await told(records, incidentId, decision);
  await wake(records, stepFunctions, incidentId);
  return { accepted: true, incident, decision };
};

/** Where a release has begun, and what it left as drift can still be settled. */
const SETTLED_IN: readonly Status[] = ['releasing', 'watching'];

const told = (
  records: Records,
  incidentId: string,
  { by, via, action, force = [], reason }: Decision,
): Promise<void> => {
  const what =
    force.length === 0 ? action : `${action}, and to put back although changed: ${force.join(', ')}`;
  return appendEntry(
    records,
    incidentId,
    'decision',
    `${by} (${via}) decided: ${what}${reason ? `, because: ${reason}` : ''}`,
  );
};

const alreadyDecided = ({ action, by, at }: Decision): Answer =>
  refuse('already-decided', `already decided: ${action} by ${by} at ${at}`);

/** One that is not done yet is joined. */
const writeSettle = async (
  { db, table }: Records,
  incident: Incident,
  settle: Decision,
): Promise<boolean> => {
  const force = [...new Set([...(incident.settle?.force ?? []), ...(settle.force ?? [])])];
  return conditional(
    db.send(
      new UpdateCommand({
        TableName: table,
        Key: incidentKey(incident.id),
        UpdateExpression: 'SET settle = :settle',
        ConditionExpression: '#status = :status AND round = :round',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ':settle': { ...settle, force },
          ':status': incident.status,
          ':round': incident.round,
        },
      }),
    ),
  );
};

/** Whether the condition of a write held. */
const conditional = async (write: Promise<unknown>): Promise<boolean> => {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
};

const write = ({ db, table }: Records, incident: Incident, decision: Decision): Promise<boolean> =>
  conditional(
    db.send(
      new UpdateCommand({
        TableName: table,
        Key: incidentKey(incident.id),
        UpdateExpression: 'SET decision = :decision',
        ConditionExpression:
          '(attribute_not_exists(decision) OR decision.#action = :keep) AND #status = :status AND round = :round',
        ExpressionAttributeNames: { '#status': 'status', '#action': 'action' },
        ExpressionAttributeValues: {
          ':decision': decision,
          ':status': incident.status,
          ':round': incident.round,
          ':keep': 'keep',
        },
      }),
    ),
  );
