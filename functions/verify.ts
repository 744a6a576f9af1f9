import { GetFunctionConfigurationCommand, ResourceNotFoundException } from '@aws-sdk/client-lambda';
import { lambdaClient, tableClient } from '../shared/aws/clients';
import { readSettings } from '../shared/aws/settings';
import type { Incident } from '../shared/incident/incident';
import { stepInput } from '../shared/incident/stepInput';
import { appendEntry, getIncident, type Records, updateIncident } from '../shared/incident/store';
import { verifyFix } from '../shared/recovery/verifyFix';

/** What the playbook does next. `Wait`: woken for nothing, or kept contained. */
export type Next = 'Contain' | 'Dismiss' | 'Release' | 'NotReleased' | 'Wait';

const settings = readSettings();
const lambda = lambdaClient();
const records: Records = { db: tableClient(), table: settings.table, now: () => new Date() };

type Answer = { readonly incidentId: string; readonly next: Next; readonly detail: readonly string[] };

/** Takes up the approver's decision, and lets a release through only when the fix is verified. */
export const handler = async (input: unknown): Promise<Answer> => {
  const { incidentId } = stepInput.parse(input);
  const incident = await getIncident(records, incidentId);
  const { decision, status } = incident;
  const answer = (next: Next, ...detail: string[]): Answer => ({ incidentId, next, detail });

  // A retried step finds what it did the first time.
  if (status === 'containing') return answer('Contain');
  if (status === 'releasing') return answer('Release');
  if (
    status === 'asking' &&
    (decision?.action === 'contain' || (decision === undefined && incident.disposition === 'respond'))
  ) {
    await updateIncident(
      records,
      incidentId,
      { status: 'containing' },
      { from: ['asking'], remove: ['decision'] },
    );
    return answer('Contain');
  }
  if (decision === undefined) return answer('Wait');
  if (decision.action === 'dismiss') return answer('Dismiss');
  if (decision.action === 'keep') {
    await updateIncident(records, incidentId, { acknowledged: decision.at });
    return answer('Wait');
  }
  const { verified, because } = verifyFix(decision, incident.containedDigest ?? '', await liveCode(incident));
  await appendEntry(records, incidentId, 'verified', because);
  if (verified) {
    await updateIncident(records, incidentId, { status: 'releasing' }, { from: ['contained'] });
    return answer('Release');
  }
  await updateIncident(
    records,
    incidentId,
    { round: incident.round + 1 },
    { from: ['contained'], remove: ['decision'] },
  );
  return answer('NotReleased', because);
};

/** The code that would start if the function were released now. */
const liveCode = async ({ functionArn, qualifier }: Incident) => {
  // A published version never changes, so a finding about one is mended in what will be published next.
  const isVersion = qualifier !== null && /^\d+$/.test(qualifier);
  const name = qualifier === null || isVersion ? (functionArn ?? '') : `${functionArn}:${qualifier}`;
  try {
    const live = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
    return { codeSha256: live.CodeSha256 ?? '', updateStatus: live.LastUpdateStatus ?? 'Successful' };
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    // Deleted while contained: the code is gone for good, and what we changed beside it (its role) can be put back.
    return { codeSha256: 'none: the function was deleted', updateStatus: 'Successful' };
  }
};
