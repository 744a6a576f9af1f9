import { type Kind, resourceOf } from '../exposure/abilities';
import type { CutClients, Reach } from './cut';

/**
 * The resources of a kind that the suspect reached or could reach, in the order given, each once: those of its Region and
 * of the account that the clients work in. An ARN of a bucket has neither, and tells nothing of both. Pure.
 */
export const reachedOf = (
  { resources, region }: Reach,
  kind: Kind,
  { accountId }: Pick<CutClients, 'accountId'>,
): readonly string[] => {
  const arns = resources.flatMap((arn) => {
    const resource = resourceOf(arn);
    return resource?.kind === kind ? [resource.arn] : [];
  });
  return [...new Set(arns)].filter((arn) => {
    const [, , , inRegion, inAccount] = arn.split(':');
    return kind === 'bucket' || (inRegion === region && inAccount === accountId);
  });
};
