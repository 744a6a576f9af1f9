import { codeOf } from '../code/codeOf';
import type { Artifact, Collector } from '../collector';

/** `$LATEST`, where the finding names a version or an alias: the next deployment overwrites it. */
export const latestCode: Collector = {
  id: 'latest-code',
  title: 'Deployment package of $LATEST',
  first: true,
  once: true,
  permissions: ['lambda:GetFunction'],
  async *collect({ suspect }, tools): AsyncIterable<Artifact> {
    if (suspect.qualifier !== null && suspect.qualifier !== '$LATEST')
      yield* codeOf(suspect.arn, 'code/latest', tools);
  },
};
