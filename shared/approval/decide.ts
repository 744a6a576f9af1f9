import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { IncidentNotFoundError } from '../incident/errors';
import {
  type Ballot,
  type Decision,
  type DecisionAction,
  type Incident,
  isAct,
  isRelease,
  type Status,
  severityOf,
} from '../incident/incident';
import { incidentKey } from '../incident/keys';
import { appendEntry, getIncident, type Records } from '../incident/store';
import { type ApprovalRule, type Approvals, approvalRuleFor, NO_APPROVALS } from '../policy/approvals';
import { act } from './acts';
import { type Answer, type Asked, type Deciding, notNow, refuse } from './answer';
import { entryFor, isApprover } from './approvers';
import { isPresent } from './press';
import { type Involved, missingFor, personOf } from './quorum';
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

/**
 * Takes a decision: the one way in for Slack's buttons and for the command line. Who decides was made out by the
 * caller from Slack's signature or from AWS (invariant 5). The decision is a conditional write on the incident, so the
 * first one counts; the task token only wakes the playbook, so a decision is valid before the token exists. Where policy
 * asks for more than one person, a release is a ballot until the last of them has approved it.
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

/** What an incident's release needs, by the policy as it is now. */
export const ruleOf = (incident: Incident, approvals: Approvals): ApprovalRule =>
  approvalRuleFor(
    {
      functionName: incident.functionName,
      labels: incident.labels ?? {},
      severity: severityOf(incident),
    },
    approvals,
  );

/** Who must not release it alone, where policy says so: whoever deployed last, before or since it was contained. */
export const involvedIn = ({ triggeredBy = [], candidate, deployedBy = null }: Incident): Involved => ({
  triggeredBy,
  deployedBy: candidate === undefined ? deployedBy : candidate.by,
});

const take = async (asked: Asked, deciding: Deciding): Promise<Answer> => {
  const { incidentId, action, by, reason, press, force = [], hours } = asked;
  const { records, approvers, approvals = NO_APPROVALS, groups } = deciding;
  // Before the record is read: a stranger does not learn which incidents there are.
  const lists = [
    approvers,
    ...approvals.rules.flatMap((rule) => (rule.approvers === null ? [] : [rule.approvers])),
  ];
  if (!lists.some((list) => isApprover(list, by, groups)))
    return refuse('not-an-approver', `${by} is not on the list of approvers`);
  const incident = await getIncident(records, incidentId);
  const rule = ruleOf(incident, approvals);
  const entry = entryFor(rule.approvers ?? approvers, by, groups);
  if (entry === null)
    return refuse('not-an-approver', `${by} is not on the list of approvers for this function`);
  if (!isAct(action) && NEEDS_REASON.includes(action) && reason.trim() === '') {
    return refuse(
      'reason-needed',
      'calling it a false positive needs a reason: it is kept in the post-mortem',
    );
  }
  if (force.length > 0 && (isAct(action) || !isRelease(action))) {
    return refuse('force-needs-release', `${action} puts nothing back: force goes with a release alone`);
  }
  if ((action === 'extend') !== (hours !== undefined))
    return refuse('hours-needed', 'hours go with extend, and extend needs them');
  if (press !== null && !isPresent(incident, press)) return refuse('not-now', outOfDate(incident));
  if (isAct(action)) return act(action, asked, incident, deciding);
  return choose(action, asked, incident, { ...deciding, rule, entry, approvals });
};

/** What a button is answered that was used already, or shown for another state. */
const outOfDate = (incident: Incident): string => {
  const { decision, ballot } = incident;
  if (decision !== undefined)
    return `already decided: ${decision.action} by ${decision.by} at ${decision.at}`;
  if (ballot !== undefined && ballot.round === incident.round)
    return `already approved by ${ballot.approvals.map(({ by }) => by).join(', ')}: the message has new buttons`;
  return 'this question is out of date: answer the latest message';
};

type Choosing = Deciding & {
  readonly rule: ApprovalRule;
  readonly entry: string;
  readonly approvals: Approvals;
};

