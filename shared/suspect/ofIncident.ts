import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { Incident } from '../incident/incident';
import { describeSuspect, type Suspect } from './describe';
import { parseFunctionArn } from './functionArn';

/** The function of an incident was deleted while it was open. */
export class SuspectGoneError extends Error {
  override readonly name = 'SuspectGoneError';
  constructor(incident: Incident) {
    super(`the function ${incident.functionArn ?? '(none)'} of ${incident.id} no longer exists`);
  }
}

/**
 * The suspect of an incident as it stands now, under the role that it has now, with the qualifier that the finding
 * named. What was changed under an earlier role is in the ledger. Throws {@link SuspectGoneError}.
 */
export const suspectOf = async (incident: Incident, lambda: LambdaClient): Promise<Suspect> => {
  const name = parseFunctionArn(incident.functionArn ?? '');
  const suspect = name === null ? null : await describeSuspect(name, lambda);
  if (suspect === null) throw new SuspectGoneError(incident);
  return { ...suspect, qualifier: incident.qualifier };
};

/**
 * The suspect as the incident recorded it, without a look at the live function: enough to put back what was changed,
 * even where the function was deleted meanwhile and only its role is left.
 */
export const recordedSuspect = (incident: Incident): Suspect => ({
  arn: incident.functionArn ?? '',
  accountId: incident.accountId ?? '',
  region: incident.region ?? '',
  functionName: incident.functionName ?? '',
  qualifier: incident.qualifier,
  roleArn: incident.roleArn ?? '',
  tags: {},
  codeSha256: incident.containedDigest ?? '',
  lastModified: '',
  timeoutSeconds: incident.timeoutSeconds,
  logGroup: incident.logGroup ?? '',
  ...(incident.capacityProvider === undefined ? {} : { capacityProvider: incident.capacityProvider }),
  ...(incident.durable === undefined ? {} : { durable: incident.durable }),
});
