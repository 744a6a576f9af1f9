import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { wake } from '../approval/token';
import type { Incident } from '../incident/incident';
import { type Records, updateIncident } from '../incident/store';
import { containedAgain } from './facts/started';
import { isGated } from './gate';

type Tools = { readonly records: Records; readonly lambda: LambdaClient; readonly stepFunctions: SFNClient };

/**
 * A relapse that no finding has to tell: code that was contained runs again in what was released because of a fix,
 * wholly or in a step. Whoever deployed it, and by whatever pipeline. True where the playbook was told.
 */
export const comesBack = async (
  incident: Incident,
  { records, lambda, stepFunctions }: Tools,
): Promise<boolean> => {
  const { id, status, stage, stopped, decision, relapse } = incident;
  const isOut =
    status === 'watching' || (status === 'releasing' && (stage !== undefined || stopped !== undefined));
  if (!isOut || relapse !== undefined || decision === undefined || !isGated(decision.action)) return false;
  const because = await containedAgain(incident, lambda);
  if (because === null) return false;
  const changes = { relapse: `the contained code is back: ${because}`, codeIsBack: true };
  const written = await updateIncident(records, id, changes, { from: [status], decidedAt: decision.at });
  if (written === null) return false;
  await wake(records, stepFunctions, id);
  return true;
};
