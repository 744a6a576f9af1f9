import type { APIGatewayProxyEventV2WithIAMAuthorizer, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { z } from 'zod';
import { decide } from '../shared/approval/decide';
import { stepFunctionsClient, tableClient } from '../shared/aws/clients';
import { readSettings } from '../shared/aws/settings';
import { firstIssue } from '../shared/findings/issue';
import { IncidentNotFoundError } from '../shared/incident/errors';
import { DECISIONS } from '../shared/incident/incident';
import { stepInput } from '../shared/incident/stepInput';
import type { Records } from '../shared/incident/store';

const settings = readSettings();
const stepFunctions = stepFunctionsClient();
const records: Records = { db: tableClient(), table: settings.table, now: () => new Date() };

const bodySchema = stepInput.extend({
  action: z.enum(DECISIONS),
  reason: z.string().trim().min(1, 'a reason is needed: it is kept in the post-mortem').max(1000),
});

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
} as const;

/**
 * The command line's half of the approval. The route has an IAM authorizer: API Gateway verifies the caller's
 * signature and tells us who it is; nothing the client says about itself is read.
 */
export const handler = async (
  event: APIGatewayProxyEventV2WithIAMAuthorizer,
): Promise<APIGatewayProxyStructuredResultV2> => {
  // Typed as always there; without the authorizer, or for a key that AWS does not know, it is not.
  const by: string | undefined = event.requestContext.authorizer?.iam?.userArn;
  if (!by) return answer(403, { error: 'the request is not signed by an AWS principal' });
  const parsed = bodySchema.safeParse(
    jsonOrNull(event.isBase64Encoded ? atob(event.body ?? '') : (event.body ?? '')),
  );
  if (!parsed.success) return answer(400, { error: firstIssue(parsed.error, 'body') });
  try {
    const result = await decide(
      { ...parsed.data, by, via: 'aws', round: null },
      { records, stepFunctions, approvers: settings.approvers },
    );
    return result.accepted
      ? answer(200, { accepted: true, decision: result.decision })
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