const choose = async (
  action: DecisionAction,
  asked: Asked,
  incident: Incident,
  { records, stepFunctions, rule, entry, approvals, approvers, groups }: Choosing,
): Promise<Answer> => {
  const { incidentId, by, via, reason, force = [] } = asked;
  const earlier = standing(incident, action);
  if (earlier !== null) return alreadyDecided(earlier);
  if (!admits(incident, action, force)) return notNow(incident, action);
  const at = records.now().toISOString();
  const controls = [...new Set(force)].toSorted();
  const known = ballotFor(incident, action, controls);
  // Who has left the list since does not count any more.
  const before = (known?.approvals ?? []).filter((approval) =>
    isApprover(rule.approvers ?? approvers, approval.by, groups),
  );
  const given = [...before, { by, via, entry, at }];
  const needs = isRelease(action)
    ? missingFor(
        rule,
        given.map((approval) => approval.by),
        involvedIn(incident),
        approvals,
      )
    : null;
  if (
    needs !== null &&
    before.some((approval) => personOf(approval.by, approvals) === personOf(by, approvals))
  )
    return refuse('already-approved', `you have approved it already: it ${needs}`);
  const said = reason.trim() === '' ? (known?.reason ?? '') : reason.trim();
  if (needs !== null) {
    const ballot: Ballot = {
      round: incident.round,
      action,
      force: controls,
      reason: said,
      approvals: given,
      needs,
    };
    if (!(await write(records, incident, { ballot }))) return overtaken(records, incident);
    const text = `approved ${action}${saying(controls, said)}; it ${needs}`;
    await appendEntry(records, incidentId, 'approval', `${by} (${via}) ${text}`, { by });
    return { accepted: true, note: `${by} ${text}` };
  }
  const decision: Decision = {
    action,
    by,
    via,
    reason: said,
    at,
    approvals: given,
    ...(controls.length === 0 ? {} : { force: controls }),
  };
  if (!(await write(records, incident, { [placeOf(incident)]: decision })))
    return overtaken(records, incident);
  const others = before.length === 0 ? '' : `, with ${before.map((approval) => approval.by).join(', ')}`;
  await appendEntry(
    records,
    incidentId,
    'decision',
    `${by} (${via}) decided: ${action}${others}${saying(controls, said)}`,
    { by },
  );
  await wake(records, stepFunctions, incidentId);
  return { accepted: true, decision, note: '' };
};

const saying = (force: readonly string[], reason: string): string =>
  `${force.length === 0 ? '' : `, putting back although changed: ${force.join(', ')}`}${reason === '' ? '' : `, because: ${reason}`}`;

/** The ballot that a word for a decision adds to: of this round, for the same. */
const ballotFor = (
  { ballot, round }: Incident,
  action: DecisionAction,
  force: readonly string[],
): Ballot | null =>
  ballot !== undefined &&
  ballot.round === round &&
  ballot.action === action &&
  ballot.force.join() === force.join()
    ? ballot
    : null;

/** Somebody was first: what they decided, or that they approved. */
const overtaken = async (records: Records, incident: Incident): Promise<Answer> => {
  const now = await getIncident(records, incident.id);
  const first = now[placeOf(incident)];
  if (first !== undefined && first.at !== incident[placeOf(incident)]?.at) return alreadyDecided(first);
  return refuse('not-now', 'somebody else decided or approved at the same time: look at it again');
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
  // Until the evidence was looked at nothing is put back, and whoever has second thoughts is heard.
  if (status === 'contained' && isRelease(known.action) && action === 'keep') return null;
  // Keeping it contained is not the last word: a release may follow.
  return known.action === 'keep' && action !== 'keep' ? null : known;
};

/** Writes a decision or a ballot, where nobody decided or approved since the incident was read; buttons are used up. */
const write = async (
  { db, table }: Records,
  incident: Incident,
  what: { readonly [place in 'decision' | 'settling' | 'ballot']?: Decision | Ballot },
): Promise<boolean> => {
  const [[place, value] = ['', null]] = Object.entries(what);
  const decided = placeOf(incident);
  const known = incident[decided];
  const { ballot } = incident;
  const isBallot = place === 'ballot';
  try {
    await db.send(
      new UpdateCommand({
        TableName: table,
        Key: incidentKey(incident.id),
        UpdateExpression: `SET #place = :value REMOVE press${isBallot ? '' : ', ballot'}`,
        // Whoever decided or approved since the incident was read was first.
        ConditionExpression: [
          known === undefined ? 'attribute_not_exists(#decided)' : '#decided.#at = :known',
          ballot === undefined ? 'attribute_not_exists(ballot)' : 'ballot = :ballot',
          '#status = :status',
          'round = :round',
        ].join(' AND '),
        ExpressionAttributeNames: {
          '#place': place,
          '#decided': decided,
          '#status': 'status',
          ...(known === undefined ? {} : { '#at': 'at' }),
        },
        ExpressionAttributeValues: {
          ':value': value,
          ':status': incident.status,
          ':round': incident.round,
          ...(known === undefined ? {} : { ':known': known.at }),
          ...(ballot === undefined ? {} : { ':ballot': ballot }),
        },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
};
