import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { IncidentNotFoundError } from '../incident/errors';
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

/**
 * Whether an incident admits a decision as it stands. A release that has stopped may be decided anew, and after one what
 * it left as somebody changed it may be settled: with `force` alone, since everything else is back.
 */
const admits = ({ status, stopped }: Incident, action: DecisionAction, force: readonly string[]): boolean => {
  if (status === 'releasing') return stopped !== undefined && isRelease(action);
  if (status === 'watching') return isRelease(action) && force.length > 0;
  return ADMITTED[status]?.includes(action) === true;
};

/** Decisions that need a reason in words. */
export const NEEDS_REASON: readonly DecisionAction[] = ['false_positive'];

export type Asked = {
  readonly incidentId: string;
  readonly action: DecisionAction;
  readonly by: string;
  readonly via: Decision['via'];
  readonly reason: string;
  /** The round that the button was shown for; null where the decider saw the incident itself. */
  readonly round: number | null;
  /** Controls to be put back although changed: ids that the caller has compared with the ones there are. */
  readonly force?: readonly string[];
};

export type Answer =
  | { readonly accepted: true; readonly incident: Incident; readonly decision: Decision }
  | {
      readonly accepted: false;
      readonly code:
        | 'not-an-approver'
        | 'not-now'
        | 'reason-needed'
        | 'force-needs-release'
        | 'already-decided';
      readonly message: string;
    };

const refuse = (code: Extract<Answer, { accepted: false }>['code'], message: string): Answer => ({
  accepted: false,
  code,
  message,
});

type Deciding = {
  readonly records: Records;
  readonly stepFunctions: SFNClient;
  readonly approvers: readonly string[];
};

/**
 * Takes a decision: the one way in for Slack's buttons and for the command line. Who decides was made out by the
 * caller from Slack's signature or from AWS (invariant 5). The decision is a conditional write on the incident, so the
 * first one counts; the task token only wakes the playbook, so a decision is valid before the token exists.
 * What is refused is in the history too, with who asked for it.
 * Throws `IncidentNotFoundError` when there is no such incident.
 */
export const decide = async (asked: Asked, deciding: Deciding): Promise<Answer> => {
  const answer = await take(asked, deciding);
  if (!answer.accepted) await noteRefusal(asked, answer.message, deciding.records);
  return answer;
};

/** The same again and again is written once: whoever presses cannot fill the history. */
const noteRefusal = async (
  { incidentId, action, by, via }: Asked,
  why: string,
  records: Records,
): Promise<void> => {
  try {
    await getIncident(records, incidentId);
  } catch (error) {
    // A stranger may ask about anything: what is no incident gets no history.
    if (error instanceof IncidentNotFoundError) return;
    throw error;
  }
  const text = `${by} (${via}) was refused ${action}: ${why}`;
  await appendEntry(records, incidentId, 'decision-refused', text, { by, unlessLast: true });
};

const take = async (asked: Asked, { records, stepFunctions, approvers }: Deciding): Promise<Answer> => {
  const { incidentId, action, by, via, reason, round, force = [] } = asked;
  if (!isApprover(approvers, by)) return refuse('not-an-approver', `${by} is not on the list of approvers`);
  if (NEEDS_REASON.includes(action) && reason.trim() === '') {
    return refuse(
      'reason-needed',
      'calling it a false positive needs a reason: it is kept in the post-mortem',
    );
  }
  if (force.length > 0 && !isRelease(action)) {
    return refuse('force-needs-release', `${action} puts nothing back: force goes with a release alone`);
  }
  const incident = await getIncident(records, incidentId);
  if (round !== null && round !== incident.round)
    return refuse('not-now', 'this question is out of date: answer the latest message');
  const earlier = standing(incident, action);
  if (earlier !== null) return alreadyDecided(earlier);
  if (!admits(incident, action, force)) {
    return refuse('not-now', `${incidentId} is ${incident.status}: ${action} is not a decision to take now`);
  }
  const decision: Decision = {
    action,
    by,
    via,
    reason: reason.trim(),
    at: records.now().toISOString(),
    ...(force.length === 0 ? {} : { force: [...new Set(force)] }),
  };
  if (!(await write(records, incident, decision))) {
    const first = (await getIncident(records, incidentId))[placeOf(incident)];
    return first === undefined
      ? refuse('not-now', 'the incident has moved on: look at it again')
      : alreadyDecided(first);
  }
  await appendEntry(
    records,
    incidentId,
    'decision',
    `${by} (${via}) decided: ${action}${force.length === 0 ? '' : `, putting back although changed: ${force.join(', ')}`}${decision.reason ? `, because: ${decision.reason}` : ''}`,
    { by },
  );
  await wake(records, stepFunctions, incidentId);
  return { accepted: true, incident, decision };
};

const alreadyDecided = ({ action, by, at }: Decision): Answer =>
  refuse('already-decided', `already decided: ${action} by ${by} at ${at}`);

/** After a release the decision that released it stays what it was: what settles the rest is kept beside it. */
const placeOf = ({ status }: Incident): 'decision' | 'settling' =>
  status === 'watching' ? 'settling' : 'decision';

/** The decision that stands in the way of another one, or null. */
const standing = (incident: Incident, action: DecisionAction): Decision | null => {
  const { status, stopped, acknowledged } = incident;
  const known = incident[placeOf(incident)];
  if (known === undefined) return null;
  // What the playbook has taken up, and could not carry through or has carried through, stands in nobody's way.
  if (status === 'watching') return known.at === acknowledged ? null : known;
  if (status === 'releasing' && stopped !== undefined) return known.at === stopped.decidedAt ? null : known;
  // Keeping it contained is not the last word: a release may follow.
  return known.action === 'keep' && action !== 'keep' ? null : known;
};

const write = async ({ db, table }: Records, incident: Incident, decision: Decision): Promise<boolean> => {
  const place = placeOf(incident);
  const known = incident[place];
  try {
    await db.send(
      new UpdateCommand({
        TableName: table,
        Key: incidentKey(incident.id),
        UpdateExpression: 'SET #place = :decision',
        // Whoever decided since the incident was read was first.
        ConditionExpression: `${known === undefined ? 'attribute_not_exists(#place)' : '#place.#at = :known'} AND #status = :status AND round = :round`,
        ExpressionAttributeNames: {
          '#place': place,
          '#status': 'status',
          ...(known === undefined ? {} : { '#at': 'at' }),
        },
        ExpressionAttributeValues: {
          ':decision': decision,
          ':status': incident.status,
          ':round': incident.round,
          ...(known === undefined ? {} : { ':known': known.at }),
        },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
};
