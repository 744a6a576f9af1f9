import { resourceOf } from '../exposure/abilities';
import { bucket } from './holders/bucket';
import type { PolicyHolder } from './holders/holder';
import { key } from './holders/key';
import { queue } from './holders/queue';
import { secret } from './holders/secret';
import { stream } from './holders/stream';
import { table } from './holders/table';
import { topic } from './holders/topic';

export const POLICY_HOLDERS: readonly PolicyHolder[] = [queue, bucket, secret, table, stream, topic, key];

/** What handles the policy of a resource. Throws where nothing does: an ARN that no cut has found. */
export const holderOf = (arn: string): PolicyHolder => {
  const found = POLICY_HOLDERS.find(({ kind }) => kind === resourceOf(arn)?.kind);
  if (found === undefined) throw new TypeError(`${arn} is no resource whose policy is cut`);
  return found;
};
