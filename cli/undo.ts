import { readUndo } from '../shared/containment/undo';
import type { Incident } from '../shared/incident/incident';
import { getIncident, type Records } from '../shared/incident/store';

/** As serverless.yml names the policy (custom.names): from the record alone, without a look at the deployment. */
export const denyPolicyArnOf = ({ accountId, region }: Incident, prefix: string): string =>
  `arn:aws:iam::${accountId ?? ''}:policy/${prefix}-${region ?? ''}-quarantine`;

/** The commands that undo an incident, from the incident table alone. */
export const undoOf = async (records: Records, id: string, prefix: string): Promise<string> => {
  const incident = await getIncident(records, id);
  return readUndo(records, incident, { prefix, denyPolicyArn: denyPolicyArnOf(incident, prefix) });
};
