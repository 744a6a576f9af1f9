import type { Incident } from '../incident/incident';
import type { Suspect } from '../suspect/describe';
import { ACCESS_KEY_ID, deactivate } from './accessKey';
import { isParameter } from './parameterFacts';
import { replaceParameter } from './replaceParameter';
import { rotateFully } from './rotateSuspectSecrets';
import { type RotationTools, secretFacts } from './secretFacts';

/** The secret that was to be rotated is gone. */
export class SecretGoneError extends Error {
  override readonly name = 'SecretGoneError';
}

/** Replaces what an approver was asked about, and says what that came to: a secret, a parameter or an access key. */
export const rotateAsked = async (
  incident: Incident,
  about: string,
  suspect: Suspect,
  tools: RotationTools,
): Promise<string> => {
  if (isParameter(about))
    return replaceParameter(tools, about, suspect.accountId, incident.containedAt ?? incident.openedAt);
  const [keyId] = ACCESS_KEY_ID.exec(about) ?? [];
  if (keyId !== undefined && !about.startsWith('arn:')) return deactivate(tools.iam, keyId);
  const known = await secretFacts(about, suspect, tools);
  if (known === null) throw new SecretGoneError(`${about} does not exist any more`);
  return rotateFully(incident, known, tools);
};
