import { at, list, text, type Value } from '../detection/fields';
import type { Named } from './finding';
import { namedIn } from './named';
import { principalOfActor, principalOfKey, sessionOf } from './principal';

/*
 * Whom a GuardDuty finding names that is not about a function's network: the principal of an API call (IAM, S3 and
 * Kubernetes types; API reference, AccessKeyDetails), or the actors and resources of an attack sequence (Sequence, Actor,
 * ResourceV2). Read in any casing, by path and never deeper.
 */

export const isSequence = (type: string): boolean => type.startsWith('AttackSequence:');

/** Calls from outside the account are made by that account's principals (RemoteAccountDetails). */
const callerAccount = (finding: Value, accountId: string | null): string | null =>
  text(finding, 'service.action.awsApiCallAction.remoteAccountDetails.accountId') ?? accountId;

/** `finding` is the event's `detail`, or what GetFindings answers; `accountId` stands in for one that it lacks. */
export const namedByGuardDuty = (finding: Value, accountId: string | null): Named => {
  const own = text(finding, 'accountId') ?? accountId;
  const sequence = at(finding, 'service.detection.sequence');
  const resources = list(at(sequence, 'resources'));
  const key = at(finding, 'resource.accessKeyDetails');
  return namedIn(
    resources.map((resource) => text(resource, 'uid')),
    [
      ...(key === undefined ? [] : [sessionOf(principalOfKey(key, callerAccount(finding, own)))]),
      ...list(at(sequence, 'actors')).map((actor) => sessionOf(principalOfActor(actor, own))),
      ...resources.map((resource) =>
        sessionOf(principalOfKey(at(resource, 'data.accessKey'), text(resource, 'accountId') ?? own)),
      ),
    ],
  );
};
