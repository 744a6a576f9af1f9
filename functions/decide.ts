import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as z from 'zod';
import type { Answer } from '../shared/approval/answer';
import { decisionDigest, proofSchema, signerOf } from '../shared/approval/awsIdentity';
import { decide } from '../shared/approval/decide';
import { readApprovals } from '../shared/aws/approvals';
import { lambdaClient, stepFunctionsClient, tableClient } from '../shared/aws/clients';
import { requireEnv, stsEndpoint } from '../shared/aws/environment';
import { log } from '../shared/aws/log';
import { readSettings } from '../shared/aws/settings';
import { askToPutOn } from '../shared/containment/askToPutOn';
import { firstIssue } from '../shared/findings/issue';
import { IncidentNotFoundError } from '../shared/incident/errors';
import { ACTS, DECISIONS } from '../shared/incident/incident';
import { stepInput } from '../shared/incident/stepInput';
import type { Records } from '../shared/incident/store';
import { askToAnnounce } from '../shared/notification/askToAnnounce';
import { ADDABLES, addableIn } from '../shared/policy/addable';
import { FORCEABLE } from '../shared/recovery/forceable';
import { WAIVABLE } from '../shared/recovery/gate';

const settings = readSettings();
const approvals = readApprovals();
const lambda = lambdaClient();
const tell = askToAnnounce(lambda, requireEnv('TOURNIQUET_ANNOUNCE_FUNCTION'));
const putOn = askToPutOn(lambda, `${settings.service}-${settings.stage}-driftWatch`);
const stepFunctions = stepFunctionsClient();
const records: Records = { db: tableClient(), table: settings.table, now: () => new Date() };

/** Nobody is left unasked for longer: three days, a long weekend. */
const MOST_HOURS = 72;

const bodySchema = z.object({
  ...stepInput.shape,
  action: z.enum([...DECISIONS, ...ACTS]),
  reason: z.string().trim().min(1, 'a reason is needed: it is kept in the post-mortem').max(1000),
  force: z
    .array(z.enum(FORCEABLE, `force takes controls: ${FORCEABLE.join(', ')}`))
    .max(FORCEABLE.length)
    .default([]),
  /** With extend: for how long nobody is asked again. */
  hours: z.number('hours takes a number').min(1).max(MOST_HOURS).optional(),
  /** With add. */
  control: z.enum(ADDABLES, `control takes one of ${ADDABLES.join(', ')}`).optional(),
  /** With done. */
  task: z
    .string()
    .regex(/^[0-9a-f]{8}$/, 'task takes the id of a task: eight hexadecimal digits')
    .optional(),
  /** With waive. */
  check: z.enum(WAIVABLE, `check takes one of ${WAIVABLE.join(', ')}`).optional(),
  proof: proofSchema,
});

/** The playbook tells of decisions; of what is none, or waits for others, people are told from here. */
const taken = async (incidentId: string, { decision, note }: Extract<Answer, { accepted: true }>) => {
  if (note !== '') await tell(incidentId, 'noted', [note]);
  return answer(200, { accepted: true, decision, note });
};

const answer = (statusCode: number, body: unknown): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
});

const REFUSED = {
  'not-an-approver': 403,
  'not-now': 409,
  'already-decided': 409,
  'reason-needed': 400,
  'already-approved': 409,
  'force-needs-release': 400,
  'hours-needed': 400,
  'control-needed': 400,
  'task-needed': 409,
  'check-needed': 400,
} as const;

/**
 * The command line's half of the approval. The route's IAM authorizer keeps strangers out; who decides is asked of
 * STS, because whoever may invoke this function could claim anything in its event.
 */
export const handler = async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
  const text = event.isBase64Encoded
    ? Buffer.from(event.body ?? '', 'base64').toString('utf8')
    : (event.body ?? '');
  const parsed = bodySchema.safeParse(jsonOrNull(text));
  if (!parsed.success) return answer(400, { error: firstIssue(parsed.error, 'body') });
  const { proof, ...decision } = parsed.data;
  const by = await signerOf(proof, decisionDigest(decision), stsEndpoint(settings.ownRegion), fetch);
  if (by === null) {
    // Nobody is known who could be named in the history.
    log.warn('refused a decision that no principal has signed', { incident: decision.incidentId });
    return answer(403, { error: 'the decision is not signed by a principal that AWS knows' });
  }
  try {
    const result = await decide(
      { ...decision, by, via: 'aws', press: null },
      {
        records,
        stepFunctions,
        approvers: settings.approvers,
        approvals,
        addable: addableIn(settings.choices),
        putOn,
      },
    );
    return result.accepted
      ? await taken(decision.incidentId, result)
      : answer(REFUSED[result.code], { accepted: false, code: result.code, error: result.message });
  } catch (error) {
    if (!(error instanceof IncidentNotFoundError)) throw error;
    return answer(404, { error: error.message });
  }
};

const jsonOrNull = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
